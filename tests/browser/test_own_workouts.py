"""The athlete's own workouts."""

from playwright.sync_api import Page, expect

from tests.browser.plan import TUESDAY, WEDNESDAY, WEEK
from tests.browser.week import card, press_twice, slot, slow_down_answers, toast
from tests.browser.witness import Witness


def test_is_added_edited_deleted_and_brought_back(page: Page) -> None:
    page.goto(WEEK)
    page.get_by_role("link", name="Add a workout on Wednesday 3 January").click()
    page.get_by_role("link", name="Every field").click()
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


def test_a_form_whose_button_is_pressed_twice_is_sent_once(page: Page) -> None:
    slow_down_answers(page, 400)
    page.goto(f"/workouts/add/{WEDNESDAY}")
    page.get_by_label("Title").fill("Club ride")
    press_twice(page.get_by_role("button", name="Save"))
    expect(card(page, "Club ride")).to_have_count(1)

    page.locator(".menu summary").click()
    press_twice(page.get_by_role("button", name="Copy the week"))
    expect(toast(page)).to_contain_text("copied")
    expect(card(page, "Club ride")).to_have_count(1)


def test_one_line_adds_a_workout_on_its_day_after_showing_how_it_is_understood(page: Page, witness: Witness) -> None:
    witness.tolerated.append("status of 422")
    page.goto(WEEK)
    page.get_by_role("link", name="Technique swim").focus()

    page.keyboard.press("n")
    expect(page.get_by_label("In one line")).to_be_focused()
    page.keyboard.type("Run 45m easy 7am")
    expect(page.locator(".preview")).to_have_text(
        "“45m” is 45 metres. Minutes are written “45min”, a longer distance “1500m”."
    )
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Nothing was changed.")

    page.get_by_label("In one line").fill("Run 45min easy 7am")
    expect(page.locator(".preview")).to_contain_text("Easy · Run · 45 min · 7am")
    page.keyboard.press("Enter")

    added = card(slot(page, TUESDAY, "morning"), "Easy")
    expect(added).to_contain_text("45 min")
    expect(toast(page)).to_contain_text("Easy: added")
    expect(added.get_by_role("link")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator(f"#day-{TUESDAY}").get_by_label("In one line")).to_be_focused()


def test_what_is_typed_on_a_day_stays_when_the_day_is_redrawn_and_goes_to_the_form_with_every_field(
    page: Page, witness: Witness
) -> None:
    page.goto(WEEK)
    swim = page.get_by_role("link", name="Technique swim")
    swim.focus()
    page.keyboard.press("n")
    page.get_by_label("In one line").fill("Run 45min 8km easy")
    with page.expect_request("**/workouts/quick?*") as preview:
        expect(page.locator(".preview")).to_contain_text("Easy · Run")
    assert "csrf" not in preview.value.url
    card(page, "Technique swim").get_by_role("button", name="Skip").click()
    expect(card(page, "Technique swim")).to_contain_text("Skipped")
    expect(page.get_by_label("In one line")).to_have_value("Run 45min 8km easy")
    page.keyboard.press("u")
    expect(card(page, "Technique swim")).not_to_contain_text("Skipped")
    expect(page.get_by_label("In one line")).to_have_value("Run 45min 8km easy")

    page.get_by_role("link", name="Every field").click()
    expect(page.get_by_label("In one line")).to_have_value("Run 45min 8km easy")
    expect(page.get_by_label("Title")).to_have_value("Easy")
    expect(page.get_by_label("Distance")).to_have_value("8")
    expect(page.get_by_label("Unit")).to_have_value("km")


def test_without_scripts_a_line_that_is_not_understood_can_be_corrected(unscripted: Page, witness: Witness) -> None:
    witness.tolerated.append("status of 422")
    unscripted.goto("/workouts/add/2024-01-03")
    line = unscripted.get_by_label("In one line")
    line.fill("Run 45m easy")
    unscripted.get_by_role("button", name="Add").click()
    expect(unscripted.get_by_text("“45m” is 45 metres.")).to_be_visible()
    expect(line).to_have_value("Run 45m easy")
    line.fill("Run 45min after all")
    unscripted.get_by_role("button", name="Add").click()
    expect(card(unscripted, "After all")).to_be_visible()


def test_form_errors_are_shown_and_the_input_is_kept(page: Page, witness: Witness) -> None:
    witness.tolerated.append("status of 422")
    page.goto("/workouts/add/2024-01-03")
    page.get_by_label("Title").fill("   ")
    page.get_by_label("Description").fill("Steady.")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("This field is required.")).to_be_visible()
    expect(page.get_by_label("Description")).to_have_value("Steady.")
