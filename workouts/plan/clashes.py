"""Workouts that are planned on a day on which they cannot be done. Pure."""

from collections.abc import Iterable

from workouts.models import Availability, Workout


def clash_of(workout: Workout, availability: Iterable[Availability]) -> Availability | None:
    """What rules out the workout on its day. None for one that was done, and for one that will not be: it was skipped,
    or dropped by the coach."""
    if workout.was_done or not workout.counts:
        return None
    return next((one for one in availability if one.concerns(workout.day) and one.excludes(workout.workout_type)), None)
