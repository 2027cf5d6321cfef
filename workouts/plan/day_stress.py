"""The TSS of each day: as planned, as done, and to come."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workouts.models import ACTUAL, Workout, done_by
from workouts.values.days import Day
from workouts.values.disciplines import discipline_of
from workouts.values.stress import Effort, Stress, done_stress, stress_of

PLAN = ("planned_duration", "tss", "intensity_factor")
DONE = ("actual_duration", "actual_tss", "actual_intensity_factor")
COLUMNS = (
    "plan_day",
    "workout_type",
    "is_dropped",
    "is_recorded",
    "selections__is_selected",
    "is_done",
    *PLAN,
    *ACTUAL,
)
"""No more than is needed, because a season is read again after every change."""


class Entry(NamedTuple):
    """One workout. `planned` is None if it is not in the plan's sums, `done` if it was not done."""

    day: Day
    hours: float
    planned: Stress | None
    done: Stress | None


@dataclass
class DayStress:
    """The TSS of a day, and its planned hours. `ahead` is the part of the plan that is to come."""

    planned: float = 0
    done: float = 0
    ahead: float = 0
    hours: float = 0
    planned_estimated: bool = False
    done_estimated: bool = False

    @property
    def estimated(self) -> bool:
        return self.planned_estimated or self.done_estimated

    def add(self, entry: Entry, *, to_come: bool) -> None:
        if entry.planned is not None:
            self.planned += entry.planned.tss
            self.planned_estimated |= entry.planned.estimated
            self.hours += entry.hours
        if entry.done is not None:
            self.done += entry.done.tss
            self.done_estimated |= entry.done.estimated
        elif to_come and entry.planned is not None:
            self.ahead += entry.planned.tss


def stress_by_day(first: Day, last: Day, today: Day) -> Mapping[Day, DayStress]:
    """The stress of the days from `first` to `last`; nothing for a day without any. One query."""
    days: dict[Day, DayStress] = defaultdict(DayStress)
    for entry in _entries(first, last):
        days[entry.day].add(entry, to_come=entry.day >= today)
    return days


def _entries(first: Day, last: Day) -> Iterator[Entry]:
    for row in Workout.objects.between(first, last).order_by().values_list(*COLUMNS):
        values = dict(zip(COLUMNS, row, strict=True))
        discipline = discipline_of(values["workout_type"])
        if discipline is None:
            continue
        skipped = values["is_dropped"] or values["selections__is_selected"] is False
        plan = Effort(*(values[name] for name in PLAN))
        done = Effort(*(values[name] for name in DONE))
        yield Entry(
            values["plan_day"],
            plan.hours or 0,
            None if skipped or values["is_recorded"] else stress_of(plan, discipline),
            done_stress(done, plan, discipline) if done_by(values) else None,
        )
