"""The month."""

from playwright.sync_api import Page, expect

from tests.browser.plan import MONDAY, SATURDAY, SUNDAY, THURSDAY
from tests.browser.week import card, drag, slot, toast
from workouts.values.days import ONE_WEEK


def test_shows_each_workout_on_the_day_where_the_athlete_has_it(page: Page) -> None:
    page.goto("/month/2024-01")

    thursday = page.get_by_role("cell").filter(has=page.get_by_role("link", name="Thursday 4 January", exact=True))
    expect(thursday.get_by_role("link", name="Threshold ride")).to_be_visible()
    expect(page.get_by_role("link", name="Strength, skipped: Core circuit")).to_be_visible()

    page.get_by_role("link", name="Thursday 4 January", exact=True).click()
    expect(card(slot(page, THURSDAY, "evening"), "Threshold ride")).to_be_visible()


def test_a_card_is_dragged_to_another_week_and_the_sums_of_both_follow(page: Page) -> None:
    page.goto("/month/2024-01")
    weeks = [page.locator(f"#week-{monday}") for monday in (MONDAY, MONDAY + ONE_WEEK)]
    expect(weeks[0]).to_contain_text("8:00")

    drag(card(page, "Long ride"), page.locator(f"#day-{SATURDAY + ONE_WEEK}"))

    expect(weeks[0]).to_contain_text("4:30")
    expect(weeks[1]).to_contain_text("3:30")
    expect(toast(page)).to_contain_text("Long ride: moved to Sat 13 Jan")
    page.keyboard.press("u")
    expect(card(page.locator(f"#day-{SATURDAY}"), "Long ride")).to_be_visible()
    expect(weeks[1]).not_to_contain_text("3:30")


def test_no_card_is_moved_to_another_month_which_has_no_day_for_it(page: Page) -> None:
    page.goto("/month/2024-01")
    walk = card(page, "Family walk")
    walk.get_by_role("link").focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#place")).not_to_contain_text("month")
    page.keyboard.press("Escape")
    drag(walk, page.get_by_role("link", name="Next month"))
    expect(card(page.locator(f"#day-{SUNDAY}"), "Family walk")).to_be_visible()
    expect(toast(page)).to_be_empty()


def test_links_to_the_months_around_it_and_to_a_workout(page: Page) -> None:
    page.goto("/month/2024-01")
    page.get_by_role("link", name="Next month").click()
    expect(page.get_by_role("heading", name="February 2024")).to_be_visible()
    page.get_by_role("link", name="Previous month").click()

    page.get_by_role("link", name="Easy run").click()
    expect(page.get_by_text("Really easy.")).to_be_visible()


def test_a_line_adds_a_workout_on_any_day_by_mouse_and_by_touch(page: Page, phone: Page) -> None:
    for device, title in ((page, "Mouse"), (phone, "Touch")):
        device.goto("/month/2024-01")
        add = device.get_by_role("link", name="Add a workout on Wednesday 3 January")
        add.tap() if device is phone else add.click()
        device.get_by_label("In one line").fill(f"Run 45min {title}")
        device.get_by_label("In one line").press("Enter")
        expect(device.locator("#day-2024-01-03").get_by_role("link", name=f"Run: {title}")).to_be_visible()
