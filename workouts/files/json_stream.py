"""Reads a JSON object member by member, so that a large file is never in memory as Python objects."""

import io
import re
from collections.abc import Iterator
from typing import Any

import ijson

from workouts.values.bounds import CHARACTERS

MOST_PARTS, MOST_CHARACTERS = 1_000, 2 * CHARACTERS
"""Limits of one value: its names, values and brackets, of which an exported record has fifty; and each of its texts."""

BOM = b"\xef\xbb\xbf"
LONE_SURROGATE = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)

Event = tuple[str, Any]


class NotJson(Exception):
    """The content is not a JSON object, or is truncated. The text is the parser's message."""


class TooLarge(Exception):
    """A value is larger than any that is expected."""

    def __init__(self, name: str, number: int | None) -> None:
        super().__init__(name, number)
        self.name, self.number = name, number


def members(content: bytes) -> Iterator[tuple[str, int | None, Any]]:
    """Yields name, None and value of each member. A list yields its name, 0 and [], then each item, numbered from 1.

    Raises NotJson, and TooLarge before a large value is in memory.
    """
    events = _events(content)
    if next(events)[0] != "start_map":
        raise NotJson("it is not an object")
    for event, name in events:
        if event == "end_map":
            break
        first = next(events)
        if first[0] != "start_array":
            yield name, None, _value(events, first, name, None)
            continue
        yield name, 0, []
        for number, item in enumerate(events, start=1):
            if item[0] == "end_array":
                break
            yield name, number, _value(events, item, name, number)
    for _ in events:
        pass  # the parser raises an error if anything follows the object


def names(content: bytes, most: int) -> list[str]:
    """The names of the first `most` members, as far as they can be read."""
    found: list[str] = []
    depth = 0
    try:
        for event, value in _events(content):
            depth += _step(event)
            if event == "map_key" and depth == 1:
                found.append(value)
            if len(found) == most:
                break
    except NotJson:
        pass
    return found


def _events(content: bytes) -> Iterator[Event]:
    file = io.BytesIO(content)
    file.seek(len(BOM) if content.startswith(BOM) else 0)
    try:
        if any(found["lone"] for found in LONE_SURROGATE.finditer(content)):
            raise NotJson("half of a surrogate pair is not a character")  # the parser would make it a question mark
        yield from ijson.basic_parse(file, use_float=True)
    except (ijson.JSONError, ValueError) as error:
        raise NotJson(re.split(r"\n|\\n", str(error).removeprefix("b'"))[0]) from error


def _value(events: Iterator[Event], first: Event, name: str, number: int | None) -> Any:
    builder, depth, (event, value) = ijson.ObjectBuilder(), 0, first
    for _ in range(MOST_PARTS):
        if isinstance(value, str) and len(value) > MOST_CHARACTERS:
            break
        builder.event(event, value)
        depth += _step(event)
        if not depth:
            return builder.value
        event, value = next(events)
    raise TooLarge(name, number)


def _step(event: str) -> int:
    return event.startswith("start_") - event.startswith("end_")
