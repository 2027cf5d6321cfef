"""Workouts with their selections as CSV, for a spreadsheet. NULL and an empty text look the same."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from workouts.files.exports.records import SelectionRecord, WorkoutRecord

FORMULA = r"""[ "']*[=+\-@\uff1d\uff0b\uff0d\uff20]"""
BEGINS_FORMULA = re.compile(rf"\A(?=[\t\r\n]|{FORMULA})|(?<=[;,\t\r\n])(?={FORMULA})")
"""Where a text would begin a formula: at its start, and after a character that begins another cell or row in a
spreadsheet that does not split at commas. The last four characters of FORMULA are full-width forms."""

APOSTROPHE = "'"
"""Keeps a spreadsheet from reading what follows as a formula."""

BOM = "\ufeff"
"""Excel recognizes UTF-8 only by this mark at the start of the file."""

WORKOUT = list(WorkoutRecord.names().values())
SELECTION = {"selectionId": "id", **{name: name for name in SelectionRecord.names().values() if name != "id"}}
"""Names in the selection's record, by column. The workout has an `id` too, hence `selectionId`."""


def write_rows(workouts: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The parts of a CSV file: a header, and one row for each workout of the JSON export."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([BOM + WORKOUT[0], *WORKOUT[1:], *SELECTION])
    for workout in workouts:
        selection = workout["selection"] or {}
        writer.writerow(
            [_cell(workout[name]) for name in WORKOUT] + [_cell(selection.get(name)) for name in SELECTION.values()]
        )
        yield _drain(buffer)
    yield _drain(buffer)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return BEGINS_FORMULA.sub(APOSTROPHE, value)
    return "" if value is None else str(value)


def _drain(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
