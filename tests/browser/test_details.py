"""The dialog with all details of a workout."""

from playwright.sync_api import Dialog, Page, expect

from tests.browser.plan import WEEK
from tests.browser.week import card, toast


def test_opens_by_keyboard_and_escape_closes_it_and_returns_the_focus(page: Page) -> None:
    page.goto(WEEK)
    link = card(page, "Easy run").get_by_role("link")
    link.focus()

    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Then 6 x 20 seconds fast.")
    expect(dialog).to_contain_text("Really easy.")

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_closes_by_its_button_and_by_a_click_beside_it(page: Page) -> None:
    page.goto(WEEK)
    dialog = page.get_by_role("dialog")
    card(page, "Easy run").get_by_role("link").click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()

    card(page, "Easy run").get_by_role("link").click()
    expect(dialog).to_be_visible()
    page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()


def test_what_was_typed_is_not_lost_by_closing(page: Page) -> None:
    page.goto(WEEK)
    dialog, asked = page.get_by_role("dialog"), list[str]()
    card(page, "Easy run").get_by_role("link").click()
    dialog.get_by_label("Notes").fill("Bring gels.")

    def stay(question: Dialog) -> None:
        asked.append(question.message)
        question.dismiss()

    page.on("dialog", stay)
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog.get_by_label("Notes")).to_have_value("Bring gels.")
    assert asked == ["Close this without saving what you have typed?"] * 2

    page.remove_listener("dialog", stay)
    page.on("dialog", lambda question: question.accept())
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_notes_and_place_are_saved_and_shown_on_the_card(page: Page) -> None:
    page.goto(WEEK)
    run = card(page, "Easy run")
    run.get_by_role("link").click()
    dialog = page.get_by_role("dialog")

    dialog.get_by_label("Notes").fill("Bring <b>gels</b>.")
    dialog.get_by_label("Place").fill("Park")
    dialog.get_by_role("button", name="Save", exact=True).click()

    expect(dialog).to_be_hidden()
    expect(run).to_contain_text("Bring <b>gels</b>.")
    expect(run).to_contain_text("Park")
    expect(toast(page)).to_contain_text("Easy run: place Park, notes changed")


def test_what_is_typed_in_one_form_stays_while_another_is_saved(page: Page) -> None:
    page.goto(WEEK)
    run, dialog = card(page, "Easy run"), page.get_by_role("dialog")
    run.get_by_role("link").click()
    expect(dialog).to_have_attribute("aria-label", "Easy run")
    dialog.get_by_label("Notes").fill("Heavy legs.")
    dialog.get_by_text("What you did").click()
    dialog.get_by_label("RPE, 1 to 10").fill("7")

    dialog.get_by_role("button", name="Done", exact=True).click()
    expect(toast(page)).to_contain_text("Easy run: done, 45 min, RPE 7")
    expect(dialog.get_by_label("Notes")).to_have_value("Heavy legs.")
    page.mouse.click(5, 5)
    expect(dialog).to_be_visible()

    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(run).to_contain_text("Heavy legs.")
    expect(run).to_contain_text("RPE 7")


def test_a_selection_of_text_that_ends_beside_the_dialog_does_not_close_it(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("link").click()
    notes = page.get_by_role("dialog").get_by_label("Notes")
    notes.hover()
    page.mouse.down()
    page.mouse.move(5, 5, steps=3)
    page.mouse.up()
    expect(notes).to_be_visible()


def test_the_focus_returns_to_the_workout_after_saving(page: Page) -> None:
    page.goto(WEEK)
    run = card(page, "Easy run")
    run.get_by_role("link").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("Place").fill("Park")
    page.keyboard.press("Enter")
    expect(run).to_contain_text("Park")
    expect(run.get_by_role("link")).to_be_focused()


def test_the_athlete_estimates_the_tss_of_the_coachs_workout(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Technique swim").get_by_role("link").click()

    page.get_by_role("dialog").get_by_label("Planned TSS").fill("38")
    page.get_by_role("dialog").get_by_role("button", name="Save TSS").click()

    expect(card(page, "Technique swim")).to_contain_text("38 TSS")


def test_goes_back_to_the_coachs_plan(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Threshold ride").get_by_role("link").click()

    back = page.get_by_role("dialog").get_by_role("button", name="Back to the coach's plan, without notes and place")
    back.click()

    expect(toast(page)).to_contain_text("Threshold ride: back to the plan, without notes and place")
    expect(card(page.get_by_role("region", name="Wed"), "Threshold ride")).to_be_visible()
    expect(card(page, "Threshold ride")).not_to_contain_text("Fan, two bottles.")
