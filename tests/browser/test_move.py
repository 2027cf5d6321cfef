"""A card is moved to another day and time of day: by dragging it, by keyboard, by touch."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, expect

from tests.browser.plan import MONDAY, THURSDAY, WEDNESDAY, WEEK
from tests.browser.week import card, slot, toast, total


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

    card(page, "Easy run").drag_to(slot(page, WEDNESDAY, "morning"))

    expect(card(slot(page, WEDNESDAY, "morning"), "Easy run")).to_be_visible()
    expect(toast(page)).to_contain_text("Easy run: moved to Wed 3 Jan, morning")
    assert requests == [("POST", "/workouts/1/selection")]
    page.reload()
    expect(card(slot(page, WEDNESDAY, "morning"), "Easy run")).to_be_visible()


def test_a_card_dropped_where_it_was_or_outside_stays_and_requests_nothing(page: Page) -> None:
    page.goto(WEEK)
    requests = requests_of(page)

    card(page, "Easy run").drag_to(slot(page, MONDAY, ""))
    card(page, "Easy run").drag_to(page.get_by_role("heading", level=1))

    expect(card(slot(page, MONDAY, ""), "Easy run")).to_be_visible()
    assert not requests


def test_the_keyboard_alone_moves_a_card_and_the_focus_stays_on_it(page: Page) -> None:
    page.goto(WEEK)
    ride = card(page, "Threshold ride")
    ride.get_by_role("link").focus()

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(ride.get_by_label("Day", exact=True)).to_be_focused()
    page.keyboard.type("01012024")  # the same in every order of day and month
    expect(ride.get_by_label("Day", exact=True)).to_have_value(str(MONDAY))
    page.keyboard.press("Tab")  # to the button in the date field
    page.keyboard.press("Tab")
    page.keyboard.type("Mo")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    moved = card(slot(page, MONDAY, "morning"), "Threshold ride")
    expect(moved.locator("summary")).to_be_focused()
    expect(toast(page)).to_contain_text("moved to Mon 1 Jan, morning")


def test_a_moved_card_takes_its_time_with_it(page: Page) -> None:
    page.goto(WEEK)
    expect(page.locator(f"#day-{THURSDAY} .sum")).to_contain_text("1 h 30 min")

    card(page, "Threshold ride").drag_to(slot(page, MONDAY, "evening"))

    expect(page.locator(f"#day-{THURSDAY} .sum")).to_be_empty()
    expect(page.locator(f"#day-{MONDAY} .sum")).to_have_text("2 h 15 min")
    expect(total(page)).to_contain_text("8 h")


def test_a_finger_moves_a_card(phone: Page) -> None:
    phone.goto(WEEK)
    ride = card(phone, "Threshold ride")

    ride.locator("summary").tap()
    ride.get_by_label("Time of day").select_option("Morning")
    ride.get_by_role("button", name="Move").tap()

    expect(card(slot(phone, THURSDAY, "morning"), "Threshold ride")).to_be_visible()
