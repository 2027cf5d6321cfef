"""A week in numbers: what is planned per discipline, how much of it is past, and the targets."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from workouts.models import WeekTarget, Workout
from workouts.values.disciplines import Discipline, discipline_of


@dataclass(frozen=True)
class Sum:
    """A sum of planned workouts: number of workouts, minutes, metres, TSS."""

    count: int = 0
    minutes: float = 0
    metres: float = 0
    tss: float = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            self.count + other.count, self.minutes + other.minutes, self.metres + other.metres, self.tss + other.tss
        )


@dataclass(frozen=True)
class Line:
    """One row of the summary. `past` sums the days before today, done or not; `ahead` sums today and later."""

    name: str
    past: Sum
    ahead: Sum
    target_minutes: int | None = None
    target_tss: int | None = None

    @property
    def planned(self) -> Sum:
        return self.past + self.ahead


@dataclass(frozen=True)
class Summary:
    lines: list[Line]
    total: Line


def summarise(workouts: Iterable[Workout], today: datetime.date, target: WeekTarget | None) -> Summary:
    """Sums `workouts` as planned, without skipped workouts, recorded activities and days off."""
    past: dict[str, Sum] = {}
    ahead: dict[str, Sum] = {}
    for workout in workouts:
        discipline = discipline_of(workout.workout_type)
        if discipline and workout.counts:
            sums = past if workout.day < today else ahead
            sums[discipline] = sums.get(discipline, Sum()) + _sum_of(workout)
    wanted = target.minutes_by_discipline if target else {}
    lines = [
        Line(name, past.get(name, Sum()), ahead.get(name, Sum()), wanted.get(name))
        for name in Discipline.values
        if name in past or name in ahead or wanted.get(name)
    ]
    total = Line(
        "Total",
        sum(past.values(), Sum()),
        sum(ahead.values(), Sum()),
        target.minutes if target else None,
        target.tss if target else None,
    )
    return Summary(lines, total)


def _sum_of(workout: Workout) -> Sum:
    return Sum(
        count=1,
        minutes=(workout.planned_duration or 0) * 60,
        metres=workout.planned_distance_meters or 0,
        tss=workout.tss or 0,
    )
