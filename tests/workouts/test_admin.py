"""The admin shows the planner's tables, in a constant number of queries, and changes nothing."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from releases.models import Release
from workouts.models import ArchivedSelection, Change, Upload, Workout, WorkoutSelection


def workout(title: str, *, days: int = 0, workout_type: str = "Run") -> Workout:
    planned = timezone.localdate() + datetime.timedelta(days=days)
    return Workout.objects.create(title=title, workout_type=workout_type, originally_planned_day=planned)


def select(workout: Workout, **columns: object) -> WorkoutSelection:
    return WorkoutSelection.objects.create(workout=workout, **columns)


@pytest.fixture
def plan(db: None) -> None:
    today = timezone.localdate()
    select(workout("plain"), time_of_day="morning")
    select(workout("dropped", workout_type="Swim"), is_selected=False)
    select(workout("shifted", days=-30, workout_type="Hyrox"), current_plan_day=today, user_notes="<b>fins</b>")
    workout("untouched", days=60)


def titles(client: Client, page: str, **query: str) -> set[str]:
    response = client.get(f"/admin/workouts/{page}/", query)
    assert response.status_code == 200
    rows = response.context["cl"].result_list
    return {getattr(row, "workout", row).title for row in rows}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"plain", "dropped", "shifted", "untouched"}),
        ({"workout_type": "Hyrox"}, {"shifted"}),
        ({"state": "skipped"}, {"dropped"}),
        ({"state": "selected"}, {"plain", "shifted", "untouched"}),
        ({"state": "delete"}, {"plain", "dropped", "shifted", "untouched"}),
        ({"moved": "moved"}, {"shifted"}),
        ({"week": "0"}, {"plain", "dropped", "shifted"}),
        ({"week": "1"}, set()),
        ({"week": "next"}, {"plain", "dropped", "shifted", "untouched"}),
        ({"q": "drop"}, {"dropped"}),
    ],
)
@pytest.mark.usefixtures("plan")
def test_filters_of_workouts(admin_client: Client, query: dict[str, str], expected: set[str]) -> None:
    assert titles(admin_client, "workout", **query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"plain", "dropped", "shifted"}),
        ({"workout__workout_type": "Swim"}, {"dropped"}),
        ({"state": "skipped"}, {"dropped"}),
        ({"state": "selected"}, {"plain", "shifted"}),
        ({"moved": "moved"}, {"shifted"}),
        ({"week": "0"}, {"plain", "dropped", "shifted"}),
        ({"week": "-1"}, set()),
        ({"q": "fins"}, {"shifted"}),
    ],
)
@pytest.mark.usefixtures("plan")
def test_filters_of_selections(admin_client: Client, query: dict[str, str], expected: set[str]) -> None:
    assert titles(admin_client, "workoutselection", **query) == expected


@pytest.mark.parametrize("page", ["change", "upload"])
def test_lists_read_no_files_and_no_rows_of_changes_which_may_be_large(admin_client: Client, page: str) -> None:
    undone = Change.objects.create(summary="Imported", rows=[])
    Change.objects.create(summary="Undone", rows=[], undoes=undone)
    Upload.objects.create(file_name="plan.csv", content=b"", change=undone)

    with CaptureQueriesContext(connection) as queries:
        shown = admin_client.get(f"/admin/workouts/{page}/")

    assert shown.context["cl"].result_count
    read = " ".join(query["sql"] for query in queries.captured_queries)
    assert not re.search(r'\."(?:rows|content)"', read)


def test_a_change_shows_its_first_rows_one_per_line(admin_client: Client) -> None:
    rows = [{"table": "workouts", "key": key, "before": None, "after": {"title": "Ä <b>"}} for key in range(101)]
    small, large = (Change.objects.create(summary="Restored", rows=some) for some in (rows[:2], rows))

    pages = [admin_client.get(f"/admin/workouts/change/{one.pk}/change/").content.decode() for one in (small, large)]

    assert [page.count("Ä &lt;b&gt;") for page in pages] == [2, 100]
    assert ["The first 100 of 101." in page for page in pages] == [False, True]


@pytest.mark.parametrize("page", ["workout", "workoutselection", "archivedselection"])
def test_lists_take_a_constant_number_of_queries(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, page: str
) -> None:
    for number in range(30):
        kept = select(workout(f"w{number}"))
        archive(kept, number + 1000)

    with django_assert_max_num_queries(10):
        assert admin_client.get(f"/admin/workouts/{page}/").status_code == 200


def archive(kept: WorkoutSelection, selection_id: int) -> ArchivedSelection:
    return ArchivedSelection.objects.create(
        selection_id=selection_id,
        workout_id=kept.workout_id,
        kept_selection=kept,
        time_of_day="evening",
        filled={"time_of_day": None},
        archived_at=timezone.now(),
    )


def test_the_selection_is_shown_on_its_workout(admin_client: Client) -> None:
    selection = select(workout("w"), user_notes="<b>bring fins</b>")

    page = admin_client.get(f"/admin/workouts/workout/{selection.workout_id}/change/").content.decode()

    assert "&lt;b&gt;bring fins&lt;/b&gt;" in page


def test_an_archived_row_is_shown_beside_the_kept_one(admin_client: Client) -> None:
    kept = select(workout("w"), time_of_day="evening", workout_location="indoor")
    archived = archive(kept, 7)

    row = admin_client.get("/admin/workouts/archivedselection/").content.decode()
    assert f"{kept.pk}: selected, evening, indoor" in row
    page = admin_client.get(f"/admin/workouts/archivedselection/{archived.pk}/change/").content.decode()
    assert "<td>evening</td>" in page
    assert "<td>yes</td>" in page

    kept.delete()
    assert "deleted since" in admin_client.get("/admin/workouts/archivedselection/").content.decode()
    page = admin_client.get(f"/admin/workouts/archivedselection/{archived.pk}/change/").content.decode()
    assert "deleted since" in page


@pytest.mark.usefixtures("plan")
def test_nothing_can_be_changed(admin_client: Client) -> None:
    first = Workout.objects.earliest("id")
    for page in ("add/", f"{first.pk}/delete/"):
        assert admin_client.post(f"/admin/workouts/workout/{page}").status_code == 403
    assert admin_client.post(f"/admin/workouts/workout/{first.pk}/change/", {"title": "x"}).status_code == 403
    assert Workout.objects.get(pk=first.pk).title == first.title


def test_the_front_page_says_how_things_are(admin_client: Client) -> None:
    Release.objects.create(started=timezone.now(), outcome=Release.Outcome.SUCCEEDED)
    page = " ".join(admin_client.get("/admin/").content.decode().split())
    assert re.search(r"Last release: <a href=\"/admin/releases/release/\d+/change/\">[\d: -]+ succeeded</a>", page)
    assert "Schema: whole" in page
    assert "Contract: nothing pending" in page
    assert re.search(
        r"Selections: no duplicates · <a href=\"/admin/workouts/archivedselection/\">0 in the archive", page
    )
