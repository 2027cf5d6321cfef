"""What is in sight without scrolling, in pixels."""

import datetime
import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.extremes import LONG
from tests.browser.fitting import misfits
from tests.browser.plan import MONDAY, SATURDAY, SUNDAY, THURSDAY, TUESDAY, WEEK, add, insert
from tests.browser.week import bottom, card, drag, slot, top, total
from tests.conftest import execute
from workouts.values.days import ONE_DAY, ONE_WEEK

REACH = PHONE["viewport"]["height"] / 2
"""The lower half of a phone's screen is within reach of the thumb."""


def test_a_week_of_13_workouts_its_summary_and_the_season_fit_a_laptops_screen(page: Page, site: Site) -> None:
    for day in (MONDAY, MONDAY, TUESDAY, THURSDAY, SATURDAY, SUNDAY):
        add(site.database, LONG, day, planned_distance_meters=21_000, tss=120)
    add(site.database, "Next week's", MONDAY + ONE_WEEK, tss=300)
    each = json.dumps(dict.fromkeys(("Swim", "Bike", "Run", "Strength", "Other"), 150))
    target = {"week": MONDAY, "minutes": 750, "tss": 700, "minutes_by_discipline": each}
    insert(site.database, "week_targets", target)
    execute(site.database, "UPDATE workouts SET is_done = true, actual_duration = 1.26, actual_tss = 65 WHERE id < 10")

    page.goto(WEEK)

    assert page.locator(".card").count() == 13
    expect(total(page)).to_contain_text("done")
    assert page.evaluate("document.documentElement.scrollHeight") <= DESKTOP["viewport"]["height"]
    assert bottom(page.locator("#summary")) <= top(page.locator(".board"))
    assert bottom(page.locator(".board")) <= top(page.locator("#season"))
    assert len(set(page.locator("#summary li").evaluate_all("lines => lines.map((line) => line.offsetTop)"))) == 1


def test_a_day_with_something_done_and_something_to_come_fits_every_screen(page: Page, site: Site) -> None:
    today = datetime.date.today()  # noqa: DTZ011
    add(site.database, "Run", today, planned_duration=1.4, actual_duration=3.02, is_done=1)
    add(site.database, "Ride", today, "Bike", planned_duration=3.03)
    for number in range(1, 7):
        add(site.database, "Swim", today + number * ONE_DAY, "Swim", planned_duration=1.75)
    page.goto("/")
    expect(page.locator("section.today .sum")).to_have_text("3 h 1 min of 4 h 26 min")
    assert not any(misfits(page).values())


def test_unscheduled_comes_first_and_empty_slots_take_no_place_until_a_card_is_dragged(page: Page) -> None:
    page.goto(WEEK)
    assert page.locator(".slot").count() == 6, "one for each day that has workouts"

    card(page, "Easy run").hover()
    page.mouse.down()
    page.mouse.move(400, 400, steps=3)
    slot(page, TUESDAY, "morning").wait_for()
    slots = page.locator(f"#day-{TUESDAY} .slot").evaluate_all("slots => slots.map(({ dataset }) => dataset.slot)")
    assert slots == ["", "morning", "afternoon", "evening"]
    page.get_by_role("heading", level=1).hover()
    page.mouse.up()

    drag(card(page, "Easy run"), page.locator(f"#day-{TUESDAY} .head"))
    card(slot(page, TUESDAY, ""), "Easy run").wait_for()
    assert page.locator(".slot").count() == 5


def test_on_a_phone_the_first_card_is_at_the_top_and_what_is_tapped_at_the_bottom(phone: Page, site: Site) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    add(site.database, "Run of today", today)

    phone.goto("/")

    assert top(card(phone, "Run of today")) < 200
    strip = phone.get_by_role("navigation", name="Days")
    assert strip.get_by_role("link").count() >= 7
    strip.get_by_role("link").last.tap()
    phone.wait_for_function("scrollY > 0")
    assert top(strip) == 0, "it stays in sight"
    card(phone, "Run of today").get_by_role("checkbox").tap()
    for place in (
        phone.get_by_role("navigation", name="Pages"),
        phone.get_by_role("button", name="Move", exact=True),
    ):
        assert REACH < top(place) < bottom(place) <= PHONE["viewport"]["height"]


def test_six_weeks_of_a_month_fit_a_laptops_screen(page: Page, site: Site) -> None:
    for _ in range(5):
        add(site.database, LONG, MONDAY)
    page.goto("/month/2026-11")
    assert page.locator("tbody tr").count() == 6
    assert page.evaluate("document.documentElement.scrollHeight") <= DESKTOP["viewport"]["height"]

    page.goto("/month/2024-01")
    page.get_by_text("+3 more").click()
    assert page.locator(f"#day-{MONDAY} .card:visible").count() == 6


