"""The week on a phone: an agenda that starts today."""

import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.browser.plan import WEEK, add, insert
from tests.browser.week import card, top
from workouts.values.days import monday_of


def test_lists_today_and_the_next_seven_days(phone: Page, site: Site) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    for name, distance in (("Yesterday", -1), ("Today", 0), ("Tomorrow", 1), ("Last", 7), ("Too late", 14)):
        add(site.database, f"{name}'s run", today + datetime.timedelta(days=distance))

    phone.goto("/")

    for name in ("Today", "Tomorrow", "Last"):
        expect(card(phone, f"{name}'s run")).to_be_visible()
    for name in ("Yesterday", "Too late"):
        expect(card(phone, f"{name}'s run")).to_be_hidden()
    days = phone.locator(".day:visible")
    expect(days.first).to_contain_text("Today")
    assert days.count() >= 8


def test_links_to_the_past_days_of_this_week(phone: Page, site: Site) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    add(site.database, "Run of Monday", monday_of(today))
    phone.goto("/?source=coach")
    if today == monday_of(today):
        expect(card(phone, "Run of Monday")).to_be_visible()
        return
    expect(card(phone, "Run of Monday")).to_be_hidden()

    phone.get_by_role("link", name="Earlier this week").tap()

    expect(card(phone, "Run of Monday")).to_be_visible()
    expect(phone.get_by_label("Source")).to_have_value("coach")


def test_the_days_of_another_week_are_listed_below_each_other(phone: Page) -> None:
    phone.goto(WEEK)

    boxes = [day.bounding_box() for day in phone.locator(".day").all()]

    places = [(box["x"], box["y"]) for box in boxes if box]
    assert len(places) == 7
    assert len({x for x, _ in places}) == 1
    assert places == sorted(places)


@pytest.mark.parametrize("width", [320, 360, 390])
def test_a_days_sum_is_never_broken_within_a_word_nor_takes_the_place_of_the_button(
    phone: Page, site: Site, width: int
) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    longest = datetime.date(2099, 9, 30)
    for day, hours in ((today, 2.3), (longest, 12.75)):
        add(site.database, "Ride", day, "Bike", planned_duration=hours)
    phone.set_viewport_size({"width": width, "height": 740})

    for address, day in (("/", today), (f"/week/{longest}", longest)):
        phone.goto(address)
        head = phone.locator(f"#day-{day} .head")
        expect(head.locator(".sum")).to_contain_text("plan")
        assert head.locator(".sum").evaluate("sum => sum.getClientRects()[0].height") < 20, "one line"
        plus = head.get_by_role("link").bounding_box()
        assert plus
        assert plus["width"] >= 44
        assert plus["x"] + plus["width"] <= width
        assert phone.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("address", [WEEK, "/month/2024-01"])
def test_the_button_to_add_has_a_strip_of_its_own_above_the_pages(phone: Page, address: str) -> None:
    phone.goto(address)
    new, pages = phone.locator(".new").bounding_box(), phone.get_by_role("navigation", name="Pages").bounding_box()
    assert new
    assert pages
    assert (new["x"], new["width"]) == (0, PHONE["viewport"]["width"]), "it covers no part of a control"
    assert new["height"] >= 44
    assert new["y"] + new["height"] >= pages["y"]


def test_on_a_phone_a_toast_leaves_the_button_to_add_free(phone: Page) -> None:
    phone.goto(WEEK)
    card(phone, "Easy run").get_by_role("button", name="Skip").tap()
    undo = phone.get_by_role("button", name="Undo").bounding_box()
    new = phone.locator(".new").bounding_box()
    assert undo
    assert new
    assert undo["y"] + undo["height"] <= new["y"]


def test_the_notes_of_a_day_take_one_line_and_a_tap_shows_all_of_them(phone: Page, site: Site) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    add(site.database, "Run of today", today)
    for what, reason in (("", "away for work until late in the evening, and without a bicycle"), ("Swim", "")):
        note = {"first_day": today, "last_day": today, "discipline": what, "reason": reason}
        insert(site.database, "availability", note)

    phone.goto("/")
    assert top(card(phone, "Run of today")) < 200
    notes = phone.locator("section.today .away .name")
    is_cut = "note => note.scrollWidth > note.clientWidth"
    assert [note.evaluate(is_cut) for note in notes.all()] == [True, False]

    notes.first.tap()
    assert [note.evaluate(is_cut) for note in notes.all()] == [False, False]


def test_the_season_opens_on_the_week_that_is_shown_and_its_texts_stay(phone: Page) -> None:
    phone.goto(WEEK)
    shown = phone.locator("#season .shown")
    middle = "bar => { const { left, width } = bar.getBoundingClientRect(); return left + width / 2; }"
    assert shown.evaluate(middle) == pytest.approx(PHONE["viewport"]["width"] / 2, abs=2)
    heading = phone.get_by_role("heading", name="Season, TSS per week").bounding_box()
    assert heading
    assert heading["x"] > 0

    phone.locator("#season .weeks").evaluate("weeks => { weeks.scrollLeft = 0 }")
    card(phone, "Easy run").get_by_role("button", name="Skip").tap()
    expect(phone.get_by_role("button", name="Undo")).to_be_visible()
    assert shown.evaluate(middle) == pytest.approx(PHONE["viewport"]["width"] / 2, abs=2), "redrawn"
