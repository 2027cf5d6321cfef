"""A calendar (ICS, RFC 5545) with the coach's workouts: each event becomes a row with TrainingPeaks' columns.

TrainingPeaks' own calendar says in the description what was planned and done. Of any other calendar, the length of an
event is the planned duration, and its title or its category says the type.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils import timezone
from icalendar import Component, Event

from workouts.files.imports.calendar_text import events
from workouts.files.imports.cells import BadRow
from workouts.files.imports.encoding import decode
from workouts.files.imports.html_text import plain_text
from workouts.files.imports.plan_table import Row
from workouts.files.imports.repeating import Changed, changed_starts, instant, starts
from workouts.files.uploads import MAX_BYTES, TOO_LARGE, NotImportable
from workouts.plan.quick_add import TYPE, TYPES
from workouts.values import bounds
from workouts.values.bounds import ROW_CHARACTERS
from workouts.values.days import ONE_DAY
from workouts.values.measures import METRES_IN

MOST_EVENTS = 3_000
"""Three a day for more than two years."""

MOST_REPEATED = 100
"""Events that repeat. Each takes a few milliseconds."""

WHOLE_DAY = datetime.timedelta(hours=23)
"""The day on which the clocks go forward."""

Cells = dict[str, str]
INVALID = (ValueError, KeyError, AttributeError, TypeError, OverflowError)
"""What icalendar raises for invalid events."""

TOO_MANY = (
    f"The calendar has more than {MOST_EVENTS} events, each day of those that repeat included. Export fewer weeks at a"
    " time."
)
NOT_VALID = "The event is not valid."
OWN = re.compile(r"^PRODID:-//Workout planner//", re.MULTILINE)
TOO_LONG = f"It has more than {ROW_CHARACTERS} characters, or a property that is much longer than any calendar's."
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


@dataclass(frozen=True)
class PlanCalendar:
    """The rows are numbered as the events are, from 1; after the last one come the further days of those that repeat.

    `encoding` is its name for people.
    """

    rows: list[Row]
    encoding: str

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def read(content: bytes) -> PlanCalendar:
    """Raises NotImportable."""
    if len(content) > MAX_BYTES:
        raise NotImportable(f"{TOO_LARGE} Export fewer weeks at a time.")
    text, encoding = decode(content)
    if OWN.search(text):
        raise NotImportable("This is the calendar of this planner: its workouts are here already.")
    parsed = [_parsed(event) for event in islice(events(text), MOST_EVENTS + 1)]
    if not parsed:
        raise NotImportable("The calendar has no events.")
    valid = [event for event in parsed if isinstance(event, Component)]
    if sum("rrule" in event for event in valid) > MOST_REPEATED:
        raise NotImportable(f"The calendar has more than {MOST_REPEATED} events that repeat. Export fewer of them.")
    rows = _rows(parsed, changed_starts(valid))
    return PlanCalendar(rows, encoding)


def _parsed(text: str) -> Component | str:
    """The event, or what is wrong with it."""
    if not text:
        return TOO_LONG
    try:
        return Event.from_ical(text)
    except INVALID:
        return NOT_VALID


def _rows(events: Sequence[Component | str], changed: Changed) -> list[Row]:
    rows: list[Row] = []
    further: list[Cells] = []
    for number, event in enumerate(events, start=1):
        try:
            cells, *others = _each_time(event, changed)
            rows.append(Row(number, cells))
            further += others
        except BadRow as error:
            rows.append(Row(number, fault=str(error)))
        if len(rows) + len(further) > MOST_EVENTS:
            raise NotImportable(TOO_MANY)
    return rows + [Row(number, cells) for number, cells in enumerate(further, start=len(events) + 1)]


def _each_time(event: Component | str, changed: Changed) -> list[Cells]:
    """Its cells, for each day. Raises BadRow."""
    if isinstance(event, str):
        raise BadRow(event)
    try:
        cells = _cells(event)
        if "rrule" not in event:
            return [cells]
        return [{**cells, **_when(start)} for start in starts(event, changed)]
    except INVALID as error:
        raise BadRow(NOT_VALID) from error


def _cells(event: Component) -> Cells:
    if str(event.get("status", "")).upper() == "CANCELLED":
        raise BadRow("The event is cancelled.")
    if "dtstart" not in event:
        raise BadRow("The event has no day.")
    if _lasts_days(event):
        raise BadRow("The event lasts several days, so it is no single workout.")
    summary, description = (str(event.get(name, "")).strip() for name in ("summary", "description"))
    figures = {found["name"]: found["value"].strip() for found in OF_TRAININGPEAKS.finditer(description)}
    kind, title = _type_and_title(summary, figures.get("Workout type", ""), _categories(event))
    cells = {"Title": title, "WorkoutType": kind, **_when(event.decoded("dtstart"))}
    if "Workout type" in figures:
        description = OF_TRAININGPEAKS.sub("", description).strip()
        cells |= {column: _number(figures.get(name, "")) for name, column in FIGURES.items()}
    else:
        cells |= {"PlannedDuration": _length(event), "Place": _place(event)}
    return {**cells, "WorkoutDescription": plain_text(description)}


def _when(start: datetime.date) -> Cells:
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