@pytest.mark.parametrize("width", [721, 768, 960])
def test_the_longest_name_of_a_week_leaves_room_for_its_buttons(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/week/2026-12-28")
    expect(page.get_by_role("heading", level=1)).to_contain_text("28 December 2026")
    add = page.get_by_role("main").locator(".new")
    assert top(add) < bottom(page.get_by_role("heading", level=1))


@pytest.mark.parametrize("address", [WEEK, "/month/2024-01"])
def test_on_a_phone_the_end_of_the_page_is_above_its_buttons(phone: Page, address: str) -> None:
    phone.goto(address)
    phone.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = phone.locator("main p.quiet:visible").last
    phone.wait_for_function("last => last.getBoundingClientRect().bottom < innerHeight", arg=last.element_handle())
    assert bottom(last) <= top(phone.locator(".new"))


def test_the_sums_of_the_coachs_page_keep_their_distance_and_the_lines_of_a_card_stay_together(
    page: Page, site: Site
) -> None:
    add(site.database, LONG, MONDAY, tss=120, workout_type="Swim")
    page.goto("/settings/")
    page.locator("form[action*='coach/issue'] button").click()
    page.set_viewport_size({"width": 768, "height": 900})
    link = page.locator('input[value*="/coach/"]').input_value()
    page.goto(link.replace("/coach/?", f"/coach/{MONDAY}?"))

    right = "getBoundingClientRect().right"
    sums = f"sums => sums.map(sum => sum.closest('section').{right} - sum.{right})"
    for width in (768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert min(page.locator(".sum").evaluate_all(sums)) >= 5
    page.set_viewport_size({"width": 768, "height": 900})
    short = card(page, "Easy run")
    assert top(short.locator(".kind")) - bottom(short.locator("h4")) < 2
    assert top(short.locator(".facts").first) - bottom(short.locator(".kind")) < 2


def test_the_tick_of_a_months_card_takes_the_place_of_its_icon_and_no_text_moves(page: Page) -> None:
    page.goto("/month/2024-01")
    ride = card(page, "Long ride")
    name, time = ride.locator(".name"), ride.locator(".long")
    before = name.bounding_box(), time.bounding_box()
    ride.hover()
    tick = ride.get_by_role("checkbox").bounding_box()
    assert (name.bounding_box(), time.bounding_box()) == before
    assert before[0]
    assert tick
    assert tick["x"] + tick["width"] <= before[0]["x"]
    expect(ride.locator(".icon")).to_have_css("visibility", "hidden")


IS_WHOLE = "name => name.scrollHeight <= name.clientHeight"


@pytest.mark.parametrize("width", [768, 1024, 1440])
def test_a_months_title_has_two_lines_and_its_time_is_short(page: Page, site: Site, width: int) -> None:
    add(site.database, "Track technique", MONDAY, planned_duration=1.5)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/month/2024-01")
    run = card(page, "Track technique")
    assert run.locator(".name").evaluate(IS_WHOLE)
    expect(run.locator(".long")).to_have_text("1:30")
    expect(run.locator(".long")).to_be_visible()


def test_the_ring_around_the_line_leaves_its_label_free(page: Page) -> None:
    page.goto(WEEK)
    page.keyboard.press("n")
    ring = (
        "input => parseFloat(getComputedStyle(input).outlineOffset) + parseFloat(getComputedStyle(input).outlineWidth)"
    )
    assert page.get_by_label("In one line").evaluate(ring) <= 2


TEXT_ABOVE_AND_BELOW = """
(button) => {
    const range = document.createRange();
    range.selectNodeContents(button);
    const [text, box] = [range.getBoundingClientRect(), button.getBoundingClientRect()];
    return [text.top - box.top, box.bottom - text.bottom];
}
"""


@pytest.mark.parametrize("width", [390, 1440])
def test_the_text_of_a_link_on_a_card_is_in_the_middle_as_that_of_a_button(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("button", name="Done").click()
    above, below = card(page, "Easy run").get_by_role("link", name="RPE").evaluate(TEXT_ABOVE_AND_BELOW)
    assert above == pytest.approx(below, abs=2)


def test_a_unit_is_beside_its_number(page: Page) -> None:
    page.goto("/workouts/add")
    number, unit = page.get_by_label("Distance").last, page.get_by_label("Unit")
    assert top(number) == top(unit)


BROKEN_TEXTS = """
(cells) => {
    const found = [];
    for (const cell of cells) {
        const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const range = document.createRange();
            range.selectNodeContents(texts.currentNode);
            if (range.getClientRects().length > 1) found.push(texts.currentNode.textContent.trim());
        }
    }
    return found;
}
"""


@pytest.mark.parametrize("width", [970, 1440])
def test_the_figures_of_a_week_are_not_parted_from_their_units(page: Page, site: Site, width: int) -> None:
    done = {"actual_duration": 12.75, "actual_distance_meters": 17_800, "is_done": True}
    add(site.database, "Swim", MONDAY, "Swim", planned_duration=12.75, planned_distance_meters=17_000, **done)
    insert(site.database, "week_targets", {"week": MONDAY, "minutes": 750, "minutes_by_discipline": '{"Swim": 90}'})
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{WEEK}/figures")
    assert page.locator("tbody td").evaluate_all(BROKEN_TEXTS) == []
    page.goto(WEEK)
    page.get_by_role("link", name="All figures").click()
    expect(page.get_by_role("row", name="Total")).to_be_visible()
    assert page.locator("tbody td").evaluate_all(BROKEN_TEXTS) == []
