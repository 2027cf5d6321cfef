"""The text of each event of a calendar (ICS, RFC 5545), as much of it as is needed: a file may have anything in it."""

import io
import re
from collections.abc import Iterator

from workouts.values.bounds import ROW_CHARACTERS

NEEDED = {"DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES", "STATUS"}
NEEDED |= {"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "UID"}
SEVERAL, MOST = {"EXDATE"}, 100
"""Properties that may come several times, and how many an event has at most."""

NAME = re.compile("[;:]")
TEXTS, SHORT = ("SUMMARY", "DESCRIPTION", "LOCATION"), 1_000
PARAMETERS = re.compile(r'[^:"]{0,500}(?:"[^"]{0,500}"[^:"]{0,500}){0,5}:')
"""What stands before the value of a property. icalendar takes minutes for a file of nothing else."""


def events(text: str) -> Iterator[str]:
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
        elif event is not None and not depth and name in NEEDED and (name not in event or name in SEVERAL):
            name = f"{name} {len(event)}" if name in SEVERAL else name
            if len(event) < MOST:
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
