"""Workouts with their selections as CSV, for a spreadsheet. NULL and an empty text look the same."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from workouts.files.exports.records import SelectionRecord, WorkoutRecord

FORMULA = r"""[ "']*[=+\-@\uff1d\uff0b\uff0d\uff20]"""
BEGINS_FORMULA = re.compile(rf"\A(?=[\t\r\n]|{FORMULA})|(?<=[;,\t\r\n])(?={FORMULA})")
"""Where a text would begin a formula: at its start, and after what begins another cell or row for a spreadsheet that
takes the commas of this file for text. The last four are the full-width forms."""

APOSTROPHE = "'"
"""Keeps a spreadsheet from taking what follows for a formula."""

BOM = "\ufeff"
"""Excel reads UTF-8 only where a file begins with it."""

WORKOUT = list(WorkoutRecord.names().values())
SELECTION = {"selectionId": "id", **{name: name for name in SelectionRecord.names().values() if name != "id"}}
"""Column: name in the selection's record. The workout has an id as well."""


def write_rows(workouts: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The text of a CSV file, in parts: a header, and a row for each workout as the JSON export has it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([BOM + WORKOUT[0], *WORKOUT[1:], *SELECTION])
    for workout in workouts:
        selection = workout["selection"] or {}
        writer.writerow(
            [_cell(workout[name]) for name in WORKOUT] + [_cell(selection.get(name)) for name in SELECTION.values()]
        )
        yield _taken(buffer)
    yield _taken(buffer)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return BEGINS_FORMULA.sub(APOSTROPHE, value)
    return "" if value is None else str(value)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
