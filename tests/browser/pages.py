"""Every page, by the way there. A new page is a line here; the rules for all pages are then held for it as well."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.browser.plan import MONDAY, WEEK
from tests.browser.week import card
from tests.trainingpeaks import export, workout

Way = Callable[[Page], object]


def at(address: str) -> Way:
    return lambda page: page.goto(address)


def _history(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("button", name="Skip").click()
    expect(card(page, "Easy run")).to_contain_text("Skipped")
    page.goto("/history/")


def _dialog(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Threshold ride").get_by_role("link").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _move_form(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Threshold ride").locator("summary").click()
    card(page, "Threshold ride").get_by_role("button", name="Skip").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def _login(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/login/")


def _wrong_login(page: Page) -> None:
    _login(page)
    log_in(page, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()


def _refusal(page: Page) -> None:
    page.goto(f"/workouts/add/{MONDAY}")
    page.get_by_label("Title").fill(" ")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()


def _upload(page: Page) -> None:
    page.goto("/imports/")
    rows = (workout("Easy run", str(MONDAY)), workout("Bad", "soon"), workout("<b>", str(MONDAY), TSS="50"))
    content = export(*rows)
    page.get_by_label("CSV export").set_input_files({"name": "plan.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview of plan.csv")).to_be_visible()


def _imported(page: Page) -> None:
    _upload(page)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("status")).to_contain_text("Imported plan.csv")


PAGES: dict[str, Way] = {
    "week": at(WEEK),
    "this week": at("/"),
    "week with a toast and a form": _move_form,
    "week without workouts": at("/week/2025-01-06"),
    "dialog": _dialog,
    "details": at("/workouts/1"),
    "month": at("/month/2024-01"),
    "history": _history,
    "add": at("/workouts/add"),
    "add, refused": _refusal,
    "edit": at("/workouts/7/edit"),
    "targets": at(f"{WEEK}/targets"),
    "import": at("/imports/"),
    "preview of an import": _upload,
    "imported": _imported,
    "login": _login,
    "login, refused": _wrong_login,
    "not found": at("/nowhere"),
}
EXPECTED = ["status of 404", "status of 422"]
"""What the console says of the pages that answer with an error."""
