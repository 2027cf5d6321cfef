"""A week as text, to paste into a message: what is planned, moved, skipped, done and noted. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.template.defaultfilters import floatformat

from workouts.models import Availability, Preferences, Workout
from workouts.plan.clashes import clash_of
from workouts.plan.progress import grade_of
from workouts.plan.summary import Line
from workouts.plan.wording import done, headline, planned
from workouts.values.compliance import Compliance
from workouts.values.days import Day
from workouts.values.measures import minutes

LONGEST_NOTE = 1_000
"""Characters. More is not for a message."""


def week_text(
    days: Mapping[Day, tuple[Sequence[Availability], Sequence[Workout]]],
    gone: Iterable[Workout],
    total: Line,
    preferences: Preferences,
    today: Day,
) -> str:
    """The text of the week with these days. `gone` were planned in it and moved out of it."""
    first = next(iter(days))
    parts = [f"Week of {first:%-d %B %Y}\n{_sums(total)}"]
    for day, (away, workouts) in days.items():
        lines = [*map(_away, away), *(line for one in workouts for line in _workout(one, away, preferences, today))]
        if lines:
            parts.append("\n".join([f"{day:%a %-d %b}", *lines]))
    if moved := [f"- {_on_one_line(headline(one))}, from {_day(one)} to {one.day:%a %-d %b}" for one in gone]:
        parts.append("\n".join(["Moved to another week", *moved]))
    return "\n\n".join(parts) + "\n"


def _sums(total: Line) -> str:
    """Such as `Planned 8 h, 412 TSS. Done 3 h, 180 TSS. To come 5 h, 232 TSS.`"""
    sums = {"Planned": total.planned, "Done": total.done, "To come": total.ahead}
    return " ".join(
        f"{title} {minutes(one.minutes)}, {'about ' if one.estimated else ''}{floatformat(one.tss, 0)} TSS."
        for title, one in sums.items()
    )


def _away(one: Availability) -> str:
    return f"! {_on_one_line(str(one))}"


def _workout(workout: Workout, away: Sequence[Availability], preferences: Preferences, today: Day) -> Iterator[str]:
    time = _on_one_line(workout.time_of_day or "")
    figures = ", ".join(filter(None, (_on_one_line(headline(workout)), time, planned(workout, preferences))))
    yield f"- {figures}.{''.join(f' {word}.' for word in _states(workout, away, preferences, today))}"
    if notes := ((workout.selection and workout.selection.user_notes) or "").strip()[:LONGEST_NOTE]:
        yield "\n".join(f"  {line}".rstrip() for line in ["Notes:", *notes.splitlines()])


def _states(workout: Workout, away: Sequence[Availability], preferences: Preferences, today: Day) -> Iterator[str]:
    """What became of the workout, in words."""
    if workout.day != workout.originally_planned_day:
        yield f"Moved from {_day(workout)}"
    if workout.is_dropped:
        yield "Dropped by the coach"
    elif workout.skipped:
        yield "Skipped"
    if clash := clash_of(workout, away):
        yield f"{clash.get_discipline_display()} on this day"
    if workout.was_done:
        yield done(workout, preferences)
    elif grade_of(workout, today) == Compliance.MISSED:
        yield "Missed"
    if workout.source != "coach":
        yield {"own": "My own", "recorded": "Not planned"}[workout.source]


def _day(workout: Workout) -> str:
    """The coach's day."""
    return f"{workout.originally_planned_day:%a %-d %b}"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
