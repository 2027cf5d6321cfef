"""A workout in words, for texts without markup: the calendar, and the week as text. Pure."""

from django.template.defaultfilters import floatformat

from workouts.models import Workout
from workouts.values.measures import Units, distance, duration


def headline(workout: Workout) -> str:
    """`Run: Easy with strides`, or the title alone if it begins with the type."""
    title, kind = workout.title.strip(), workout.workout_type.strip()
    if title.lower().startswith(kind.lower()):
        return title
    return f"{kind}: {title}" if title else kind


def planned(workout: Workout, units: Units) -> str:
    return _figures(workout, "planned", workout.tss, units)


def done(workout: Workout, units: Units) -> str:
    """Such as `Done: 1 h 20 min, 38 km, RPE 6`; `Done` alone if no figure is known."""
    if not workout.was_done:
        return ""
    figures = _figures(workout, "actual", workout.actual_tss, units)
    rpe = workout.rpe and f"RPE {floatformat(workout.rpe)}"
    return ": ".join(part for part in ("Done", ", ".join(part for part in (figures, rpe) if part)) if part)


def _figures(workout: Workout, of: str, tss: float | None, units: Units) -> str:
    """Such as `1 h 30 min, 40 km, 95 TSS`, of what was `planned` or of the `actual` figures."""
    hours, metres = getattr(workout, f"{of}_duration"), getattr(workout, f"{of}_distance_meters")
    figures = (
        hours and duration(hours),
        metres and distance(metres, workout.workout_type, units),
        tss and f"{floatformat(tss)} TSS",
    )
    return ", ".join(figure for figure in figures if figure)
