"""Load and form: CTL, ATL and TSB, as TrainingPeaks defines them. Pure.

Fitness (CTL) and fatigue (ATL) are exponentially weighted averages of the daily TSS with time constants of 42 and 7
days: CTL today = CTL yesterday + (TSS today - CTL yesterday) / 42. Form (TSB) is yesterday's fitness minus yesterday's
fatigue, so what is done today changes tomorrow's form. Sources: help.trainingpeaks.com, “Fitness (CTL)”, “Fatigue
(ATL)”, and “Form (TSB)”, https://help.trainingpeaks.com/hc/en-us/articles/204071764-Form-TSB-.
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import NamedTuple

CTL_DAYS, ATL_DAYS = 42, 7
WARM_UP = datetime.timedelta(days=364)
"""How long before the first day that is shown the averages begin, at 0: earlier days have a weight of 0.02 % there."""


class Load(NamedTuple):
    """Fitness and fatigue at the end of a day, and the form with which it began. All in TSS per day."""

    ctl: float
    atl: float
    tsb: float

    @property
    def next_tsb(self) -> float:
        """The form with which the next day begins."""
        return self.ctl - self.atl


REST = Load(0, 0, 0)


def loads(daily_tss: Iterable[float], start: Load = REST) -> Iterator[Load]:
    """The load of each of consecutive days. `start` is that of the day before."""
    load = start
    for tss in daily_tss:
        load = Load(
            ctl=load.ctl + (tss - load.ctl) / CTL_DAYS,
            atl=load.atl + (tss - load.atl) / ATL_DAYS,
            tsb=load.ctl - load.atl,
        )
        yield load
