"""How close the athlete came to the plan, of a workout and of a day."""

import datetime
from collections.abc import Collection, Iterable

from workouts.models import Workout
from workouts.values.compliance import Compliance, Pair, compliance_of
from workouts.values.disciplines import discipline_of


def is_to_come(workout: Workout, today: datetime.date) -> bool:
    """Whether the athlete will do it, today or later."""
    return workout.counts and not workout.was_done and workout.day >= today


def grade_of(workout: Workout, today: datetime.date) -> Compliance | None:
    """None if there is nothing to say: to come, skipped and not done, or a day off."""
    if not discipline_of(workout.workout_type):
        return None
    if workout.was_done:
        return compliance_of(figures_of(workout))
    return Compliance.MISSED if workout.counts and workout.day < today else None


def figures_of(workout: Workout) -> tuple[Pair, ...]:
    """Time, distance and TSS, as planned and as done. The plan of a recorded activity is empty."""
    return (
        (workout.planned_duration, workout.actual_duration),
        (workout.planned_distance_meters, workout.actual_distance_meters),
        (workout.tss, workout.actual_tss),
    )


def grade_of_day(workouts: Collection[Workout], today: datetime.date) -> Compliance | None:
    """Compares the sum of the hours that were planned, else of the metres, else of the TSS.

    None while anything is to come, and if nothing was planned or done.
    """
    grades = {grade for workout in workouts if (grade := grade_of(workout, today))}
    if not grades or any(is_to_come(workout, today) and discipline_of(workout.workout_type) for workout in workouts):
        return None
    if grades == {Compliance.MISSED}:
        return Compliance.MISSED
    compared = zip(*(_comparable(workout) for workout in workouts if workout.counts), strict=True)
    sums = [_sums(figures) for figures in compared]
    planned, done = next((pair for pair in sums if pair[0]), (0, 0))
    return Compliance.FAR if planned and not done else compliance_of([(planned, done)])


def _comparable(workout: Workout) -> list[tuple[float, float]]:
    """The figures that are planned, 0 being done of a workout that was not. One that is missing is 0 on both sides."""
    return [
        (planned, done or 0) if planned and (done or not workout.was_done) else (0, 0)
        for planned, done in figures_of(workout)
    ]


def _sums(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    planned, done = zip(*pairs, strict=True)
    return sum(planned), sum(done)
