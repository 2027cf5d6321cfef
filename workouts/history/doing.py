"""Recording what was done, beside the plan: of the coach's workouts and of the athlete's own."""

from collections.abc import Collection

from django.db import transaction

from workouts.history.locking import lock_workout, lock_workouts
from workouts.history.outcome import Outcome
from workouts.history.recording import Author, record
from workouts.history.rows import RowChange, Values
from workouts.history.selections import named, selection_rows
from workouts.models import ACTUAL, done_by
from workouts.values.measures import duration

LENGTH = {"actual_duration", "actual_distance_meters"}
NOT_DONE: Values = {"is_done": False, "started_at": None, **dict.fromkeys(ACTUAL)}


class NothingPlanned(Exception):
    """An activity without a plan exists only because it was done. Nothing was written. The text is for the athlete."""


@transaction.atomic
def record_done(workout_id: int, values: Values, *, by: Author) -> Outcome:
    """Marks a workout as done. `values` has some of the ACTUAL columns; others do not change.

    If neither time nor distance is known, it took the time that was planned, or went as far. A skipped or dropped
    workout is selected again. Raises Workout.DoesNotExist.
    """
    state, workout = lock_workout(workout_id)
    figures = values if done_by(workout) or LENGTH & values.keys() else {**as_planned(workout), **values}
    rows = done_rows(workout_id, workout, state.get(("selection", workout_id)), figures)
    return record(state, rows, f"{workout['title']}: {_describe(figures)}", by=by) if rows else Outcome()


@transaction.atomic
def record_done_as_planned(ids: Collection[int], *, by: Author) -> Outcome:
    """Marks as done those that are not, each as it was planned. Raises Workout.DoesNotExist."""
    state = lock_workouts(ids)
    rows = [
        row
        for workout_id in ids
        if not done_by(workout := state["workout", workout_id])
        for row in done_rows(workout_id, workout, state.get(("selection", workout_id)), as_planned(workout))
    ]
    return record(state, rows, f"{named({row.key for row in rows}, state)}: done", by=by) if rows else Outcome()


@transaction.atomic
def clear_done(workout_id: int, *, by: Author) -> Outcome:
    """Removes what was done, as if it had not been. Raises Workout.DoesNotExist and NothingPlanned."""
    state, workout = lock_workout(workout_id)
    if workout["is_recorded"]:
        raise NothingPlanned(f"“{workout['title']}” was never planned, so it cannot be planned and not done.")
    if not done_by(workout):
        return Outcome()
    row = _changed(workout_id, workout, NOT_DONE)
    return record(state, row, f"{workout['title']}: not done", by=by)


def done_rows(workout_id: int, workout: Values, selection: Values | None, figures: Values) -> list[RowChange]:
    """The row changes that mark a locked workout as done, with `figures`; none if it is as it should be."""
    rows = _changed(workout_id, workout, {"is_done": True, **figures})
    skipped = workout["is_dropped"] or (selection and selection["is_selected"] is False)
    return [*rows, *(selection_rows(workout_id, workout, selection, {"is_selected": True}) if skipped else ())]


def as_planned(workout: Values) -> Values:
    """The figure of a workout that was done as planned: its time, else its distance. No more is known."""
    for name in ("duration", "distance_meters"):
        if planned := workout[f"planned_{name}"]:
            return {f"actual_{name}": planned}
    return {}


def _changed(workout_id: int, workout: Values, wanted: Values) -> list[RowChange]:
    after = {name: value for name, value in wanted.items() if value != workout[name]}
    return [RowChange("workout", workout_id, {name: workout[name] for name in after}, after)] if after else []


def _describe(figures: Values) -> str:
    """Such as `done, 45 min, RPE 6`."""
    time, rpe = figures.get("actual_duration"), figures.get("rpe")
    parts = ("done", time and duration(time), rpe and f"RPE {rpe:g}")
    return ", ".join(part for part in parts if part)
