"""Durations, distances and targets in templates."""

from django import template
from django.utils.html import format_html

from workouts.models import Availability, Workout
from workouts.plan.clashes import clash_of
from workouts.plan.progress import figures_of, grade_of
from workouts.values import measures
from workouts.values.compliance import Compliance, deviation
from workouts.values.days import Day
from workouts.values.disciplines import discipline_of

register = template.Library()
register.filter(measures.minutes)
register.filter(measures.duration)
register.filter(measures.clock)
register.simple_tag(measures.distance)

MARKS = {
    Compliance.CLOSE: "✓",
    Compliance.NEAR: "~",
    Compliance.FAR: "≠",
    Compliance.MISSED: "✕",
    Compliance.UNMEASURED: "•",
}


@register.filter
def kind(workout_type: str) -> str:
    """The CSS class and the icon's id of a workout type, such as `run`."""
    found = discipline_of(workout_type)
    return found.lower() if found else "rest"


@register.filter
def grade(workout: Workout, today: Day) -> Compliance | None:
    return grade_of(workout, today)


@register.filter
def unbroken(text: str) -> str:
    """A line ends before or after it."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


@register.filter
def mark(grade: Compliance) -> str:
    """A sign for the grade, because a color alone says nothing to many."""
    return MARKS[grade]


@register.filter
def in_words(grade: Compliance) -> str:
    return grade.label if grade == Compliance.MISSED else f"done, {grade.label}"


@register.filter
def clash(workout: Workout, away: list[Availability]) -> Availability | None:
    return clash_of(workout, away)


@register.filter
def off_plan(workout: Workout) -> str:
    """The difference of what was done from the plan, such as `-25 %`; empty if there is none, or no plan."""
    off = deviation(figures_of(workout))
    return f"{off:+} %" if off else ""


@register.simple_tag
def against(planned: float, target: float, *, time: bool = False) -> str:
    """The plan's difference from its target, with a CSS class for the color: `30 min under`, `12 over`, `on target`."""
    delta = round(planned) - target
    side = "over" if delta > 0 else "under" if delta else "met"
    size = unbroken(measures.minutes(abs(delta))) if time else str(abs(delta))
    words = f"{size} {side}" if delta else "on target"
    return format_html('<span class="delta {}">{}</span>', side, words)


@register.simple_tag
def bar(done: float, planned: float, target: float | None) -> str:
    """A bar of what is planned, over it what was done, and a mark at the target. The figures are beside it as text."""
    most = max(done, planned, target or 0) or 1
    at = round(100 * (target or 0) / most)
    mark = format_html('<path class="edge" d="M{0} 0v8" /><path d="M{0} 0v8" />', at) if target else ""
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="8" /><rect class="done" width="{}" height="8" />{}</svg>',
        round(100 * planned / most),
        round(100 * done / most),
        mark,
    )
