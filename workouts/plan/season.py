"""The season: the load of the surrounding weeks as bars, with fitness, fatigue and form over them."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from workouts.plan.day_stress import DayStress, Rows, rows_between, stress_by_day
from workouts.plan.load import WARM_UP, Load, loads
from workouts.plan.load_chart import LoadChart, draw
from workouts.values.days import ONE_DAY, ONE_WEEK, Day, days_from, first_of_week, week_of

WEEKS_BEFORE, WEEKS_AFTER = 12, 13
BAR, GAP, HEIGHT = 22, 4, 48
"""Width of a bar, gap between two bars, height of the highest bar, in units of the SVG drawing."""


@dataclass(frozen=True)
class Bar:
    first: datetime.date
    tss: float
    hours: float
    done: float
    tss_estimated: bool
    done_estimated: bool
    x: int
    height: int
    done_height: int
    shown: bool


@dataclass(frozen=True)
class Season:
    """`loads` has the load of every day in `days`, as done before `today` and as planned from then on.

    Seasons of the same workouts have the same `key`.
    """

    shown: Day
    today: Day
    days: dict[Day, DayStress]
    loads: dict[Day, Load]
    bars: list[Bar]
    chart: LoadChart
    key: int

    @cached_property
    def bars_digest(self) -> str:
        return _digest(self.bars)

    @cached_property
    def lines_digest(self) -> str:
        """Of all that is drawn and written over the bars."""
        return _digest(self.chart, self.this_morning, self.after_the_week, self.estimated)

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
            yield bar, [(day, self.days[day], self.loads[day]) for day in week_of(bar.first)]


def season(shown: Day, today: Day) -> Season:
    """The season around the week that begins on `shown`. One query."""
    first, last = shown - WEEKS_BEFORE * ONE_WEEK, shown + WEEKS_AFTER * ONE_WEEK + 6 * ONE_DAY
    start = max(first, Day.min + WARM_UP) - WARM_UP
    return _season(rows_between(start, last), start, first, last, shown, today)


@lru_cache(maxsize=8)  # of some hundred rows each
def _season(rows: Rows, start: Day, first: Day, last: Day, shown: Day, today: Day) -> Season:
    stress = stress_by_day(rows, today)
    every_day = days_from(start, last)
    load = dict(zip(every_day, loads(stress[day].done + stress[day].ahead for day in every_day), strict=True))
    days = {day: stress[day] for day in days_from(first, last)}
    visible = {day: load[day] for day in days}
    return Season(shown, today, days, visible, _bars(days, shown), draw(visible, today), key=hash(rows))


def _digest(*shown: object) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:12]


def _bars(days: dict[Day, DayStress], shown: Day) -> list[Bar]:
    weeks: dict[Day, list[DayStress]] = defaultdict(list)
    for day, stress in days.items():
        weeks[first_of_week(day, shown.weekday())].append(stress)
    planned = {first: sum(day.planned for day in week) for first, week in weeks.items()}
    done = {first: sum(day.done for day in week) for first, week in weeks.items()}
    highest = max(*planned.values(), *done.values()) or 1
    return [
        Bar(
            first=first,
            tss=planned[first],
            hours=sum(day.hours for day in week),
            done=done[first],
            tss_estimated=any(day.planned_estimated for day in week),
            done_estimated=any(day.done_estimated for day in week),
            x=number * (BAR + GAP),
            height=round(planned[first] / highest * HEIGHT),
            done_height=round(done[first] / highest * HEIGHT),
            shown=first == shown,
        )
        for number, (first, week) in enumerate(weeks.items())
    ]
