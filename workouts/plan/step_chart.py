"""The steps of a workout as a drawing: the width is the time, the height the effort. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from workouts.plan.steps import Block, WorkoutStep, in_order

HIGHEST = 150
"""Percent of the threshold at the top of the drawing. What is harder ends there."""

UNAIMED = 50
"""How high a step without a target is drawn."""

UPPER = {"z1": 55, "z2": 75, "z3": 90, "z4": 105, "z5": 120}
"""The upper limits of Coggan's zones, in percent."""


@dataclass(frozen=True)
class Shape:
    """One step: the corners of its polygon, and the CSS class of its effort."""

    points: str
    effort: str


@dataclass(frozen=True)
class StepChart:
    """`width` is in seconds. `blocks` say the same in words."""

    width: int
    height: int
    shapes: list[Shape]
    blocks: Sequence[Block]


def chart_of(blocks: Sequence[Block]) -> StepChart | None:
    """None if there are no steps."""
    shapes, start = [], 0
    for step in in_order(blocks):
        shapes.append(_shape(step, start))
        start += step.seconds
    return StepChart(start, HIGHEST, shapes, blocks) if shapes else None


def _shape(step: WorkoutStep, start: int) -> Shape:
    end = start + step.seconds
    first, last = (step.first, step.last) if step.is_ramp else (step.middle, step.middle)
    left, right = (HIGHEST - min(UNAIMED if height is None else height, HIGHEST) for height in (first, last))
    points = f"{start},{HIGHEST} {start},{left:g} {end},{right:g} {end},{HIGHEST}"
    return Shape(points, _effort(step.middle))


def _effort(percent: float | None) -> str:
    if percent is None:
        return "unaimed"
    return next((zone for zone, upper in UPPER.items() if percent <= upper), "z6")
