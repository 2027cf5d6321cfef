"""A card is moved to another day and time of day: by dragging it, by keyboard, by touch."""

import datetime
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import Site
from tests.browser.plan import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, WEEK, add
from tests.browser.week import card, drag, slot, toast, total
from workouts.values.days import ONE_WEEK


def requests_of(page: Page) -> list[tuple[str, str]]:
    """Collects the page's requests from now on, as method and path; not the icon's, which comes at any time."""
    seen: list[tuple[str, str]] = []

    def note(request: Request) -> None:
        if request.resource_type != "other":
            seen.append((request.method, urlsplit(request.url).path))

    page.on("request", note)
    return seen


def test_dragging_a_card_moves_it_with_exactly_one_request(page: Page) -> None:
    page.goto(WEEK)
    requests = requests_of(page)

    drag(card(page, "Easy run"), slot(page, WEDNESDAY, "morning"))

    expect(card(slot(page, WEDNESDAY, "morning"), "Easy run")).to_be_visible()
    expect(toast(page)).to_contain_text("Easy run: moved to Wed 3 Jan, morning")
    assert requests == [("POST", "/workouts/selections")]
    page.reload()
    expect(card(slot(page, WEDNESDAY, "morning"), "Easy run")).to_be_visible()


def test_a_card_dropped_where_it_was_or_outside_stays_and_requests_nothing(page: Page) -> None:
    page.goto(WEEK)
    requests = requests_of(page)

    drag(card(page, "Easy run"), slot(page, MONDAY, ""))
    drag(card(page, "Easy run"), page.get_by_role("heading", level=1))

    expect(card(slot(page, MONDAY, ""), "Easy run")).to_be_visible()
    assert not requests


def test_arrows_and_enter_move_a_focused_card_with_one_request_and_the_focus_stays_on_it(page: Page) -> None:
    page.goto(WEEK)
    requests = requests_of(page)
    card(page, "Threshold ride").get_by_role("link").focus()

    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator("#place")).to_have_text("Tue 2 January, Morning: Enter moves it here, Escape cancels.")
    page.keyboard.press("Enter")

    moved = card(slot(page, TUESDAY, "morning"), "Threshold ride")
    expect(moved.get_by_role("link")).to_be_focused()
    expect(toast(page)).to_contain_text("moved to Tue 2 Jan, morning")
    assert requests == [("POST", "/workouts/selections")]

    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(card(slot(page, THURSDAY, "evening"), "Threshold ride")).to_be_visible()


def test_a_day_is_announced_by_its_name_and_today_as_another_word(page: Page, site: Site) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    add(site.database, "Run of today", today)
    page.goto("/")
    card(page, "Run of today").get_by_role("link").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#place")).to_contain_text(f"{today:%a %-d %B}, Today, Unscheduled: Enter moves it here")


def test_dropped_on_the_arrows_it_moves_to_the_next_week_with_all_that_is_ticked(page: Page) -> None:
    page.goto(WEEK)
    for title in ("Easy run", "Threshold ride"):
        card(page, title).get_by_role("checkbox").check()

    drag(card(page, "Easy run"), page.get_by_role("link", name="Next week"))

    expect(toast(page)).to_contain_text("2 workouts: moved a week later")
    expect(card(page, "Threshold ride")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(card(slot(page, THURSDAY + ONE_WEEK, "evening"), "Threshold ride")).to_be_visible()


def test_a_moved_card_takes_its_time_with_it(page: Page) -> None:
    page.goto(WEEK)
    expect(page.locator(f"#day-{THURSDAY} .sum")).to_contain_text("1 h 30 min")

    drag(card(page, "Threshold ride"), slot(page, MONDAY, "evening"))

    expect(page.locator(f"#day-{THURSDAY} .sum")).to_be_empty()
    expect(page.locator(f"#day-{MONDAY} .sum")).to_contain_text("2 h 15 min")
    expect(total(page)).to_contain_text("8 h")


class Finger:
    """Touches the page as the browser's own protocol sends it, held and moved."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        given = [{"x": x, "y": y} for x, y in points]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": given})


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 3, box["y"] + box["height"] / 2


def test_a_card_that_is_held_follows_the_finger(phone: Page) -> None:
    phone.goto(WEEK)
    finger = Finger(phone)
    run = card(phone, "Easy run")
    requests = requests_of(phone)

    finger.touch("touchStart", middle(run))
    expect(run).to_have_class(re.compile("dragged"))
    goal = slot(phone, MONDAY, "evening")
    finger.touch("touchMove", middle(goal))
    expect(goal).to_have_class(re.compile("target"))
    finger.touch("touchEnd")

    expect(card(slot(phone, MONDAY, "evening"), "Easy run")).to_be_visible()
    expect(toast(phone)).to_contain_text("Easy run: evening")
    assert requests == [("POST", "/workouts/selections")]


def test_a_card_that_is_only_held_stays_where_it_is(phone: Page) -> None:
    """Meanwhile the empty slots of all days unfold above it."""
    phone.goto(WEEK)
    finger = Finger(phone)
    ride = card(phone, "Threshold ride")
    ride.scroll_into_view_if_needed()
    requests = requests_of(phone)
    before = middle(ride)
    finger.touch("touchStart", before)
    expect(ride).to_have_class(re.compile("dragged"))
    phone.wait_for_timeout(200)
    expect(phone.locator(".target")).to_have_count(0)
    assert middle(ride) == pytest.approx(before, abs=1)
    finger.touch("touchEnd")
    expect(phone.locator(".slot.free")).to_have_count(0)
    assert middle(ride) == pytest.approx(before, abs=1)
    assert not requests


def test_the_page_scrolls_on_under_a_finger_at_its_edge(phone: Page) -> None:
    phone.goto(WEEK)
    finger = Finger(phone)
    run = card(phone, "Easy run")
    x, _ = middle(run)
    finger.touch("touchStart", middle(run))
    expect(run).to_have_class(re.compile("dragged"))
    finger.touch("touchMove", (x, 820))
    expect(phone.get_by_role("heading", level=1)).not_to_be_in_viewport()
    finger.touch("touchCancel")
    expect(run).not_to_have_class(re.compile("dragged"))
    expect(phone.locator(".slot.free")).to_have_count(0)


def test_a_finger_that_scrolls_or_taps_moves_nothing(phone: Page) -> None:
    phone.goto(WEEK)
    finger = Finger(phone)
    run = card(phone, "Easy run")
    requests = requests_of(phone)
    x, y = middle(run)
    finger.touch("touchStart", (x, y))
    finger.touch("touchMove", (x, y - 60))
    phone.wait_for_timeout(600)
    expect(run).not_to_have_class(re.compile("dragged"))
    finger.touch("touchEnd")
    assert not requests
    run.get_by_role("link").tap()
    expect(phone.get_by_role("dialog")).to_be_visible()


def test_a_finger_moves_a_card_by_the_form(phone: Page) -> None:
    phone.goto(WEEK)
    ride = card(phone, "Threshold ride")

    ride.get_by_role("checkbox").tap()
    form = phone.get_by_role("form", name="The ticked workouts")
    form.get_by_label("Time of day").select_option("Morning")
    form.get_by_role("button", name="Move").tap()

    expect(card(slot(phone, THURSDAY, "morning"), "Threshold ride")).to_be_visible()
