"""The coach's plan is imported from a file: chosen or dropped, previewed, confirmed, and undone as one step."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.pages import send
from tests.browser.plan import FRIDAY, SATURDAY, THURSDAY, TUESDAY, WEDNESDAY, WEEK, add
from tests.browser.week import card, slot
from tests.trainingpeaks import export, workout

PLAN = export(
    workout("Hill repeats", str(WEDNESDAY), PlannedDuration=1.25),
    workout("Long swim", str(FRIDAY), "Swim", PlannedDistanceInMeters=3000),
    workout("Nameless", "soon"),
)
FILES = "text => { const files = new DataTransfer(); files.items.add(new File([text], 'plan.csv')); return files; }"


def drop(page: Page, content: bytes) -> None:
    files = page.evaluate_handle(FILES, content.decode())
    for event in ("dragover", "drop"):
        page.dispatch_event(".drop", event, {"dataTransfer": files})


@pytest.mark.parametrize("give", [send, drop])
def test_a_file_is_imported_and_undone_as_one_step(page: Page, give: Callable[[Page, bytes], None]) -> None:
    page.goto("/imports/")

    give(page, PLAN)
    expect(page.get_by_role("heading", name="Preview of plan.csv")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Hill repeats")).to_contain_text("1 h 15 min")
    expect(page.get_by_text("Row 4:")).to_be_visible()

    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("status")).to_contain_text("Imported plan.csv: 2 new")
    page.goto(WEEK)
    expect(card(slot(page, WEDNESDAY, ""), "Hill repeats")).to_be_visible()
    expect(card(slot(page, FRIDAY, ""), "Long swim")).to_contain_text("3000 m")

    page.goto("/imports/")
    page.get_by_role("button", name="Undo the import of plan.csv").click()
    expect(page.get_by_text("· undone")).to_be_visible()
    page.goto(WEEK)
    expect(page.locator(".card")).to_have_count(7)


def test_what_is_not_confirmed_is_not_imported(unscripted: Page) -> None:
    unscripted.goto("/imports/")
    send(unscripted, PLAN)
    unscripted.get_by_role("button", name="Discard").click()
    expect(unscripted.get_by_text("There are no files yet.")).to_be_visible()

    unscripted.goto(WEEK)
    expect(unscripted.locator(".card")).to_have_count(7)


def test_gone_workouts_are_renamed_or_dropped_without_scripts(unscripted: Page) -> None:
    """The file spans Tuesday to Saturday. Only its swim and its day off are unchanged."""
    unscripted.goto("/imports/")
    send(
        unscripted,
        export(
            workout("Technique swim", str(TUESDAY), "Swim", PlannedDuration=1, PlannedDistanceInMeters=2400),
            workout("Threshold ride, 4 x 10", str(WEDNESDAY), "Bike", PlannedDuration=1.75),
            workout("Rest", str(FRIDAY), "Day Off"),
            workout("Long hike", str(SATURDAY), "Walk", PlannedDuration=4),
        ),
    )
    decision = {name: unscripted.get_by_role("combobox", name=name) for name in ("Threshold ride", "Long ride")}
    expect(decision["Threshold ride"].locator("option:checked")).to_contain_text("Renamed: Threshold ride, 4 x 10")
    expect(decision["Long ride"].locator("option:checked")).to_have_text("Keep")

    decision["Long ride"].focus()
    unscripted.keyboard.press("ArrowDown")
    unscripted.get_by_role("button", name="Import").click()
    expect(unscripted.get_by_role("status")).to_contain_text(
        "Imported plan.csv: 1 new, 2 unchanged, 1 renamed, 1 dropped, 1 not in the file."
    )

    unscripted.goto(WEEK)
    ride = card(slot(unscripted, THURSDAY, "evening"), "Threshold ride, 4 x 10")
    expect(ride).to_contain_text("Fan, two bottles.")
    expect(card(unscripted, "Long ride")).to_contain_text("Dropped by the coach")
    expect(unscripted.locator(".summary .total")).to_contain_text("8 h 45 min")

    card(unscripted, "Long ride").get_by_role("button", name="Do it").click()
    expect(card(unscripted, "Long ride")).not_to_contain_text("Dropped")
    unscripted.goto("/history/")
    unscripted.get_by_role("button", name="Undo Long ride: selected").click()
    unscripted.goto("/imports/")
    unscripted.get_by_role("button", name="Undo the import of plan.csv").click()
    unscripted.goto(WEEK)
    expect(card(slot(unscripted, THURSDAY, "evening"), "Threshold ride")).not_to_contain_text("4 x 10")
    expect(unscripted.locator(".card")).to_have_count(7)
    expect(unscripted.get_by_text("Dropped")).to_have_count(0)


GONE = ("Core circuit", "Threshold ride", "Rest", "Long ride")


def chosen(page: Page) -> dict[str, str]:
    shown = {name: page.get_by_role("combobox", name=name).locator("option:checked") for name in GONE}
    return {name: option.inner_text().strip() for name, option in shown.items()}


def test_a_decision_for_all_is_shown_at_each_until_one_is_decided_otherwise(page: Page, site: Site) -> None:
    """The file spans Tuesday to Saturday. Its swim and its runs are unchanged."""
    runs = [f"Run {number}" for number in range(4)]
    for title in runs:
        add(site.database, title, FRIDAY)
    page.goto("/imports/")
    send(
        page,
        export(
            *(workout(title, str(FRIDAY), PlannedDuration=1) for title in runs),
            workout("Technique swim", str(TUESDAY), "Swim", PlannedDuration=1, PlannedDistanceInMeters=2400),
            workout("Threshold ride, 4 x 10", str(WEDNESDAY), "Bike", PlannedDuration=1.75),
            workout("Long hike", str(SATURDAY), "Walk", PlannedDuration=4),
        ),
    )
    kept = dict.fromkeys(GONE, "Keep")
    suggested = kept | {"Threshold ride": "Renamed: Threshold ride, 4 x 10, 1 h 45 min"}
    dropped = dict.fromkeys(GONE, "Dropped by the coach")
    for_all = page.get_by_label("For all 4")
    for value, shown in (("drop", dropped), ("rename", suggested), ("keep", kept), ("each", kept), ("drop", dropped)):
        for_all.select_option(value)
        assert chosen(page) == shown

    page.get_by_role("combobox", name="Rest").select_option("Keep")
    expect(for_all).to_have_value("each")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("status")).to_contain_text("3 dropped")


def test_without_scripts_a_decision_for_all_says_that_it_counts(unscripted: Page) -> None:
    unscripted.goto("/imports/")
    send(unscripted, export(*(workout("Long hike", str(day), "Walk") for day in (TUESDAY, SATURDAY))))
    expect(unscripted.get_by_text("what is chosen for a single workout does not count")).to_be_visible()
    unscripted.get_by_label("For all").select_option("drop")
    unscripted.get_by_role("button", name="Import").click()
    expect(unscripted.get_by_role("status")).to_contain_text("5 dropped")
