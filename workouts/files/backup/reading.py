"""The bytes of an export as rows, or one sentence that says what is wrong and where.

A file is read as a stream and no further than to its first mistake, so whatever it holds, it costs little memory.
"""

import csv
import io
from typing import Any

from pydantic import ValidationError

from workouts.files import csv_rows, json_stream
from workouts.files.backup.contents import Backup
from workouts.files.backup.csv_file import NotReadable, read_rows
from workouts.files.backup.records import FORMAT, VERSION, Head
from workouts.files.json_stream import NotJson, TooLarge
from workouts.files.kinds import described
from workouts.files.uploads import MAX_BYTES
from workouts.values.limits import RECORDS

LONGEST_NAME = 100
"""Of what a file calls its fields, in a refusal."""


class NotRestorable(Exception):
    """The file is no whole export. Nothing was changed. The text is for the user."""


def read(content: bytes) -> Backup:
    """Raises NotRestorable."""
    if len(content) > MAX_BYTES:
        raise NotRestorable(f"The file is larger than {MAX_BYTES // 1024**2} MB.")
    if content.removeprefix(json_stream.BOM).lstrip().startswith(b"{"):
        return _read_json(content)
    return _read_csv(content)


def _read_json(content: bytes) -> Backup:
    try:
        _check_head(content)
        return _read_members(content)
    except NotJson as error:
        raise NotRestorable(f"The file is cut off or no JSON: {error}.") from error
    except TooLarge as error:
        raise NotRestorable(f"In {_place(error.name, error.number)}: more than any record holds.") from error


def _check_head(content: bytes) -> None:
    """Format and version are looked at first, wherever they stand."""
    found: dict[str, Any] = {}
    for name, number, value in json_stream.members(content):
        if name in Head.model_fields:
            found[name] = value
        if len(found) == len(Head.model_fields) or (number or 0) > RECORDS:
            break
    try:
        head = Head.model_validate(found, strict=True)
    except ValidationError as error:
        raise NotRestorable(_neither(content)) from error
    if head.format != FORMAT:
        raise NotRestorable(_neither(content))
    if head.version > VERSION:
        raise NotRestorable(
            f"The file is of version {head.version} of the format and this planner reads {VERSION}. "
            "Update the planner, then restore."
        )


def _read_members(content: bytes) -> Backup:
    backup, seen = Backup(exact=True), set[str]()
    for name, number, value in json_stream.members(content):
        try:
            if not number:
                _refuse_second(name, seen)
            backup.add(name, number, value)
        except ValueError as error:
            raise NotRestorable(_sentence(_place(name, number), error)) from error
    if "workout" not in backup.rows:
        raise NotRestorable("In workouts: Field required.")
    return backup


def _refuse_second(name: str, seen: set[str]) -> None:
    if name in seen:
        raise ValueError("It is there more than once")
    seen.add(name)


def _read_csv(content: bytes) -> Backup:
    table = csv_rows.rows(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=""))
    backup, number = Backup(exact=False), 1
    backup.add("workouts", 0, [])
    try:
        header = next(table, [])
        if {"Title", "WorkoutDay"} <= set(header):
            raise NotRestorable("This is a plan from TrainingPeaks. It can be imported; restoring is for exports.")
        if "originallyPlannedDay" not in header:
            raise NotRestorable(_neither(content))
        for number, workout in read_rows(header, table):
            backup.add("workouts", number - 1, workout)
    except UnicodeDecodeError:
        raise NotRestorable(f"{_neither(content)} Those are UTF-8 text.") from None
    except csv.Error as error:
        raise NotRestorable(f"The file is cut off or no CSV: {error}.") from error
    except NotReadable as error:
        raise NotRestorable(str(error)) from error
    except ValueError as error:
        raise NotRestorable(_sentence(f"row {number}", error)) from error
    return backup


def _neither(content: bytes) -> str:
    return f"{described(content)} It is neither an export.json nor an export.csv of this planner.".lstrip()


def _place(name: str, number: int | None) -> str:
    return f"{name[:LONGEST_NAME]} number {number}" if number else name[:LONGEST_NAME]


def _sentence(place: str, error: ValueError) -> str:
    """Such as `In workouts number 4, tss: Input should be a valid number.`"""
    if not isinstance(error, ValidationError):
        return f"In {place}: {error}."
    first = error.errors(include_url=False)[0]
    where = ", ".join([place, *(str(part)[:LONGEST_NAME] for part in first["loc"] if part != "[key]")])
    return f"In {where}: {first['msg'].removeprefix('Value error, ')}."
