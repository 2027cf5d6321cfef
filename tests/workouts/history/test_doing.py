"""Recording what was done."""

from typing import Any

import pytest

from tests.workouts.conftest import Plan
from workouts.history import NothingPlanned, Outcome, clear_done, record_done, undo
from workouts.models import ACTUAL, Workout, was_done
from workouts.values.days import Day


def record(workout: Workout, **values: Any) -> Outcome:
    return record_done(workout.pk, values, by=None)


def figures(workout: Workout) -> dict[str, Any]:
    """What was done, as stored now."""
    now = Workout.objects.get(pk=workout.pk)
    known = {name: getattr(now, name) for name in ACTUAL if getattr(now, name) is not None}
    return {"is_done": now.is_done, **known}


def summary(outcome: Outcome) -> str:
    assert outcome.change
    return outcome.change.summary


def test_without_figures_it_was_done_as_planned(plan: Plan) -> None:
    timed = plan("Easy run", "2026-11-23", planned_duration=0.75, planned_distance_meters=8000.0, tss=45.0)
    far = plan("Swim", "2026-11-23", planned_distance_meters=2000.0)
    core = plan("Core", "2026-11-23")

    assert summary(record(timed)) == "Easy run: done, 45 min"
    assert summary(record(far)) == "Swim: done"
    assert summary(record(core)) == "Core: done"

    assert figures(timed) == {"is_done": True, "actual_duration": 0.75}
    assert figures(far) == {"is_done": True, "actual_distance_meters": 2000}
    assert figures(core) == {"is_done": True}
    assert Workout.objects.get(pk=core.pk).was_done


def test_figures_that_are_given_stay_beside_the_plan(plan: Plan) -> None:
    run = plan("Easy run", "2026-11-23", planned_duration=0.75)

    assert summary(record(run, rpe=6.0)) == "Easy run: done, 45 min, RPE 6"
    outcome = record(run, actual_duration=0.5, rpe=7.5)

    assert summary(outcome) == "Easy run: done, 30 min, RPE 7.5"
    assert outcome.days == {Day(2026, 11, 23)}
    assert figures(run) == {"is_done": True, "actual_duration": 0.5, "rpe": 7.5}
    assert Workout.objects.get(pk=run.pk).planned_duration == 0.75
    assert record(run, rpe=7.5).change is None, "nothing changed"
    assert record(run).change is None, "what is known is kept"


def test_figures_of_the_coachs_export_are_kept(plan: Plan) -> None:
    run = plan("Easy run", "2026-11-23", planned_duration=1.0, actual_duration=0.4, actual_tss=30.0)
    record(run)
    assert figures(run) == {"is_done": True, "actual_duration": 0.4, "actual_tss": 30}


def test_what_was_done_is_selected_again(plan: Plan) -> None:
    skipped = plan("Run", "2026-11-23", {"is_selected": False}, planned_duration=1.0)
    dropped = plan("Ride", "2026-11-23", is_dropped=True)
    for workout in (skipped, dropped):
        change = record(workout).change
        now = Workout.objects.with_selection().get(pk=workout.pk)
        assert (now.was_done, now.skipped) == (True, False)
        assert change
        undo(change.pk, by=None)
        now = Workout.objects.with_selection().get(pk=workout.pk)
        assert (now.was_done, now.skipped) == (False, True)


def test_not_done_removes_every_figure_and_can_be_undone(plan: Plan) -> None:
    run = plan("Run", "2026-11-23", actual_duration=1.0, rpe=5.0, feeling=4.0)
    change = clear_done(run.pk, by=None).change
    assert figures(run) == {"is_done": False}
    assert clear_done(run.pk, by=None).change is None
    assert change
    undo(change.pk, by=None)
    assert figures(run) == {"is_done": None, "actual_duration": 1, "rpe": 5, "feeling": 4}


def test_an_activity_without_a_plan_cannot_be_not_done(plan: Plan) -> None:
    run = plan("Run", "2026-11-23", is_recorded=True, actual_duration=1.0)
    with pytest.raises(NothingPlanned):
        clear_done(run.pk, by=None)
    assert figures(run) == {"is_done": None, "actual_duration": 1}


def test_the_database_finds_the_workouts_that_were_done(plan: Plan) -> None:
    for name in ACTUAL:
        plan(name, "2026-11-23", **{name: 0.5})
        plan(f"no {name}", "2026-11-23", is_done=False, **{name: 0.0})
    plan("marked", "2026-11-23", is_done=True)
    done = {workout.title for workout in Workout.objects.all() if workout.was_done}
    assert done == {*ACTUAL, "marked"}
    assert set(Workout.objects.filter(was_done()).values_list("title", flat=True)) == done


def test_an_unknown_workout_is_not_done(db: None) -> None:
    with pytest.raises(Workout.DoesNotExist):
        record_done(1, {}, by=None)
    with pytest.raises(Workout.DoesNotExist):
        clear_done(1, by=None)
