"""A calendar (ICS, RFC 5545) with the coach's workouts: each event becomes a row with TrainingPeaks' columns.

TrainingPeaks' own calendar says in the description what was planned and done. Of any other calendar, the length of an
event is the planned duration, and its title or its category says the type.
"""

import datetime
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from icalendar import Component, Event

from workouts.files.imports.cells import BadRow
from workouts.files.imports.encoding import decode
from workouts.files.imports.plan_table import Row
from workouts.files.uploads import MAX_BYTES, NotImportable
from workouts.plan.quick_add import TYPE, TYPES
from workouts.values.bounds import ROW_CHARACTERS
from workouts.values.measures import METRES_PER_KILOMETRE, METRES_PER_MILE, METRES_PER_YARD

MOST_EVENTS = 3_000
"""Three a day for more than two years."""

NEEDED = {"DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "CATEGORIES", "STATUS", "RRULE", "RDATE"}
NAME = re.compile("[;:]")
TEXTS, SHORT = ("SUMMARY", "DESCRIPTION"), 1_000
PARAMETERS = re.compile(r'[^:"]{0,500}(?:"[^"]{0,500}"[^:"]{0,500}){0,5}:')
"""What stands before the value of a property. icalendar takes minutes for a file of nothing else."""

WHOLE_DAY = datetime.timedelta(hours=23)
"""The day on which the clocks go forward."""

OWN = re.compile(r"^PRODID:-//Workout planner//", re.MULTILINE)
TOO_LONG = f"It has more than {ROW_CHARACTERS} characters, or a property that is much longer than any calendar's."
LENGTHS = {"m": 1, "km": METRES_PER_KILOMETRE, "mi": METRES_PER_MILE, "yd": METRES_PER_YARD}
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
    """The rows are numbered as the events are, from 1. `encoding` is its name for people."""

    rows: list[Row]
    encoding: str

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def read(content: bytes) -> PlanCalendar:
    """Raises NotImportable."""
    if len(content) > MAX_BYTES:
        raise NotImportable(f"The file is larger than {MAX_BYTES // 1024**2} MB. Export fewer weeks at a time.")
    text, encoding = decode(content)
    if OWN.search(text):
        raise NotImportable("This is the calendar of this planner: its workouts are here already.")
    rows: list[Row] = []
    for number, event in enumerate(_events(text), start=1):
        if number > MOST_EVENTS:
            raise NotImportable(f"The calendar has more than {MOST_EVENTS} events. Export fewer weeks at a time.")
        rows.append(_row(number, event))
    if not rows:
        raise NotImportable("The calendar has no events.")
    return PlanCalendar(rows, encoding)


def _events(text: str) -> Iterator[str]:
    """The text of each event with the properties that are needed, once each; empty if it is too long.

    icalendar takes a millisecond for a few properties, and an event may have any number of them.
    """
    event: dict[str, list[str]] | None = None
    name, depth = "", 0
    for line in (ended.rstrip("\r\n") for ended in io.StringIO(text)):
        if line.startswith((" ", "\t")):
            if event and name in event:
                event[name].append(line)
            continue
        name = NAME.split(line, maxsplit=1)[0].upper()
        if line.strip().upper() == "BEGIN:VEVENT":
            event, depth = {}, 0
        elif event is not None and line.strip().upper() == "END:VEVENT":
            yield _joined(event)
            event = None
        elif name in ("BEGIN", "END"):
            depth += 1 if name == "BEGIN" else -1
        elif event is not None and not depth and name in NEEDED and name not in event:
            event[name] = [line]
            continue
        name = ""


def _joined(event: dict[str, list[str]]) -> str:
    """Empty if it is too long. Parameters are short, and so are all properties but the texts."""
    properties = ["".join([first, *(line[1:] for line in more)]) for first, *more in event.values()]
    short = [one for one in properties if not one.upper().startswith(TEXTS)]
    too_long = sum(map(len, properties)) > ROW_CHARACTERS or any(len(one) > SHORT for one in short)
    if too_long or not all(PARAMETERS.match(one) for one in properties):
        return ""
    return "\r\n".join(["BEGIN:VEVENT", *properties, "END:VEVENT"])


def _row(number: int, text: str) -> Row:
    if not text:
        return Row(number, fault=TOO_LONG)
    try:
        event = Event.from_ical(text)
        return Row(number, _cells(event))
    except BadRow as error:
        return Row(number, fault=str(error))
    except (ValueError, KeyError, AttributeError, TypeError):  # what icalendar raises for invalid events
        return Row(number, fault="The event is not valid.")


def _cells(event: Component) -> dict[str, str]:
    if str(event.get("status", "")).upper() == "CANCELLED":
        raise BadRow("The event is cancelled.")
    if "rrule" in event or "rdate" in event:
        raise BadRow("The event repeats. Only single events are imported.")
    if "dtstart" not in event:
        raise BadRow("The event has no day.")
    summary, description = (str(event.get(name, "")).strip() for name in ("summary", "description"))
    figures = {found["name"]: found["value"].strip() for found in OF_TRAININGPEAKS.finditer(description)}
    kind, title = _type_and_title(summary, figures.get("Workout type", ""), _categories(event))
    cells = {"Title": title, "WorkoutType": kind, "WorkoutDay": _day(event.decoded("dtstart")).isoformat()}
    if "Workout type" in figures:
        description = OF_TRAININGPEAKS.sub("", description).strip()
        cells |= {column: _number(figures.get(name, "")) for name, column in FIGURES.items()}
    else:
        cells["PlannedDuration"] = _length(event)
    return {**cells, "WorkoutDescription": description}


def _day(start: datetime.date) -> datetime.date:
    """The day in the athlete's time zone, or as it is if the event names no time zone."""
    if isinstance(start, datetime.datetime):
        return timezone.localtime(start).date() if start.tzinfo else start.date()
    return start


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


def _length(event: Component) -> str:
    """The hours of an event with a time, also if the clocks change meanwhile; empty for a whole day or more."""
    start, end = event.decoded("dtstart"), event.decoded("dtend", None)
    if not isinstance(start, datetime.datetime):
        return ""
    lasts = event.decoded("duration", None) if end is None else _instant(end) - _instant(start)
    is_length = isinstance(lasts, datetime.timedelta) and datetime.timedelta(0) <= lasts < WHOLE_DAY
    return _hours(lasts.total_seconds()) if is_length else ""


def _instant(moment: datetime.datetime) -> datetime.datetime:
    """In UTC, because times of one zone are subtracted as the clock shows them. Without a zone, it is the athlete's."""
    return (moment if moment.tzinfo else timezone.make_aware(moment)).astimezone(datetime.UTC)


def _number(text: str) -> str:
    """A time or a distance as TrainingPeaks' calendar writes it, in hours or metres. Any other text is left."""
    if time := TIME.fullmatch(text):
        return _hours(int(time["hours"]) * 3600 + int(time["minutes"]) * 60 + int(time["seconds"] or 0))
    if distance := DISTANCE.fullmatch(text):
        return f"{float(distance['number'].replace(',', '.')) * LENGTHS[distance['unit']]:.6f}"
    return text


def _hours(seconds: float) -> str:
    """With six decimals, which cannot be taken for thousands."""
    return f"{seconds / 3600:.6f}"
