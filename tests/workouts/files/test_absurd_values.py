"""Existing rows may contain anything that their columns can store. No page, feed, file or API response fails.

What no workout can have reads as no value; and none of it comes in by form, API, import or restore.
"""

import datetime
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.api_client import ApiClient
from tests.trainingpeaks import export, read_workouts, workout
from tests.workouts.outcomes import change_of
from tests.workouts.planners import document
from workouts.files.exports.records import WorkoutRecord
from workouts.files.restores.reading import NotRestorable, read
from workouts.history import delete_workout, undo
from workouts.models import ArchivedSelection, WeekTarget, Workout, WorkoutSelection
from workouts.pages.forms import WorkoutForm
from workouts.values import bounds

pytestmark = pytest.mark.django_db

NUMBERS = [1e308, -1e308, float("inf"), float("-inf"), float("nan"), -1.0, 5e-324, 1e15]
DAYS = ["0001-01-01", "0001-12-31", "9999-01-01", "9999-12-31"]
MOMENTS = [
    datetime.datetime(1, 1, 1, tzinfo=datetime.UTC),
    datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC),
    None,
]
LONG = "x" * 200_000


def fill() -> list[int]:
    """Stores every absurd value in every column that can, this week and on the first and last days of the calendar."""
    today = timezone.localdate().isoformat()
    for day in (today, *DAYS):
        for number in NUMBERS:
            text = LONG if number == NUMBERS[0] else None
            made = Workout.objects.create(title="", workout_type="", originally_planned_day=day, coach_comments=text)
            numbers = dict.fromkeys(bounds.PLANNED | bounds.ACTUAL, number)
            columns = ", ".join(f"{column} = %s" for column in numbers)
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE workouts SET {columns} WHERE id = %s", [*numbers.values(), made.pk])
    workouts = list(Workout.objects.order_by("id"))
    for number, made in enumerate(workouts):
        moment = MOMENTS[number % 3]
        Workout.objects.filter(pk=made.pk).update(created_at=moment, modified_at=moment, is_custom=number % 2 == 0)
        WorkoutSelection.objects.create(
            workout=made, current_plan_day=[*DAYS, None, today][number % 6], time_of_day="99:99"
        )
        WorkoutSelection.objects.filter(workout=made).update(
            updated_at=moment, is_selected=[True, None, False][number % 3]
        )
    ArchivedSelection.objects.create(
        selection_id=-(2**31), workout_id=2**31 - 1, current_plan_day=DAYS[0], filled={}, archived_at=timezone.now()
    )
    monday = timezone.localdate() - datetime.timedelta(days=timezone.localdate().weekday())
    WeekTarget.objects.create(week=monday, minutes=2**31 - 1, tss=2**31 - 1, minutes_by_discipline={"Run": 2**31 - 1})
    return [made.pk for made in workouts]


def pages(ids: list[int]) -> Iterator[str]:
    today = timezone.localdate()
    yield from ("/", "/month", f"/month/{today:%Y-%m}", "/week/0002-01-07", "/month/9998-12", f"/week/{today}/targets")
    yield from ("/history/", "/calendar.ics", "/export.json", "/export.csv", "/api/stats")
    yield from ("/search?q=x", "/api/workouts", "/api/workouts?endDate=0001-06-01")
    for pk in ids:
        yield from (f"/workouts/{pk}", f"/workouts/{pk}/edit", f"/api/workouts/{pk}")
        yield f"/admin/workouts/workout/{pk}/change/"
    hierarchies = {
        "workout": "originally_planned_day",
        "workoutselection": "workout__originally_planned_day",
        "archivedselection": "archived_at",
    }
    for model, day in hierarchies.items():
        parts = (f"{day}__year=9999", f"{day}__month=12", f"{day}__day=31")
        yield from (f"/admin/workouts/{model}/?{'&'.join(parts[:length])}" for length in range(4))
        yield f"/admin/workouts/{model}/?{day}__year=1"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_no_page_breaks(admin_client: Client, settings: Any, zone: str) -> None:
    settings.TIME_ZONE = zone
    ids = fill()
    admin_client.raise_request_exception = False
    answers = {page: admin_client.get(page, follow=True).status_code for page in pages([*ids[::13], ids[1]])}
    assert {page: status for page, status in answers.items() if status != 200} == {}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no dates")
