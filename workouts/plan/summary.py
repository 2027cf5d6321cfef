"""A week in numbers: what is planned per discipline, what was done, what is to come, and the targets."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from workouts.models import WeekTarget, Workout
from workouts.plan.progress import is_to_come
from workouts.values.disciplines import Discipline, discipline_of
from workouts.values.stress import Effort, Stress, done_stress, stress_of


@dataclass(frozen=True)
class Sum:
    """A sum of workouts: number of workouts, minutes, metres, TSS. `estimated`: any part of the TSS is an estimate."""

    count: int = 0
    minutes: float = 0
    metres: float = 0
    tss: float = 0
    estimated: bool = False

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            self.count + other.count,
            self.minutes + other.minutes,
            self.metres + other.metres,
            self.tss + other.tss,
            self.estimated or other.estimated,
        )

    @property
    def hours(self) -> float:
        return self.minutes / 60


@dataclass
class Line:
    """One row of the summary.

    `planned` has what the athlete chose to do; `ahead` is its part that is not done, today and later. `done` has all
    that was done, planned or not.
    """

    name: str
    planned: Sum = field(default_factory=Sum)
    done: Sum = field(default_factory=Sum)
    ahead: Sum = field(default_factory=Sum)
    target_minutes: int | None = None
    target_tss: int | None = None

    def add(self, workout: Workout, today: datetime.date, discipline: Discipline) -> None:
        planned = planned_sum(workout, discipline)
        if workout.counts:
            self.planned += planned
        if is_to_come(workout, today):
            self.ahead += planned
        if workout.was_done:
            self.done += done_sum(workout, discipline)

    @property
    def is_empty(self) -> bool:
        return not (self.planned.count or self.done.count or self.target_minutes)


@dataclass(frozen=True)
class Summary:
    lines: list[Line]
    total: Line


def summarise(workouts: Iterable[Workout], today: datetime.date, target: WeekTarget | None) -> Summary:
    """Sums `workouts`, without days off."""
    wanted = target.minutes_by_discipline if target else {}
    lines = {name: Line(name, target_minutes=wanted.get(name)) for name in Discipline.values}
    total = Line(
        "Total",
        target_minutes=target.minutes if target else None,
        target_tss=target.tss if target else None,
    )
    for workout in workouts:
        if discipline := discipline_of(workout.workout_type):
            for line in (lines[discipline], total):
                line.add(workout, today, discipline)
    return Summary([line for line in lines.values() if not line.is_empty], total)


def planned_sum(workout: Workout, discipline: Discipline) -> Sum:
    stress = stress_of(planned_effort(workout), discipline)
    return _sum(workout.planned_duration, workout.planned_distance_meters, stress)


def done_sum(workout: Workout, discipline: Discipline) -> Sum:
    done = Effort(workout.actual_duration, workout.actual_tss, workout.actual_intensity_factor)
    stress = done_stress(done, planned_effort(workout), discipline)
    return _sum(workout.actual_duration, workout.actual_distance_meters, stress)


def planned_effort(workout: Workout) -> Effort:
    return Effort(workout.planned_duration, workout.tss, workout.intensity_factor)


def _sum(hours: float | None, metres: float | None, stress: Stress) -> Sum:
    return Sum(1, (hours or 0) * 60, metres or 0, stress.tss, stress.estimated)
