"""Every page, with the way to open it. Add a line for a new page, and the rules for every page are tested on it."""

import datetime
import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.activities import RUN, fit
from tests.browser.conftest import log_in
from tests.browser.extremes import TITLES, UNBROKEN
from tests.browser.plan import ATHLETE, FRIDAY, MONDAY, SATURDAY, TUESDAY, WEEK
from tests.browser.week import card, open_menu
from tests.trainingpeaks import export, workout

Way = Callable[[Page], object]


def at(address: str) -> Way:
    return lambda page: page.goto(address)


def one(address: str) -> Way:
    """The first row of a list of the admin."""

    def way(page: Page) -> None:
        page.goto(address)
        page.locator("#result_list tbody th a").first.click()
        expect(page.locator(".change-form")).to_be_visible()

    return way


def _skip(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("button", name="Skip").click()
    expect(card(page, "Easy run")).to_contain_text("Skipped")


def _history(page: Page) -> None:
    _skip(page)
    page.goto("/history/")


def _dialog(page: Page, title: str = "Threshold ride") -> None:
    page.goto(WEEK)
    _open(page, title)


def _open(page: Page, title: str) -> None:
    card(page, title).get_by_role("link").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _dialog_with_a_toast(page: Page) -> None:
    _skip(page)
    _open(page, "Threshold ride")


def _refused_dialog(page: Page) -> None:
    _dialog(page, TITLES[0])
    page.get_by_label("Place").evaluate("field => { field.removeAttribute('maxlength') }")
    page.get_by_label("Place").fill(UNBROKEN)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Nothing was changed.")


def _ticked(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("button", name="Skip").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    card(page, "Threshold ride").get_by_role("checkbox").check()


def _menu(page: Page) -> None:
    page.goto(WEEK)
    open_menu(page)


def _figures(page: Page) -> None:
    page.goto(WEEK)
    page.get_by_role("link", name="All figures").click()
    expect(page.get_by_role("row", name="Total")).to_be_visible()


def _quick_add(page: Page) -> None:
    page.goto(WEEK)
    page.get_by_role("link", name="Add a workout on Friday").click()
    page.get_by_label("In one line").fill("Run 45m")
    expect(page.get_by_text("“45m” is 45 metres.")).to_be_visible()


def _ticked_month(page: Page) -> None:
    page.goto("/month/2024-01")
    page.locator(".month .card").first.get_by_role("checkbox").check()


def _first_steps(page: Page) -> None:
    page.goto("/restore/")
    send(page, json.dumps(page.request.get("/export.json").json() | {"workouts": []}).encode(), "empty.json")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("link", name="Import the coach's plan")).to_be_visible()


def _refused_undo(page: Page) -> None:
    _skip(page)
    card(page, "Easy run").get_by_role("button", name="Do it").click()
    expect(card(page, "Easy run")).not_to_contain_text("Skipped")
    page.goto("/history/")
    page.get_by_role("button", name="Undo Easy run: skipped").click()
    expect(page.get_by_role("heading", name="Not changed")).to_be_visible()


def _outdated_form(page: Page) -> None:
    page.goto("/workouts/1")
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The page is out of date")).to_be_visible()


def _login(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/login/")


def _admin_login(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/admin/login/")


def _wrong_login(page: Page) -> None:
    _login(page)
    log_in(page, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()


def _locked_out(page: Page) -> None:
    _login(page)
    token = page.locator("[name=csrfmiddlewaretoken]").input_value()
    for _ in range(10):
        page.request.post("/login/", form={"csrfmiddlewaretoken": token, "username": ATHLETE, "password": "wrong"})
    log_in(page)
    expect(page.get_by_role("heading", name="Too many failed logins")).to_be_visible()


def _refused_workout(page: Page) -> None:
    page.goto(f"/workouts/add/{MONDAY}")
    page.get_by_label("Title").fill(" ")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()


def _calendar_address(page: Page) -> None:
    page.goto("/settings/")
    page.get_by_role("button", name="Create an address").click()
    expect(page.get_by_role("button", name="Copy")).to_be_visible()


def _availability(page: Page) -> None:
    page.goto(f"/availability/{MONDAY}")
    for first, on, what in (
        (MONDAY, "Every day", "No swimming"),
        (TUESDAY, "Tuesdays", "No training"),
        (datetime.date(2099, 1, 1), "Thursdays", "No cycling"),
    ):
        page.get_by_label("What").select_option(what)
        page.get_by_label("On", exact=True).select_option(on)
        page.get_by_label("From").fill(str(first))
        page.get_by_label("Reason").fill(UNBROKEN[:200])
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("button", name="Undo")).to_be_visible()


def _edited_availability(page: Page) -> None:
    _availability(page)
    page.get_by_role("link", name="Edit").first.click()
    expect(page.get_by_role("button", name="Save")).to_be_visible()


def _refused_availability(page: Page) -> None:
    page.goto(f"/availability/{MONDAY}")
    page.get_by_label("To", exact=True).fill("2099-01-01")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("No more than 366 days at a time.")).to_be_visible()
    page.get_by_label("On", exact=True).select_option("Sundays")
    page.get_by_label("To", exact=True).fill(str(TUESDAY))
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("There is no Sunday from the first to the last day.")).to_be_visible()


def _week_with_availability(page: Page) -> None:
    _availability(page)
    page.goto(WEEK)
    expect(page.get_by_text("No swimming")).to_be_visible()
    expect(card(page, "Technique swim")).to_contain_text("No training on this day")


def _month_with_availability(page: Page) -> None:
    _availability(page)
    page.goto("/month/2024-01")
    expect(card(page, "Technique swim")).to_contain_text("No training on this day")


def _coach(page: Page) -> None:
    _availability(page)
    page.goto("/settings/")
    page.get_by_role("button", name="Create a link").click()
    address = page.get_by_label("The coach's address, shown this once").input_value()
    page.goto(address.replace("/coach/", f"/coach/{MONDAY}"))
    expect(page.get_by_text("No swimming")).to_be_visible()


def _steps(page: Page) -> None:
    page.goto("/workouts/7/edit")
    page.get_by_label("Type").select_option("Bike")
    steps = "15min warm-up 50-65 %, 9 x 3min @ 110 % with 2min rest; 5min easy; 10min cool-down"
    page.get_by_label("Description").fill(steps)
    page.get_by_role("button", name="Save").click()
    page.goto("/workouts/7")
    expect(page.get_by_role("link", name="Download as ZWO")).to_be_visible()


def _refused_password(page: Page) -> None:
    page.goto("/settings/password/")
    for label in ("Old password", "New password", "New password confirmation"):
        page.get_by_label(label, exact=True).fill("123")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("too short")).to_be_visible()


