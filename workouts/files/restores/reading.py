"""Reads an export, or refuses it with one sentence that says what is wrong and where.

A file is read as a stream and only up to its first error, so that an invalid file takes little memory.
"""

from typing import Any

from pydantic import ValidationError

from workouts.files import json_stream
from workouts.files.exports.records import FORMAT, VERSION, Head
from workouts.files.json_stream import NotJson, TooLarge
from workouts.files.kinds import described
from workouts.files.restores.contents import Contents
from workouts.files.uploads import MAX_BYTES, TOO_LARGE
from workouts.values.bounds import ROWS

LONGEST_NAME = 100
"""How many characters of a field's name a refusal shows."""

NEEDED = "Restoring needs an export.json of this planner."


class NotRestorable(Exception):
    """The file is not a complete export. Nothing was changed. The text is for the user."""


def read(content: bytes) -> Contents:
    """The contents of an export.json. Raises NotRestorable."""
    if len(content) > MAX_BYTES:
        raise NotRestorable(TOO_LARGE)
    if not content.removeprefix(json_stream.BOM).lstrip().startswith(b"{"):
        raise NotRestorable(_no_export(content))
    try:
        _check_head(content)
        return _read_members(content)
    except NotJson as error:
        raise NotRestorable(f"The file is truncated or is not JSON: {error}.") from error
    except TooLarge as error:
        raise NotRestorable(f"In {_place(error.name, error.number)}: larger than any record can be.") from error


def _check_head(content: bytes) -> None:
    """Format and version are checked first, wherever they are in the file."""
    found: dict[str, Any] = {}
    for name, number, value in json_stream.members(content):
        if name in Head.model_fields:
            found[name] = value
        if len(found) == len(Head.model_fields) or (number or 0) > ROWS:
            break
    try:
        head = Head.model_validate(found, strict=True)
    except ValidationError as error:
        raise NotRestorable(_no_export(content)) from error
    if head.format != FORMAT:
        raise NotRestorable(_no_export(content))
    if head.version > VERSION:
        raise NotRestorable(
            f"The file has version {head.version} of the format, and this planner reads up to version {VERSION}. "
            "Update the planner, then restore."
        )


def _read_members(content: bytes) -> Contents:
    contents, seen = Contents(), set[str]()
    for name, number, value in json_stream.members(content):
        try:
            if not number:
                _refuse_second(name, seen)
            contents.add(name, number, value)
        except ValueError as error:
            raise NotRestorable(_sentence(_place(name, number), error)) from error
    if "workout" not in contents.rows:
        raise NotRestorable("In workouts: Field required.")
    return contents


def _refuse_second(name: str, seen: set[str]) -> None:
    if name in seen:
        raise ValueError("It appears more than once")
    seen.add(name)


def _no_export(content: bytes) -> str:
    return f"{described(content)} {NEEDED}".lstrip()


def _place(name: str, number: int | None) -> str:
    return f"{name[:LONGEST_NAME]} number {number}" if number else name[:LONGEST_NAME]


def _sentence(place: str, error: ValueError) -> str:
    """Such as `In workouts number 4, tss: Input should be a valid number.`"""
    if not isinstance(error, ValidationError):
        return f"In {place}: {error}."
    first = error.errors(include_url=False)[0]
    where = ", ".join([place, *(str(part)[:LONGEST_NAME] for part in first["loc"] if part != "[key]")])
    return f"In {where}: {first['msg'].removeprefix('Value error, ')}."
