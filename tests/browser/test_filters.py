"""Filters choose the cards that are shown. The totals of the week stay."""

from playwright.sync_api import Page, expect

from tests.browser.plan import SATURDAY, TUESDAY, WEEK
from tests.browser.week import card, open_menu, total


def test_filters_change_the_cards_and_not_the_summary(page: Page) -> None:
    page.goto(WEEK)
    before = total(page).inner_text()

    open_menu(page)
    page.get_by_label("Type").select_option("Bike")
    expect(page.locator(".card")).to_have_count(2)
    assert total(page).inner_text() == before

    open_menu(page)
    page.get_by_label("Type").select_option("All types")
    expect(page.locator(".card")).to_have_count(7)
    open_menu(page)
    page.get_by_label("Source").select_option("Own")
    expect(page.locator(".card")).to_have_count(1)
    expect(card(page, "Family walk")).to_be_visible()
    assert total(page).inner_text() == before


def test_a_filter_applies_to_the_days_and_stays_from_week_to_week(page: Page) -> None:
    page.goto(f"{WEEK}?type=Swim&source=coach")
    expect(page.locator(f"#day-{TUESDAY} .sum")).to_contain_text("1 h")
    expect(page.locator(f"#day-{SATURDAY} .sum")).to_be_empty()

    card(page, "Technique swim").get_by_role("button", name="Skip").click()
    expect(page.locator(f"#day-{TUESDAY} .sum")).to_be_empty()
    for name in ("Next week", "Previous week", "Week of 15 January", "Today"):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_label("Type")).to_have_value("Swim")
        expect(page.get_by_label("Source")).to_have_value("coach")
        page.goto(f"{WEEK}?type=Swim&source=coach")


def test_a_filter_stays_while_cards_are_changed(page: Page) -> None:
    page.goto(f"{WEEK}?type=Swim")
    card(page, "Technique swim").get_by_role("button", name="Skip").click()
    expect(card(page, "Technique swim")).to_contain_text("Skipped")
    expect(page.locator(".card")).to_have_count(1)
