"""Importing a file by dropping it, and without a script by choosing it."""

from playwright.sync_api import Page, expect

from tests.browser.plan import MONDAY, WEEK
from tests.browser.week import card
from tests.trainingpeaks import export, workout

PLAN = export(workout("Hill repeats", str(MONDAY), PlannedDuration="0.75"))
FILE_OF = "text => { const files = new DataTransfer(); files.items.add(new File([text], 'plan.csv')); return files; }"


def test_a_dropped_file_is_previewed_imported_and_undone(page: Page) -> None:
    page.goto("/imports/")
    files = page.evaluate_handle(FILE_OF, PLAN.decode())
    page.dispatch_event(".drop", "dragover", {"dataTransfer": files})
    page.dispatch_event(".drop", "drop", {"dataTransfer": files})

    expect(page.get_by_role("heading", name="Preview of plan.csv")).to_be_visible()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("status")).to_contain_text("Imported plan.csv: 1 new.")
    page.goto(WEEK)
    expect(card(page, "Hill repeats")).to_be_visible()

    page.goto("/imports/")
    page.get_by_role("button", name="Undo the import of plan.csv").click()
    expect(page.get_by_role("button", name="Undo the import of plan.csv")).to_have_count(0)
    page.goto(WEEK)
    expect(card(page, "Hill repeats")).to_have_count(0)


def test_a_file_is_chosen_previewed_and_discarded_without_a_script(unscripted: Page) -> None:
    unscripted.goto("/imports/")
    unscripted.get_by_label("CSV export").set_input_files({"name": "plan.csv", "mimeType": "text/csv", "buffer": PLAN})
    unscripted.get_by_role("button", name="Preview").click()
    unscripted.get_by_role("button", name="Discard").click()

    expect(unscripted.get_by_text("No file was imported yet.")).to_be_visible()
    unscripted.goto(WEEK)
    expect(card(unscripted, "Hill repeats")).to_have_count(0)