def test_no_page_breaks_by_what_only_postgresql_calls_a_date(admin_client: Client) -> None:
    ids = fill()
    with connection.cursor() as cursor:
        for pk, far in zip(ids, ["infinity", "-infinity", "0044-03-15 BC", "10000-01-01"], strict=False):
            for table, day, moment, key in [
                ("workouts", "originally_planned_day", "modified_at", "id"),
                ("workout_selections", "current_plan_day", "updated_at", "workout_id"),
            ]:
                cursor.execute(f"UPDATE {table} SET {day} = %s, {moment} = %s WHERE {key} = %s", [far, far, pk])
    admin_client.raise_request_exception = False
    answers = {page: admin_client.get(page, follow=True).status_code for page in pages(ids[:5])}
    assert {page: status for page, status in answers.items() if status != 200} == {}
    days = Workout.objects.order_by("id").values_list("originally_planned_day", "modified_at")[:4]
    assert [(str(day), moment) for day, moment in days] == [
        ("9999-12-31", None), ("0001-01-01", None), ("0001-01-01", None), ("9999-12-31", None)
    ]  # fmt: skip


def test_an_invalid_value_is_read_as_no_value() -> None:
    fill()
    exported = [workout[name] for workout in document()["workouts"] for name in WorkoutRecord.names().values()]
    assert not {value for value in exported if isinstance(value, float)} - {5e-324}


def test_an_absurd_workout_can_be_deleted_and_comes_back() -> None:
    fill()
    for own in Workout.objects.filter(is_custom=True)[:10]:
        undo(change_of(delete_workout(own.pk, by=None)).pk, by=None)
    assert Workout.objects.count() == len(NUMBERS) * (1 + len(DAYS))


CAMEL = WorkoutRecord.names()
CELLS = {"planned_duration": "PlannedDuration", "planned_distance_meters": "PlannedDistanceInMeters", "tss": "TSS"}


@pytest.mark.parametrize(("column", "most"), bounds.PLANNED.items())
def test_forms_api_import_and_restore_have_the_same_limits(api: ApiClient, column: str, most: float) -> None:
    own = Workout.objects.create(title="Own", workout_type="Run", originally_planned_day="2026-11-23", is_custom=True)
    exported = document()
    for value, is_right in ((0, True), (most, True), (most + 0.5, False), (-0.5, False)):
        api.send("PUT", f"workouts/{own.pk}", {CAMEL[column]: value}, 200 if is_right else 422)
        cell = {CELLS.get(column, "IF"): f"{value:.1f}"}
        assert bool(read_workouts(export(workout("Run", "2026-11-23", **cell)))[0]) == is_right
        exported["workouts"][0][CAMEL[column]] = value
        assert restorable(exported) == is_right


@pytest.mark.parametrize(
    ("sent", "is_right"),
    [
        ({"planned_duration_0": 168, "planned_duration_1": 0}, True),
        ({"planned_duration_0": 168, "planned_duration_1": 1}, False),
        ({"planned_distance_meters_0": bounds.METRES, "planned_distance_meters_1": "m"}, True),
        ({"planned_distance_meters_0": bounds.METRES + 0.5, "planned_distance_meters_1": "m"}, False),
        ({"planned_distance_meters_0": bounds.METRES / 1000, "planned_distance_meters_1": "mi"}, False),
        ({"planned_distance_meters_0": 1, "planned_distance_meters_1": "furlong"}, False),
        ({"tss": bounds.TSS}, True),
        ({"tss": -1}, False),
        ({"workout_description": "x" * bounds.CHARACTERS}, True),
        ({"workout_description": "x" * (bounds.CHARACTERS + 1)}, False),
        ({"originally_planned_day": "2200-01-01"}, False),
    ],
)
def test_the_form_has_them_too(sent: dict[str, Any], is_right: bool) -> None:
    form = WorkoutForm({"title": "a", "workout_type": "Run", "originally_planned_day": "2026-11-23", **sent})
    assert form.is_valid() == is_right


def restorable(exported: dict[str, Any]) -> bool:
    try:
        read(json.dumps(exported).encode())
    except NotRestorable:
        return False
    return True
