"""The bytes of an export as its validated contents, or one sentence that says what is wrong and where."""

import csv
import json
from dataclasses import dataclass

from pydantic import ValidationError

from workouts.backup.csv_file import NotReadable, header_of, read_rows
from workouts.backup.records import FORMAT, VERSION, Contents, Head
from workouts.uploads import MAX_BYTES

NEITHER = "This is neither an export.json nor an export.csv of this planner."


class NotRestorable(Exception):
    """The file is no whole export. Nothing was changed. The text is for the user."""


@dataclass(frozen=True)
class Backup:
    """`exact`: NULL and '' differ in the file. In CSV they do not."""

    contents: Contents
    exact: bool


def read(content: bytes) -> Backup:
    """Raises NotRestorable."""
    if len(content) > MAX_BYTES:
        raise NotRestorable(f"The file is larger than {MAX_BYTES // 1024**2} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotRestorable(f"{NEITHER} Those are UTF-8 text.") from None
    if text.lstrip().startswith("{"):
        return Backup(_read_json(text), exact=True)
    return Backup(_read_csv(text), exact=False)


def _read_json(text: str) -> Contents:
    try:
        head = Head.model_validate_json(text)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise NotRestorable(f"The file is cut off or no JSON: {_message(error)}.") from error
        raise NotRestorable(NEITHER) from error
    if head.format != FORMAT:
        raise NotRestorable(NEITHER)
    if head.version > VERSION:
        raise NotRestorable(
            f"The file is of version {head.version} of the format and this planner reads {VERSION}. "
            "Update the planner, then restore."
        )
    try:
        return Contents.model_validate_json(text)
    except ValidationError as error:
        raise NotRestorable(_sentence(error, "{} number {}", first=1)) from error


def _read_csv(text: str) -> Contents:
    try:
        header = header_of(text)
        if {"Title", "WorkoutDay"} <= set(header):
            raise NotRestorable("This is a plan from TrainingPeaks. It can be imported; restoring is for exports.")
        if "originallyPlannedDay" not in header:
            raise NotRestorable(NEITHER)
        return Contents.model_validate_json(json.dumps(read_rows(text)))
    except (csv.Error, NotReadable) as error:
        raise NotRestorable(str(error)) from error
    except ValidationError as error:
        raise NotRestorable(_sentence(error, "row {1}", first=2)) from error


def _sentence(error: ValidationError, entry: str, first: int) -> str:
    """Such as `In workouts number 4, tss: Input should be a valid number. 2 more places are wrong.`"""
    place = list(error.errors()[0]["loc"])
    if len(place) > 1 and isinstance(place[1], int):
        place[:2] = [entry.format(place[0], place[1] + first)]
    where = f"In {', '.join(str(part) for part in place)}: " if place else ""
    others = error.error_count() - 1
    more = f" {others} more {'place is' if others == 1 else 'places are'} wrong." if others else ""
    return f"{where}{_message(error)}.{more}"


def _message(error: ValidationError) -> str:
    message = str(error.errors()[0]["msg"])
    return message.removeprefix("Value error, ").removeprefix("Invalid JSON: ")
