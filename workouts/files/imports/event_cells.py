"""The cells of an event, with TrainingPeaks' columns.

TrainingPeaks' own calendar says in the description what was planned and done. Of any other calendar, the length of an
event is the planned duration, and its title or its category says the type.
"""

import datetime
import re

from django.utils import timezone
from icalendar import Component

from workouts.files.imports.cells import BadRow
from workouts.files.imports.html_text import plain_text
from workouts.files.imports.repeating import instant
from workouts.plan.quick_add import TYPE, TYPES
from workouts.values import bounds
from workouts.values.days import ONE_DAY
from workouts.values.measures import METRES_IN

Cells = dict[str, str]

WHOLE_DAY = datetime.timedelta(hours=23)
"""The day on which the clocks go forward."""

FIGURES = {
    "Planned Time": "PlannedDuration",
    "Actual Time": "TimeTotalInHours",
    "Distance Planned": "PlannedDistanceInMeters",
    "Actual Distance": "DistanceInMeters",
}
"""Lines of the description in TrainingPeaks' calendar, and their columns."""

OF_TRAININGPEAKS = re.compile(
    rf"^(?P<name>Workout type|{'|'.join(FIGURES)}|Speed|Pace):[ ]*(?P<value>.*)(?:\n|\Z)", re.MULTILINE
)
TIME = re.compile(r"(?P<hours>\d{1,3}):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?")
DISTANCE = re.compile(r"(?P<number>\d+(?:[.,]\d+)?) ?(?P<unit>km|mi|yd|m)")
PREFIX = re.compile(r"(?P<type>[^:]{1,40}):\s*(?P<title>.*)", re.DOTALL)


def cells_of(event: Component) -> Cells:
    """Those of the first day, if it repeats. Raises BadRow, and what icalendar raises for an invalid event."""
    if str(event.get("status", "")).upper() == "CANCELLED":
        raise BadRow("The event is cancelled.")
    if "dtstart" not in event:
        raise BadRow("The event has no day.")
    if _lasts_days(event):
        raise BadRow("The event lasts several days, so it is no single workout.")
    summary, description = (str(event.get(name, "")).strip() for name in ("summary", "description"))
    figures = {found["name"]: found["value"].strip() for found in OF_TRAININGPEAKS.finditer(description)}
    kind, title = _type_and_title(summary, figures.get("Workout type", ""), _categories(event))
    cells = {"Title": title, "WorkoutType": kind, **when(event.decoded("dtstart"))}
    if "Workout type" in figures:
        description = OF_TRAININGPEAKS.sub("", description).strip()
        cells |= {column: _number(figures.get(name, "")) for name, column in FIGURES.items()}
    else:
        cells |= {"PlannedDuration": _length(event), "Place": _place(event)}
    return {**cells, "WorkoutDescription": plain_text(description)}


def when(start: datetime.date) -> Cells:
    """In the athlete's time zone, or as it is if the event names no time zone."""
    if not isinstance(start, datetime.datetime):
        return {"WorkoutDay": start.isoformat()}
    local = timezone.localtime(start) if start.tzinfo else start
    return {"WorkoutDay": local.date().isoformat(), "TimeOfDay": f"{local:%H:%M}"}


def _place(event: Component) -> str:
    return " ".join(str(event.get("location", "")).split())[: bounds.PLACE]


def _type_and_title(summary: str, stated: str, categories: list[str]) -> tuple[str, str]:
    """The type as it is stated, else that before the title or in a category, else one that the title names."""
    found = PREFIX.fullmatch(summary)
    prefix = found["type"].strip() if found else ""
    title = found["title"] if found and prefix.lower() in {*TYPES, stated.lower()} else summary
    names = [stated, prefix, *categories]
    if stated and stated.lower() not in TYPES:
        return stated, title
    known = next((TYPES[name.lower()].value for name in names if name.lower() in TYPES), "")
    named = TYPE.search(summary)
    return known or (TYPES[named[0].lower()].value if named else ""), title


def _categories(event: Component) -> list[str]:
    found = event.get("categories", [])
    return [str(name).strip() for one in (found if isinstance(found, list) else [found]) for name in one.cats]


def _lasts_days(event: Component) -> bool:
    start, end = event.decoded("dtstart"), event.decoded("dtend", None)
    lasts = event.decoded("duration", None) if end is None else end - start
    return not isinstance(start, datetime.datetime) and lasts is not None and lasts > ONE_DAY


def _length(event: Component) -> str:
    """The hours of an event with a time, also if the clocks change meanwhile; empty for a whole day or more."""
    start, end = event.decoded("dtstart"), event.decoded("dtend", None)
    if not isinstance(start, datetime.datetime):
        return ""
    lasts = event.decoded("duration", None) if end is None else instant(end) - instant(start)
    is_length = isinstance(lasts, datetime.timedelta) and datetime.timedelta(0) <= lasts < WHOLE_DAY
    return _hours(lasts.total_seconds()) if is_length else ""


def _number(text: str) -> str:
    """A time or a distance as TrainingPeaks' calendar writes it, in hours or metres. Any other text is left."""
    if time := TIME.fullmatch(text):
        return _hours(int(time["hours"]) * 3600 + int(time["minutes"]) * 60 + int(time["seconds"] or 0))
    if distance := DISTANCE.fullmatch(text):
        return f"{float(distance['number'].replace(',', '.')) * METRES_IN[distance['unit']]:.6f}"
    return text


def _hours(seconds: float) -> str:
    """With six decimals, which cannot be taken for thousands."""
    return f"{seconds / 3600:.6f}"
