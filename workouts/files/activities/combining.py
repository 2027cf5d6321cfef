"""The parts of a brick or a race as one activity. Pure."""

import math
from collections.abc import Callable, Sequence

from workouts.files.activities.activity import Activity, activity_of
from workouts.files.activities.averages import Average


def combined(parts: Sequence[Activity]) -> Activity:
    """From the first start: hours, distance and TSS are added up, the others are weighted by time.

    A figure that one part lacks is left out: what the others have is not true of the whole. Raises NotAnActivity if
    the whole is longer than a workout can be.
    """
    if len(parts) == 1:
        return parts[0]
    first = min(parts, key=lambda part: part.started_at)
    figures = {
        "hours": math.fsum(part.hours for part in parts),
        "metres": _whole(parts, "metres", math.fsum),
        "tss": _whole(parts, "tss", math.fsum),
        "intensity": _weighted(parts, "intensity", 2),  # TSS grows with its square: see workouts.values.stress
        "heart_rate": _weighted(parts, "heart_rate"),
        "power": _weighted(parts, "power"),
    }
    return activity_of(first.started_at, first.workout_type, figures, first.title)


def _whole(parts: Sequence[Activity], name: str, add: Callable[[list[float]], float]) -> float | None:
    values = [value for part in parts if (value := getattr(part, name)) is not None]
    return add(values) if len(values) == len(parts) else None


def _weighted(parts: Sequence[Activity], name: str, exponent: int = 1) -> float | None:
    def average(values: list[float]) -> float:
        found = Average()
        for value, part in zip(values, parts, strict=True):
            found.add(value**exponent, part.hours)
        return float((found.value or 0) ** (1 / exponent))

    return _whole(parts, name, average)
