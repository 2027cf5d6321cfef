"""Workouts as an iCalendar (RFC 5545) that calendar applications subscribe to.

Pure: the same workouts and preferences give the same bytes, so a repeated request can be answered with "not modified".
"""

import datetime
import re
from collections.abc import Iterable

from django.template.defaultfilters import floatformat
from icalendar import Calendar, Event, vDuration

from workouts.models import Preferences, Workout, WorkoutSelection
from workouts.values.disciplines import discipline_of
from workouts.values.measures import distance, duration

UID_DOMAIN = "workout-planner"  # not the host: events would be duplicated when the address of the site changes
REFRESH = datetime.timedelta(hours=1)
DEFAULT_LENGTH = datetime.timedelta(hours=1)
END_OF_TIME = datetime.datetime.combine(datetime.date.max, datetime.time.max)
BEFORE_ANY_CHANGE = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
QUICK = datetime.timedelta(days=10)
LARGEST_INTEGER = 2**31 - 1
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def calendar_of(workouts: Iterable[Workout], preferences: Preferences, time_zone: str) -> bytes:
    """One event per workout. Load the workouts `with_selection()`. `time_zone` is the athlete's.

    Times are floating, so 07:00 stays 07:00 wherever the athlete is. Only Google treats floating times as UTC, unless
    the calendar names a time zone.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Workout planner//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", "Workouts")
    if time_zone != "UTC":
        calendar.add("x-wr-timezone", time_zone)
    calendar.add("refresh-interval", vDuration(REFRESH), {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for workout in workouts:
        calendar.add_component(_event(workout, preferences))
    return bytes(calendar.to_ical())


def _event(workout: Workout, preferences: Preferences) -> Event:
    selection = workout.selection or WorkoutSelection()
    changed = last_change(workout)
    texts = {
        "summary": _line(_summary(workout)),
        "location": _line(selection.workout_location or ""),
        "description": _lines(_description(workout, selection, preferences)),
    }
    event = Event()
    event.add("uid", f"workout-{workout.pk}@{UID_DOMAIN}")
    event.add("dtstamp", changed)  # without METHOD, the time of the last revision: RFC 5545, 3.8.7.2
    event.add("last-modified", changed)
    event.add("sequence", sequence(workout))
    event.add("categories", [_line(workout.workout_type)])
    for name, text in texts.items():
        if text:
            event.add(name, text)
    _add_times(event, workout, preferences.time_of(selection.time_of_day))
    return event


def _add_times(event: Event, workout: Workout, starts: datetime.time | None) -> None:
    """An unscheduled workout lasts all day and does not show as busy. A day off never has a time."""
    if starts is None or not discipline_of(workout.workout_type):
        event.add("dtstart", workout.day)
        event.add("transp", "TRANSPARENT")
        return
    start = datetime.datetime.combine(workout.day, starts)
    event.add("dtstart", start)
    event.add("dtend", start + min(length(workout.planned_duration), END_OF_TIME - start))
    event.add("transp", "OPAQUE")


def length(hours: float | None) -> datetime.timedelta:
    """The length of an event in whole minutes; one hour if none is planned."""
    return datetime.timedelta(minutes=max(1, round(hours * 60))) if hours else DEFAULT_LENGTH


def last_change(workout: Workout) -> datetime.datetime:
    """When anything that the event shows last changed."""
    selection = workout.selection or WorkoutSelection()
    times = (workout.created_at, workout.modified_at, selection.updated_at)
    return max((time for time in times if time), default=BEFORE_ANY_CHANGE)


def sequence(workout: Workout) -> int:
    """The age of the workout at its last change, as a revision number that never decreases.

    It counts milliseconds for ten days, so that quick changes differ, then seconds, so that forty years fit into the
    31 bits of RFC 5545.
    """
    age = last_change(workout) - (workout.created_at or BEFORE_ANY_CHANGE)
    quick = min(age, QUICK)
    number = quick // datetime.timedelta(milliseconds=1) + (age - quick) // datetime.timedelta(seconds=1)
    return min(number, LARGEST_INTEGER)


def _summary(workout: Workout) -> str:
    """`Run: Easy with strides`, or the title alone if it begins with the type."""
    title, kind = workout.title.strip(), workout.workout_type.strip()
    if title.lower().startswith(kind.lower()):
        return title
    return f"{kind}: {title}" if title else kind


def _description(workout: Workout, selection: WorkoutSelection, preferences: Preferences) -> str:
    paragraphs = (
        _planned(workout, preferences),
        _done(workout, preferences),
        workout.workout_description,
        workout.coach_comments and f"Coach: {workout.coach_comments}",
        selection.user_notes and f"Notes: {selection.user_notes}",
    )
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _planned(workout: Workout, preferences: Preferences) -> str:
    return _figures(workout, "planned", workout.tss, preferences)


def _done(workout: Workout, preferences: Preferences) -> str:
    """Such as `Done: 1 h 20 min, 38 km, RPE 6`; `Done` alone if no figure is known."""
    if not workout.was_done:
        return ""
    figures = _figures(workout, "actual", workout.actual_tss, preferences)
    rpe = workout.rpe and f"RPE {floatformat(workout.rpe)}"
    return ": ".join(part for part in ("Done", ", ".join(part for part in (figures, rpe) if part)) if part)


def _figures(workout: Workout, of: str, tss: float | None, preferences: Preferences) -> str:
    """Such as `1 h 30 min, 40 km, 95 TSS`, of what was `planned` or of the `actual` figures."""
    hours, metres = getattr(workout, f"{of}_duration"), getattr(workout, f"{of}_distance_meters")
    figures = (
        hours and duration(hours),
        metres and distance(metres, workout.workout_type, preferences),
        tss and f"{floatformat(tss)} TSS",
    )
    return ", ".join(figure for figure in figures if figure)


def _line(text: str) -> str:
    return " ".join(_lines(text).split())


def _lines(text: str) -> str:
    """The text without control characters and with newlines only: any other line break would end a line of the file.

    icalendar reads a literal `\\N` as a line break; an invisible joiner separates the two characters.
    """
    return CONTROL.sub("", "\n".join(text.splitlines())).replace(r"\N", "\\\N{WORD JOINER}N")