def send(page: Page, content: bytes, name: str = "plan.csv") -> None:
    """Chooses a file on a page with a file field, and sends it."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.locator("main button[type=submit]").click()


def _import_preview(page: Page) -> None:
    page.goto("/imports/")
    moved = workout("Long ride", str(FRIDAY), "Bike", PlannedDuration=3.5, PlannedDistanceInMeters=95000)
    changed = workout("Technique swim", str(TUESDAY), "Swim", PlannedDuration=1.25, PlannedDistanceInMeters=2400)
    new = [workout(title, str(SATURDAY)) for title in ("Hill repeats", *TITLES)]
    send(page, export(moved, changed, *new, workout("Nameless", "soon")))
    for heading in ("Moved by the coach", "In the planner, not in this file", "Changed", "New", "Skipped"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


def _done(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("button", name="Done").click()
    expect(card(page, "Easy run")).to_contain_text("Done 45 min")
    card(page, "Easy run").get_by_role("link", name="RPE").click()
    expect(page.get_by_role("dialog").get_by_label("RPE, 1 to 10")).to_be_visible()


def _activity_preview(page: Page) -> None:
    page.goto("/imports/")
    monday = datetime.datetime.combine(MONDAY, datetime.time(6), datetime.UTC)
    sessions = [{**RUN, "start_time": monday}, {**RUN, "sport": "swimming", "start_time": monday}]
    send(page, fit(*sessions), f"{UNBROKEN[:200]}.fit")
    expect(page.get_by_text("Not planned")).to_have_count(2)


def _refused_activity(page: Page) -> None:
    page.goto("/imports/")
    send(page, fit(RUN)[:-9], "run.fit")
    expect(page.get_by_text("truncated or corrupt")).to_be_visible()


def _imports(page: Page) -> None:
    _import_preview(page)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("button", name="Undo the import of plan.csv")).to_be_visible()


def _refused_import(page: Page) -> None:
    page.goto("/imports/")
    send(page, b"%PDF-1.7")
    expect(page.get_by_text("Nothing was imported.")).to_be_visible()


def _restore_preview(page: Page) -> None:
    kept = page.request.get("/export.json").json() | {"workouts": []}
    page.goto("/restore/")
    send(page, json.dumps(kept).encode(), f"{UNBROKEN[:200]}.json")
    expect(page.get_by_role("button", name="Restore")).to_be_visible()


def _refused_restore(page: Page) -> None:
    page.goto("/restore/")
    send(page, b"{}", "export.json")
    expect(page.get_by_text("Nothing was changed.")).to_be_visible()


def _api(page: Page) -> None:
    page.goto("/api/docs")
    expect(page.get_by_text("/api/selections/{workout_id}").first).to_be_visible()


PAGES: dict[str, Way] = {
    "week": at(WEEK),
    "this week": at("/"),
    "week with a toast and a ticked workout": _ticked,
    "week with its menu": _menu,
    "week with its figures": _figures,
    "week with a line to add": _quick_add,
    "week, first steps": _first_steps,
    "week without workouts": at("/week/2025-01-06"),
    "week, filtered": at(f"{WEEK}?type=Bike&source=coach"),
    "dialog": _dialog,
    "dialog with a toast": _dialog_with_a_toast,
    "dialog, refused": _refused_dialog,
    "details": at("/workouts/1"),
    "details of an own workout": at("/workouts/7"),
    "details at most": at("/workouts/8"),
    "month": at("/month/2024-01"),
    "month with a ticked workout": _ticked_month,
    "search": at("/search?q=e"),
    "keys": at("/keys"),
    "history": _history,
    "history, refused": _refused_undo,
    "add": at("/workouts/add"),
    "add, refused": _refused_workout,
    "edit": at("/workouts/7/edit"),
    "edit at most": at("/workouts/8/edit"),
    "figures": at(f"{WEEK}/figures"),
    "targets": at(f"{WEEK}/targets"),
    "import": at("/imports/"),
    "import, refused": _refused_import,
    "import, preview": _import_preview,
    "import, imported": _imports,
    "activity, preview": _activity_preview,
    "activity, refused": _refused_activity,
    "week with what was done": _done,
    "season as a table": at(f"/season/{MONDAY}"),
    "restore": at("/restore/"),
    "restore, refused": _refused_restore,
    "restore, preview": _restore_preview,
    "availability": _availability,
    "availability, edit": _edited_availability,
    "availability, refused": _refused_availability,
    "week with availability": _week_with_availability,
    "month with availability": _month_with_availability,
    "coach": _coach,
    "week as text": at(f"{WEEK}/text"),
    "details with steps": _steps,
    "settings": at("/settings/"),
    "settings with an address": _calendar_address,
    "password": at("/settings/password/"),
    "password, refused": _refused_password,
    "login": _login,
    "login, refused": _wrong_login,
    "login, locked out": _locked_out,
    "API": _api,
    "form of an older session": _outdated_form,
    "not found": at("/nowhere"),
    "broken": at("/broken"),
}
ADMIN = ("workout", "workoutselection", "archivedselection", "change", "upload")
ADMIN_PAGES: dict[str, Way] = {
    "index": at("/admin/"),
    "login": _admin_login,
    **{name: at(f"/admin/workouts/{name}/") for name in ADMIN},
    **{f"one {name}": one(f"/admin/workouts/{name}/") for name in ADMIN[1:]},
    "one workout": at("/admin/workouts/workout/8/change/"),
    "release": at("/admin/releases/release/"),
    "one release": one("/admin/releases/release/"),
    "applied migrations": at("/admin/releases/release/applied/"),
    "user": at("/admin/auth/user/"),
    "one user": one("/admin/auth/user/"),
}
EXPECTED = [f"status of {status}" for status in (403, 404, 409, 422, 429, 500)]
"""What the console reports for the pages that answer with an error."""
