"""The season strip: the load of the surrounding weeks, as bars."""

import datetime
from dataclasses import dataclass

from django.db.models import F

from workouts.models import Workout
from workouts.values.days import ONE_DAY, ONE_WEEK, days_from, first_of_week

WEEKS_BEFORE, WEEKS_AFTER = 12, 13
BAR, GAP, HEIGHT = 22, 4, 48
"""Width of a bar, gap between two bars, height of the highest bar, in units of the SVG drawing."""


@dataclass(frozen=True)
class Bar:
    first: datetime.date
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
    """The load of the weeks around the one that begins on `shown`. One query."""
    firsts = days_from(shown - WEEKS_BEFORE * ONE_WEEK, shown + WEEKS_AFTER * ONE_WEEK)[::7]
    start = shown.weekday()
    tss, hours = dict.fromkeys(firsts, 0.0), dict.fromkeys(firsts, 0.0)
    planned = Workout.objects.planned().between(firsts[0], firsts[-1] + 6 * ONE_DAY)
    for day, its_tss, its_hours in planned.values_list(F("plan_day"), "tss", "planned_duration"):
        tss[first_of_week(day, start)] += its_tss or 0
        hours[first_of_week(day, start)] += its_hours or 0
    load = tss if any(tss.values()) else hours
    highest = max(load.values()) or 1
    bars = [
        Bar(
            first=first,
            tss=tss[first],
            hours=hours[first],
            x=number * (BAR + GAP),
            height=round(load[first] / highest * HEIGHT),
            shown=first == shown,
        )
        for number, first in enumerate(firsts)
    ]
    return Strip(bars, by_tss=load is tss)
