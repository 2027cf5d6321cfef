"""The athlete's own workouts."""

from playwright.sync_api import Page, expect

from tests.browser.plan import WEDNESDAY, WEEK
from tests.browser.week import card, slot, toast
from tests.browser.witness import Witness


def test_is_added_edited_deleted_and_brought_back(page: Page) -> None:
    page.goto(WEEK)
    page.get_by_role("link", name="Add a workout on Wednesday 3 January").click()
    expect(page.get_by_label("Day")).to_have_value(str(WEDNESDAY))
    page.get_by_label("Title").fill("Club ride")
    page.get_by_label("Type").select_option("Bike")
    page.get_by_label("h", exact=True).fill("2")
    page.get_by_label("min", exact=True).fill("5")
    page.get_by_role("button", name="Save").click()

    ride = card(slot(page, WEDNESDAY, ""), "Club ride")
    expect(ride).to_contain_text("Own")
    expect(ride).to_contain_text("2 h 5 min")

    ride.get_by_role("link").click()
    page.get_by_role("dialog").get_by_role("link", name="Edit").click()
    page.get_by_label("Title").fill("Club ride in the hills")
    page.get_by_role("button", name="Save").click()
    expect(card(page, "Club ride in the hills")).to_be_visible()

    card(page, "Club ride").get_by_role("link").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(card(page, "Club ride")).to_have_count(0)

    toast(page).get_by_role("button", name="Undo").click()
    expect(card(page, "Club ride in the hills")).to_be_visible()


def test_form_errors_are_shown_and_the_input_is_kept(page: Page, witness: Witness) -> None:
    witness.tolerated.append("status of 422")
    page.goto("/workouts/add/2024-01-03")
    page.get_by_label("Title").fill("   ")
    page.get_by_label("Description").fill("Steady.")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("This field is required.")).to_be_visible()
    expect(page.get_by_label("Description")).to_have_value("Steady.")
