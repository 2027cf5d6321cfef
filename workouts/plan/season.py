"""The season strip: the load of the surrounding weeks, as bars."""

import datetime
from dataclasses import dataclass

from django.db.models import F

from workouts.models import Workout
from workouts.values.days import ONE_DAY, ONE_WEEK, days_from, monday_of

WEEKS_BEFORE, WEEKS_AFTER = 12, 13
BAR, GAP, HEIGHT = 22, 4, 48
"""Width of a bar, gap between two bars, height of the highest bar, in units of the SVG drawing."""


@dataclass(frozen=True)
class Bar:
    monday: datetime.date
    tss: float
    hours: float
    x: int
    height: int
    shown: bool

    @property
    def y(self) -> int:
        return HEIGHT - self.height


@dataclass(frozen=True)
class Strip:
    bars: list[Bar]
    by_tss: bool
    """Whether the bars show TSS. They show hours if no workout of the season has a TSS."""

    @property
    def width(self) -> int:
        return len(self.bars) * (BAR + GAP)


def season(shown: datetime.date) -> Strip:
    """The load of the weeks around the one that begins on the Monday `shown`. One query."""
    mondays = days_from(shown - WEEKS_BEFORE * ONE_WEEK, shown + WEEKS_AFTER * ONE_WEEK)[::7]
    tss, hours = dict.fromkeys(mondays, 0.0), dict.fromkeys(mondays, 0.0)
    planned = Workout.objects.planned().between(mondays[0], mondays[-1] + 6 * ONE_DAY)
    for day, its_tss, its_hours in planned.values_list(F("plan_day"), "tss", "planned_duration"):
        tss[monday_of(day)] += its_tss or 0
        hours[monday_of(day)] += its_hours or 0
    load = tss if any(tss.values()) else hours
    highest = max(load.values()) or 1
    bars = [
        Bar(
            monday=monday,
            tss=tss[monday],
            hours=hours[monday],
            x=number * (BAR + GAP),
            height=round(load[monday] / highest * HEIGHT),
            shown=monday == shown,
        )
        for number, monday in enumerate(mondays)
    ]
    return Strip(bars, by_tss=load is tss)
