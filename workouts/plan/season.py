"""The season: the load of the surrounding weeks as bars, with fitness, fatigue and form over them."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from workouts.models import ACTUAL, Workout, done_by
from workouts.plan.load import WARM_UP, Load, loads
from workouts.plan.load_chart import LoadChart, draw
from workouts.values.days import ONE_DAY, ONE_WEEK, Day, days_from, monday_of, week_of
from workouts.values.disciplines import discipline_of
from workouts.values.stress import Effort, Stress, done_stress, stress_of

WEEKS_BEFORE, WEEKS_AFTER = 12, 13
BAR, GAP, HEIGHT = 22, 4, 48
"""Width of a bar, gap between two bars, height of the highest bar, in units of the SVG drawing."""

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
"""What a season reads of a workout: no more, because it is redrawn after every change."""


class Entry(NamedTuple):
    """One workout in the season. `planned` is None if it is not in the plan's sums, `done` if it was not done."""

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

    def add(self, entry: "Entry", *, to_come: bool) -> None:
        if entry.planned is not None:
            self.planned += entry.planned.tss
            self.planned_estimated |= entry.planned.estimated
            self.hours += entry.hours
        if entry.done is not None:
            self.done += entry.done.tss
            self.done_estimated |= entry.done.estimated
        elif to_come and entry.planned is not None:
            self.ahead += entry.planned.tss


@dataclass(frozen=True)
class Bar:
    monday: datetime.date
    tss: float
    hours: float
    done: float
    x: int
    height: int
    done_height: int
    shown: bool

    @property
    def y(self) -> int:
        return HEIGHT - self.height

    @property
    def done_y(self) -> int:
        return HEIGHT - self.done_height


@dataclass(frozen=True)
class Season:
    """`loads` has the load of every day in `days`, as done before `today` and as planned from then on."""

    shown: Day
    today: Day
    days: dict[Day, DayStress]
    loads: dict[Day, Load]
    bars: list[Bar]
    chart: LoadChart = field(repr=False)

    @property
    def width(self) -> int:
        return len(self.bars) * (BAR + GAP)

    @property
    def estimated(self) -> bool:
        """Whether any TSS of the season is an estimate."""
        return any(stress.estimated for stress in self.days.values())

    @property
    def this_morning(self) -> Load | None:
        """The load with which today begins: what was done determines it. None if the season does not have today."""
        return self.loads.get(self.today - ONE_DAY)

    @property
    def after_the_week(self) -> Load:
        return self.loads[self.shown + 6 * ONE_DAY]

    @property
    def is_forecast(self) -> bool:
        """Whether the week that is shown is not over."""
        return self.shown + 6 * ONE_DAY >= self.today

    @property
    def weeks(self) -> Iterator[tuple[Bar, list[tuple[Day, DayStress, Load]]]]:
        """The weeks with their days, for a table."""
        for bar in self.bars:
            yield bar, [(day, self.days[day], self.loads[day]) for day in week_of(bar.monday)]


def season(shown: Day, today: Day) -> Season:
    """The season around the week that begins on the Monday `shown`. One query."""
    first, last = shown - WEEKS_BEFORE * ONE_WEEK, shown + WEEKS_AFTER * ONE_WEEK + 6 * ONE_DAY
    start = first - WARM_UP
    stress: dict[Day, DayStress] = defaultdict(DayStress)
    for entry in _entries(start, last):
        stress[entry.day].add(entry, to_come=entry.day >= today)
    every_day = days_from(start, last)
    load = dict(zip(every_day, loads(stress[day].done + stress[day].ahead for day in every_day), strict=True))
    days = {day: stress[day] for day in days_from(first, last)}
    visible = {day: load[day] for day in days}
    return Season(shown, today, days, visible, _bars(days, shown), draw(visible, today))


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
            values["planned_duration"] or 0,
            None if skipped or values["is_recorded"] else stress_of(plan, discipline),
            done_stress(done, plan, discipline) if done_by(values) else None,
        )


def _bars(days: dict[Day, DayStress], shown: Day) -> list[Bar]:
    weeks: dict[Day, list[DayStress]] = defaultdict(list)
    for day, stress in days.items():
        weeks[monday_of(day)].append(stress)
    planned = {monday: sum(day.planned for day in week) for monday, week in weeks.items()}
    done = {monday: sum(day.done for day in week) for monday, week in weeks.items()}
    highest = max(*planned.values(), *done.values()) or 1
    return [
        Bar(
            monday=monday,
            tss=planned[monday],
            hours=sum(day.hours for day in week),
            done=done[monday],
            x=number * (BAR + GAP),
            height=round(planned[monday] / highest * HEIGHT),
            done_height=round(done[monday] / highest * HEIGHT),
            shown=monday == shown,
        )
        for number, (monday, week) in enumerate(weeks.items())
    ]
