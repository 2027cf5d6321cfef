"""Adding, changing and deleting workouts. Of the coach's only TSS can be changed."""

from django.db import transaction

from workouts.history.changes import Author, apply
from workouts.history.rows import TABLES, RowChange, Values, to_json
from workouts.models import Change, Workout, WorkoutSelection

ESTIMATED = frozenset({"tss"})
"""Columns that coaches leave empty and athletes estimate."""


class CoachsWorkout(Exception):
    """Refused: the workout is the coach's. Nothing was written. The text is for the athlete."""


def add_workout(values: Values, choice: Values | None = None, *, by: Author) -> tuple[Workout, Change]:
    """Adds an own workout, and the athlete's `choice` for it where one is given. `values` holds columns of Workout."""
    after = {**{name: to_json(value) for name, value in values.items()}, "is_custom": True}
    with transaction.atomic():
        change = apply([RowChange("workout", None, None, after)], f"{values['title']}: added", by=by)
        workout = Workout.objects.get(pk=change.rows[0]["key"])
        if choice:
            WorkoutSelection.objects.upsert(workout.pk, choice)
    return workout, change


def edit_workout(workout_id: int, values: Values, *, by: Author) -> Change | None:
    """Sets columns of a workout. Returns the change, or None where everything was so already.

    Raises Workout.DoesNotExist, and CoachsWorkout where anything but the TSS of a coach's workout would change.
    """
    with transaction.atomic():
        workout = Workout.objects.select_for_update(no_key=True).get(pk=workout_id)
        before = TABLES["workout"].values_of(workout)
        after = {name: to_json(value) for name, value in values.items() if to_json(value) != before[name]}
        if not workout.is_custom and after.keys() - ESTIMATED:
            raise CoachsWorkout(f"“{workout.title}” is the coach's: only its TSS can be changed.")
        if not after:
            return None
        row = RowChange("workout", workout_id, {name: before[name] for name in after}, after)
        return apply([row], f"{workout.title}: changed", by=by)


def delete_workout(workout_id: int, *, by: Author) -> Change:
    """Deletes an own workout with its selection. Raises Workout.DoesNotExist, CoachsWorkout."""
    with transaction.atomic():
        workout = Workout.objects.select_for_update(no_key=True).get(pk=workout_id)
        if not workout.is_custom:
            raise CoachsWorkout(f"“{workout.title}” is the coach's: it can be skipped, not deleted.")
        row = RowChange("workout", workout_id, TABLES["workout"].values_of(workout), None)
        return apply([row], f"{workout.title}: deleted", by=by)
