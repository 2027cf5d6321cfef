"""Formats durations and distances for people."""

from typing import Protocol

from django.db.models import TextChoices

from workouts.values.disciplines import Discipline, discipline_of

METRES_PER_KILOMETRE = 1000
METRES_PER_MILE = 1609.344
METRES_PER_YARD = 0.9144
METRES_IN: dict[str, float] = {"km": METRES_PER_KILOMETRE, "mi": METRES_PER_MILE, "m": 1, "yd": METRES_PER_YARD}
SHORT = 0.1
"""In kilometres or miles. Shorter distances are shown in metres or yards: the shortest would read `0 km`."""


class DistanceUnit(TextChoices):
    KILOMETRES = "km", "Kilometres"
    MILES = "mi", "Miles"


class SwimUnit(TextChoices):
    METRES = "m", "Metres"
    YARDS = "yd", "Yards"


class Units(Protocol):
    """The athlete's preferred units."""

    distance_unit: str
    swim_unit: str


def minutes(count: float) -> str:
    """`90` minutes as `1 h 30 min`. Rounded to the minute as a whole, so never `1 h 60 min`."""
    hours, rest = divmod(round(count), 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(part for part in parts if part)


def duration(hours: float) -> str:
    """`1.5` hours as `1 h 30 min`."""
    return minutes(hours * 60)


def clock(hours: float) -> str:
    """`1.5` hours as `1:30`, where there is no room for the units."""
    whole, rest = divmod(round(hours * 60), 60)
    return f"{whole}:{rest:02}"


def unit_of(workout_type: str, units: Units) -> str:
    """In which the athlete reads distances of such a workout."""
    return units.swim_unit if discipline_of(workout_type) == Discipline.SWIM else units.distance_unit


def distance(metres: float, workout_type: str, units: Units) -> str:
    """`9000` metres as `9 km` or `5.59 mi`, `12` as `12 m` or `13 yd`; for swims as `2400 m` or `2625 yd`."""
    unit = unit_of(workout_type, units)
    length = metres / METRES_IN[unit]
    if unit in SwimUnit or length < SHORT:
        return _short(metres, yards=unit in (SwimUnit.YARDS, DistanceUnit.MILES))
    return f"{f'{length:.2f}'.rstrip('0').rstrip('.')} {unit}"


def _short(metres: float, *, yards: bool) -> str:
    length = metres / METRES_PER_YARD if yards else metres
    digits = 0 if length >= 10 or length == round(length) else 1
    return f"{length:.{digits}f} {SwimUnit.YARDS if yards else SwimUnit.METRES}"
