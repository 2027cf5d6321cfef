"""Every step works as a form and a page without scripts."""

from playwright.sync_api import Page, expect

from tests.browser.plan import FRIDAY, THURSDAY, WEEK
from tests.browser.week import card, open_menu, slot, toast, total


def test_a_form_moves_what_is_ticked_and_the_move_is_undone(unscripted: Page) -> None:
    unscripted.goto(WEEK)
    ride = card(unscripted, "Threshold ride")

    ride.get_by_role("checkbox").check()
    form = unscripted.get_by_role("form", name="The ticked workouts")
    form.get_by_label("Day", exact=True).fill(str(FRIDAY))
    form.get_by_label("Time of day").select_option("Morning")
    form.get_by_role("button", name="Move").click()
    expect(card(slot(unscripted, FRIDAY, "morning"), "Threshold ride")).to_be_visible()

    toast(unscripted).get_by_role("button", name="Undo").click()
    expect(card(slot(unscripted, THURSDAY, "evening"), "Threshold ride")).to_be_visible()


def test_skips_and_selects(unscripted: Page) -> None:
    unscripted.goto(WEEK)
    card(unscripted, "Easy run").get_by_role("button", name="Skip").click()
    expect(total(unscripted)).to_contain_text("7 h 15 min")

    card(unscripted, "Easy run").get_by_role("button", name="Do it").click()
    expect(total(unscripted)).to_contain_text("8 h")


def test_the_details_are_a_page(unscripted: Page) -> None:
    unscripted.goto(WEEK)
    card(unscripted, "Easy run").get_by_role("link").click()
    expect(unscripted.get_by_text("Really easy.")).to_be_visible()

    unscripted.get_by_label("Notes").fill("Bring gels.")
    unscripted.get_by_role("button", name="Save", exact=True).click()
    expect(unscripted.get_by_label("Notes")).to_have_value("Bring gels.")

    unscripted.get_by_role("link", name="The week of this workout").click()
    expect(card(unscripted, "Easy run")).to_contain_text("Bring gels.")


def test_the_filter_has_a_button(unscripted: Page) -> None:
    unscripted.goto(WEEK)
    open_menu(unscripted)
    unscripted.get_by_label("Type").select_option("Bike")
    unscripted.get_by_role("button", name="Filter").click()
    expect(unscripted.locator(".card")).to_have_count(2)
