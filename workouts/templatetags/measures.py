"""Hours, metres and targets as an athlete reads them."""

from django import template
from django.utils.html import format_html

from workouts.disciplines import Discipline, discipline_of
from workouts.models import Preferences, WorkoutType

register = template.Library()

METRES_PER_KILOMETRE = 1000
METRES_PER_MILE = 1609.344
METRES_PER_YARD = 0.9144
SHORT = 0.1
"""Of a kilometre or a mile: what is shorter would read `0 km`."""


@register.filter
def minutes(count: float) -> str:
    """`90` minutes as `1 h 30 min`. Rounded to the minute as a whole, so never `1 h 60 min`."""
    hours, rest = divmod(round(count), 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(part for part in parts if part)


@register.filter
def duration(hours: float) -> str:
    """`1.5` hours as `1 h 30 min`."""
    return minutes(hours * 60)


@register.simple_tag
def distance(metres: float, discipline: str, preferences: Preferences) -> str:
    """`9000` metres as `9 km` or `5.59 mi`, `12` as `12 m` or `13 yd`; in the pool as `2400 m` or `2625 yd`."""
    if discipline == WorkoutType.SWIM:
        return _short(metres, yards=preferences.swim_unit == Preferences.SwimUnit.YARDS)
    miles = preferences.distance_unit == Preferences.DistanceUnit.MILES
    length = metres / (METRES_PER_MILE if miles else METRES_PER_KILOMETRE)
    if length < SHORT:
        return _short(metres, yards=miles)
    return f"{f'{length:.2f}'.rstrip('0').rstrip('.')} {preferences.distance_unit}"


def _short(metres: float, *, yards: bool) -> str:
    length = metres / METRES_PER_YARD if yards else metres
    digits = 0 if length >= 10 or length == round(length) else 1
    return f"{length:.{digits}f} {Preferences.SwimUnit.YARDS if yards else Preferences.SwimUnit.METRES}"


@register.filter
def kind(workout_type: str) -> str:
    """The name of a type's colour and icon."""
    return (discipline_of(workout_type) or Discipline.OTHER).lower() if workout_type.lower() != "day off" else "rest"


@register.simple_tag
def against(planned: float, target: float, *, time: bool = False) -> str:
    """A plan beside its target, in words and as a class for the colour: `30 min under`, `12 over`, `on target`."""
    delta = round(planned) - target
    side = "over" if delta > 0 else "under" if delta else "met"
    size = minutes(abs(delta)) if time else str(abs(delta))
    words = f"{size} {side}" if delta else "on target"
    return format_html('<span class="delta {}">{}</span>', side, words)
