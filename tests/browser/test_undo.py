"""What was changed can be undone: at once from the toast, later from the history."""

from playwright.sync_api import Page, expect

from tests.browser.plan import FRIDAY, MONDAY, WEEK
from tests.browser.week import card, drag, slot, toast
from tests.browser.witness import Witness


def test_the_toast_undoes_a_move_and_redoes_it(page: Page) -> None:
    page.goto(WEEK)
    drag(card(page, "Easy run"), slot(page, FRIDAY, "morning"))
    expect(card(slot(page, FRIDAY, "morning"), "Easy run")).to_be_visible()

    toast(page).get_by_role("button", name="Undo").click()
    expect(toast(page)).to_contain_text("Undone: Easy run: moved to Fri 5 Jan, morning")
    expect(card(slot(page, MONDAY, ""), "Easy run")).to_be_visible()

    toast(page).get_by_role("button", name="Redo").click()
    expect(toast(page)).to_contain_text("Redone: Easy run: moved to Fri 5 Jan, morning")
    expect(card(slot(page, FRIDAY, "morning"), "Easy run")).to_be_visible()
    expect(toast(page).get_by_role("button", name="Undo")).to_be_visible()


def test_the_history_undoes_what_was_done_earlier(page: Page) -> None:
    page.goto(WEEK)
    for title in ("Easy run", "Technique swim"):
        card(page, title).get_by_role("button", name="Skip").click()
        expect(card(page, title)).to_contain_text("Skipped")

    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name="Undo Easy run: skipped").click()

    expect(page.get_by_role("listitem").filter(has_text="Undone: Easy run: skipped")).to_be_visible()
    expect(page.get_by_role("button", name="Undo Easy run: skipped", exact=True)).to_have_count(0)
    page.goto(WEEK)
    expect(card(page, "Easy run")).not_to_contain_text("Skipped")
    expect(card(page, "Technique swim")).to_contain_text("Skipped")


def test_a_row_that_was_changed_since_is_not_undone_and_the_reason_is_shown(page: Page, witness: Witness) -> None:
    witness.tolerated.append("status of 409")
    page.goto(WEEK)
    run = card(page, "Easy run")
    run.get_by_role("button", name="Skip").click()
    run.get_by_role("button", name="Do it").click()
    expect(run).not_to_contain_text("Skipped")

    page.goto("/history/")
    page.get_by_role("button", name="Undo Easy run: skipped").click()

    expect(page.get_by_role("alert")).to_contain_text("Changed in the meantime: Easy run. Nothing was written.")
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
