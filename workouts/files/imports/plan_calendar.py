"""A calendar (ICS, RFC 5545) with the coach's workouts: each event becomes a row, or one for each day if it repeats."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.core.exceptions import SuspiciousOperation
from icalendar import Component, Event

from workouts.files.imports.calendar_text import events
from workouts.files.imports.cells import BadRow
from workouts.files.imports.encoding import decode
from workouts.files.imports.event_cells import Cells, cells_of, when
from workouts.files.imports.plan_table import Row
from workouts.files.imports.repeating import Changed, changed_starts, starts
from workouts.files.uploads import MAX_BYTES, TOO_LARGE, NotImportable
from workouts.values.bounds import ROW_CHARACTERS

MOST_EVENTS = 3_000
"""Three a day for more than two years."""

MOST_REPEATED = 100
"""Events that repeat. Each takes a few milliseconds."""

INVALID = (ValueError, KeyError, AttributeError, TypeError, OverflowError, SuspiciousOperation)
"""What icalendar raises for invalid events, and Django for a text of tags that are not closed."""

TOO_MANY = (
    f"The calendar has more than {MOST_EVENTS} events, each day of those that repeat included. Export fewer weeks at a"
    " time."
)
NOT_VALID = "The event is not valid."
OWN = re.compile(r"^PRODID:-//Workout planner//", re.MULTILINE)
TOO_LONG = f"It has more than {ROW_CHARACTERS} characters, or a property that is much longer than any calendar's."


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
    return PlanCalendar(_rows(parsed, changed_starts(valid)), encoding)


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
        cells = cells_of(event)
        if "rrule" not in event:
            return [cells]
        return [{**cells, **when(start)} for start in starts(event, changed)]
    except INVALID as error:
        raise BadRow(NOT_VALID) from error
