"""Several workouts are changed or copied as one change, which is undone as one."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workouts.conftest import Plan
from tests.workouts.outcomes import change_of
from workouts.history import change_selections, copy_workouts, undo
from workouts.models import Change, Workout, WorkoutSelection

MONDAY, FRIDAY = datetime.date(2026, 11, 23), datetime.date(2026, 11, 27)

pytestmark = pytest.mark.django_db


def selections() -> list[dict[str, Any]]:
    columns = ("workout__title", "is_selected", "current_plan_day", "time_of_day", "updated_at")
    return list(WorkoutSelection.objects.order_by("workout").values(*columns))


def test_is_one_change_and_undone_as_one(plan: Plan) -> None:
    run = plan("Long run", "2026-11-23", {"time_of_day": "7am"})
    ride, dropped = plan("Ride", "2026-11-24"), plan("Swim", "2026-11-25", is_dropped=True)
    before = selections()

    moved = change_selections({each.pk: {"current_plan_day": FRIDAY} for each in (run, ride)}, "moved", by=None)
    skipped = change_selections({each.pk: {"is_selected": False} for each in (run, ride)}, "skipped", by=None)
    taken = change_selections({each.pk: {"is_selected": True} for each in (ride, dropped)}, "selected", by=None)

    assert [str(change) for change in Change.objects.order_by("id")] == [
        "2 workouts: moved",
        "2 workouts: skipped",
        "2 workouts: selected",
    ]
    assert moved.days == {MONDAY, MONDAY + datetime.timedelta(days=1), FRIDAY}
    assert WorkoutSelection.objects.get(workout=run).time_of_day is None, "skipping clears it, for each of them"
    assert not Workout.objects.get(pk=dropped.pk).is_dropped
    for outcome in (taken, skipped, moved):
        undo(change_of(outcome).pk, by=None)
    assert selections() == before


def test_what_is_so_already_is_neither_written_nor_counted(plan: Plan) -> None:
    run, ride = plan("Long run", "2026-11-23"), plan("Ride", "2026-11-24", {"is_selected": False})

    outcome = change_selections({each.pk: {"is_selected": False} for each in (run, ride)}, "skipped", by=None)

    assert (str(outcome.change), outcome.workouts) == ("Long run: skipped", frozenset({run.pk}))
    assert not change_selections({run.pk: {"is_selected": False}}, "skipped", by=None).change


def test_a_copy_is_the_athletes_own_workout_with_the_plan_and_nothing_of_what_was_done(plan: Plan) -> None:
    chosen = {"time_of_day": "7am", "workout_location": "track", "user_notes": "Two bottles.", "is_selected": False}
    run = plan("Long run", "2026-11-23", chosen, planned_duration=2.0, coach_comments="Eat.", actual_duration=1.8)
    ride = plan("Ride", "2026-11-24")

    outcome = copy_workouts({run.pk: FRIDAY, ride.pk: FRIDAY}, "copied to Fri 27 Nov", by=None)

    copy = Workout.objects.get(title="Long run", originally_planned_day=FRIDAY)
    assert (copy.is_custom, copy.planned_duration, copy.coach_comments, copy.was_done) == (True, 2.0, "Eat.", False)
    assert copy.selection
    assert (copy.selection.time_of_day, copy.selection.workout_location) == ("7am", "track")
    assert (copy.skipped, copy.selection.user_notes) == (False, None)
    assert (str(outcome.change), outcome.days) == ("2 workouts: copied to Fri 27 Nov", frozenset({FRIDAY}))
    undo(change_of(outcome).pk, by=None)
    assert set(Workout.objects.values_list("pk", flat=True)) == {run.pk, ride.pk}


def test_one_that_does_not_exist_refuses_all(plan: Plan) -> None:
    run = plan("Long run", "2026-11-23")
    with pytest.raises(Workout.DoesNotExist):
        change_selections({run.pk: {"is_selected": False}, 999: {"is_selected": False}}, "skipped", by=None)
    with pytest.raises(Workout.DoesNotExist):
        copy_workouts({run.pk: FRIDAY, 999: FRIDAY}, "copied", by=None)
    assert not Change.objects.exists()


def test_moving_a_week_takes_as_many_statements_as_moving_one(plan: Plan) -> None:
    """On PostgreSQL the two that lock one workout and its selection are sent together."""
    workouts = [plan(f"Run {number}", "2026-11-23") for number in range(14)]
    with CaptureQueriesContext(connection) as one:
        change_selections({workouts[0].pk: {"current_plan_day": FRIDAY}}, "moved", by=None)
    with CaptureQueriesContext(connection) as many:
        change_selections({each.pk: {"current_plan_day": FRIDAY} for each in workouts[1:]}, "moved", by=None)
    assert len(many) == len(one) + (connection.vendor == "postgresql")
