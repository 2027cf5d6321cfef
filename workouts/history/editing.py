"""Adding, changing and deleting workouts. Only the TSS of a coach's workout can be changed."""

from django.db import transaction

from workouts.history.ahead import keep_behind
from workouts.history.locking import lock_workout
from workouts.history.outcome import Outcome
from workouts.history.recording import Author, record
from workouts.history.rows import RowChange, Values, to_json
from workouts.history.selections import selection_rows
from workouts.models import Workout

ESTIMATED = frozenset({"tss"})
"""Columns that coaches leave empty and athletes estimate."""


class CoachsWorkout(Exception):
    """The workout is the coach's, so the change is refused and nothing was written. The text is for the athlete."""


@transaction.atomic
def add_workout(values: Values, selection: Values | None = None, *, by: Author) -> tuple[Workout, Outcome]:
    """Adds a workout of the athlete's own, with a selection if one is given.

    `values` has columns of Workout, `selection` has selection columns.
    """
    rows = [RowChange("workout", None, None, {**_to_json(values), "is_custom": True})]
    if selection:
        rows.append(RowChange("selection", None, None, _to_json(selection)))
    outcome = record({}, rows, f"{values['title']}: added", by=by)
    return Workout.objects.get(pk__in=outcome.workouts), outcome


@transaction.atomic
def edit_workout(workout_id: int, values: Values, selection: Values | None = None, *, by: Author) -> Outcome:
    """Sets columns of a workout, and selection columns if any are given.

    Raises Workout.DoesNotExist, DoneAhead, and CoachsWorkout if anything but the TSS of a coach's workout would change.
    """
    state, workout = lock_workout(workout_id)
    after = {name: value for name, value in _to_json(values).items() if value != workout[name]}
    if not workout["is_custom"] and after.keys() - ESTIMATED:
        raise CoachsWorkout(f"“{workout['title']}” is the coach's: only its TSS can be changed.")
    chosen = state.get(("selection", workout_id))
    keep_behind(workout, chosen, {**after, **_to_json(selection or {})})
    rows = [RowChange("workout", workout_id, {name: workout[name] for name in after}, after)] if after else []
    rows += selection_rows(workout_id, {**workout, **after}, chosen, selection or {})
    return record(state, rows, f"{workout['title']}: changed", by=by) if rows else Outcome()


@transaction.atomic
def delete_workout(workout_id: int, *, by: Author) -> Outcome:
    """Deletes one of the athlete's own workouts and its selection. Raises Workout.DoesNotExist and CoachsWorkout."""
    state, workout = lock_workout(workout_id, deleting=True)
    if not workout["is_custom"]:
        raise CoachsWorkout(f"“{workout['title']}” is the coach's: it can be skipped, not deleted.")
    return record(state, [RowChange("workout", workout_id, workout, None)], f"{workout['title']}: deleted", by=by)


def _to_json(values: Values) -> Values:
    return {name: to_json(value) for name, value in values.items()}
