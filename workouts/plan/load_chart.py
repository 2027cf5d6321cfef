"""Fitness, fatigue and form as lines of an SVG drawing. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workouts.plan.load import Load
from workouts.values.days import Day

HEIGHT = 96
"""In the units of the chart, which are a day wide. The season's drawing scales them."""


@dataclass(frozen=True)
class LoadLine:
    """`done` and `ahead` are SVG paths; the second begins where the first ends."""

    name: str
    done: str
    ahead: str


@dataclass(frozen=True)
class LoadChart:
    lines: list[LoadLine]
    zero: int
    """The height of 0 on the scale of the lines."""


def draw(loads: Mapping[Day, Load], today: Day) -> LoadChart:
    """The lines through consecutive days, one per figure: as done before `today`, as planned from then on."""
    values: dict[str, list[float]] = {name: [getattr(load, name) for load in loads.values()] for name in Load._fields}
    lowest = min(0, *values["tsb"])
    highest = max(1, *(max(line) for line in values.values()))

    def height(value: float) -> int:
        return round((highest - value) / (highest - lowest) * HEIGHT)

    done = sum(1 for day in loads if day < today)
    lines = [_line(name, [height(value) for value in line], done) for name, line in values.items()]
    return LoadChart(lines, height(0))


def _line(name: str, heights: Sequence[int], done: int) -> LoadLine:
    return LoadLine(name, _path(heights[:done], 0), _path(heights[max(done - 1, 0) :], max(done - 1, 0)))


def _path(heights: Sequence[int], start: int) -> str:
    """A path in steps relative to the last point, which are shorter to send. Empty for fewer than two points."""
    if len(heights) < 2:
        return ""
    steps = " ".join(f"1{after - before: d}" for before, after in pairwise(heights))
    return f"M{start} {heights[0]}l{steps}"
