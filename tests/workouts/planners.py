"""Whole planners: made by hand or at random, and compared by their exports."""

import datetime
import json
from typing import Any

from hypothesis import strategies as st

from workouts.files.exports.exporting import export_csv, export_json
from workouts.models import ACTUAL, ArchivedSelection, Availability, Preferences, WeekTarget, Workout, WorkoutSelection
from workouts.values import bounds
from workouts.values.disciplines import Unavailable

MONDAY = datetime.date(2026, 11, 23)
NOON = datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC)

starts = st.sampled_from(
    ["", "=", "+", "-", "@", "\t", "\r", "'", "''=", "\n", "\ufeff", '"', ",", ";=", "\uff1d", "\n' @"]
)
letters = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
texts = st.builds(str.__add__, starts, letters)
days = st.dates(datetime.date(bounds.YEARS[0], 1, 1), datetime.date(bounds.YEARS[-1], 12, 31))
moments = st.datetimes(
    datetime.datetime(bounds.YEARS[0], 1, 1),  # noqa: DTZ001
    datetime.datetime(bounds.YEARS[-1], 12, 31),  # noqa: DTZ001
    timezones=st.just(datetime.UTC),
)


def numbers(column: str) -> st.SearchStrategy[float | None]:
    return st.none() | st.floats(0, (bounds.PLANNED | bounds.ACTUAL)[column])


selection_columns = st.fixed_dictionaries(
    {
        "is_selected": st.none() | st.booleans(),
        "current_plan_day": st.none() | days,
        "time_of_day": st.none() | texts,
        "workout_location": st.none() | texts,
        "user_notes": st.none() | texts,
        "updated_at": st.none() | moments,
    }
)
workouts = st.fixed_dictionaries(
    {
        "title": texts,
        "workout_type": texts,
        "workout_description": st.none() | texts,
        "planned_duration": numbers("planned_duration"),
        "planned_distance_meters": numbers("planned_distance_meters"),
        "originally_planned_day": days,
        "coach_comments": st.none() | texts,
        "tss": numbers("tss"),
        "intensity_factor": numbers("intensity_factor"),
        "is_custom": st.booleans(),
        "created_at": st.none() | moments,
        **{name: numbers(name) for name in ACTUAL},
        "is_done": st.none() | st.booleans(),
        "started_at": st.none() | moments,
        "is_recorded": st.none() | st.booleans(),
        "is_dropped": st.none() | st.booleans(),
    }
)
targets = st.fixed_dictionaries(
    {
        "minutes": st.none() | st.integers(0, bounds.HOURS * 60),
        "tss": st.none() | st.integers(0, bounds.TSS),
        "minutes_by_discipline": st.dictionaries(st.sampled_from(["Swim", "Bike", "Run"]), st.integers(0, 9999)),
    }
)
availability = st.fixed_dictionaries(
    {
        "first_day": st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)),
        "last_day": st.dates(datetime.date(2026, 12, 31), datetime.date(2027, 1, 1)),
        "weekday": st.none() | st.integers(0, 6),
        "discipline": st.sampled_from(Unavailable.values),
        "reason": texts,
    }
)
planners = st.fixed_dictionaries(
    {
        "workouts": st.dictionaries(st.integers(1, 30), workouts, max_size=4),
        "selections": st.dictionaries(st.integers(1, 30), selection_columns, max_size=4),
        "selection_ids": st.permutations(range(1, 31)),
        "targets": st.dictionaries(st.integers(0, 5), targets, max_size=2),
        "availability": st.dictionaries(st.integers(1, 30), availability, max_size=2),
        "evening": st.none() | st.times(),
    }
)


def fill(planner: dict[str, Any]) -> None:
    """Makes the planner contain exactly `planner`. Rows are only added to the archive."""
    for model in (WorkoutSelection, Workout, WeekTarget, Availability, Preferences):
        model._default_manager.all().delete()
    Workout.objects.bulk_create([Workout(id=id_, **values) for id_, values in planner["workouts"].items()])
    for workout, values in planner["selections"].items():
        if workout in planner["workouts"]:
            selection = WorkoutSelection.objects.create(
                id=planner["selection_ids"][workout - 1], workout_id=workout, **values
            )
            WorkoutSelection.objects.filter(pk=selection.pk).update(updated_at=values["updated_at"])
    for week, values in planner["targets"].items():
        WeekTarget.objects.create(week=MONDAY + datetime.timedelta(weeks=week), **values)
    for id_, values in planner["availability"].items():
        Availability.objects.create(id=id_, **values)
    if planner["evening"]:
        Preferences(pk=1, evening=planner["evening"]).save()


def fill_by_hand() -> None:
    for id_, title in ((3, "Long run"), (7, "Ride")):
        Workout.objects.create(id=id_, title=title, workout_type="Run", originally_planned_day=MONDAY)
    WorkoutSelection.objects.create(id=5, workout_id=3, time_of_day="morning", user_notes="=1+1")
    WeekTarget.objects.create(week=MONDAY, minutes=600, minutes_by_discipline={"Run": 60})
    Availability.objects.create(id=9, first_day=MONDAY, last_day=MONDAY, discipline="Swim", reason="pool closed")
    Preferences(pk=1, distance_unit="mi").save()
    ArchivedSelection.objects.create(
        selection_id=4, workout_id=3, kept_selection_id=5, time_of_day="evening", filled={}, archived_at=NOON
    )


def document() -> dict[str, Any]:
    """The JSON export, without its time."""
    found: dict[str, Any] = json.loads(as_json())
    found.pop("exportedAt")
    return found


def as_json() -> str:
    return "".join(export_json())


def as_csv() -> str:
    return "".join(export_csv())
