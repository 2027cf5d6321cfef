"""Workouts with their selections as CSV, for a spreadsheet, and back.

An apostrophe keeps a spreadsheet from taking a text for a formula; reading takes it off again. NULL and an empty text
look the same.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, get_args

from workouts.files.backup.records import Record, SelectionRecord, WorkoutRecord

MARK = "'"
FORMULA = r"""[ "']*[=+\-@\uff1d\uff0b\uff0d\uff20]"""
BEGINS_CELL = rf"\A(?=[\t\r\n']|{FORMULA})|(?<=[;,\t\r\n])(?={FORMULA})"
"""Where a text would begin a formula: at its start, and after what begins another cell or row for a spreadsheet that
takes the commas of this file for text. The last four are the full-width forms."""

UNMARKED = re.compile(BEGINS_CELL)
MARKED = re.compile(BEGINS_CELL.replace("(?=", f"{MARK}(?="))
BOM = "\ufeff"
"""Excel reads UTF-8 only where a file begins with it."""

WORKOUT = list(WorkoutRecord.names().values())
SINCE_VERSION_2 = {
    name for column, name in WorkoutRecord.names().items() if not WorkoutRecord.model_fields[column].is_required()
}
SELECTION = {"selectionId": "id", **{name: name for name in SelectionRecord.names().values() if name != "id"}}
"""Column: name in the selection's record. The workout has an id as well."""


class NotReadable(Exception):
    """A column or a cell is missing. Says which and where."""


def write_rows(workouts: Iterable[dict[str, Any]]) -> Iterator[str]:
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


def read_rows(header: Sequence[str], table: Iterable[Sequence[str]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The number of each row, as a spreadsheet counts, and what a JSON export would hold. Raises NotReadable."""
    missing = [name for name in [*WORKOUT, *SELECTION] if name not in header and name not in SINCE_VERSION_2]
    if missing:
        raise NotReadable(f"The column {missing[0]} is missing.")
    for number, row in enumerate(table, start=2):
        if len(row) not in (0, len(header)):
            raise NotReadable(f"Row {number} has {len(row)} cells and the header {len(header)}.")
        if row:
            yield number, _workout(dict(zip(header, row, strict=True)))


def _workout(cells: dict[str, str]) -> dict[str, Any]:
    workout = {name: PARSE[name](cells[name]) for name in WORKOUT if name in cells}
    chosen = any(cells[name] for name in SELECTION)
    selection = {name: PARSE[column](cells[column]) for column, name in SELECTION.items()} if chosen else None
    return {**workout, "selection": selection}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return UNMARKED.sub(MARK, value)
    return "" if value is None else str(value)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _text(cell: str) -> str:
    return MARKED.sub("", cell)


def _number(kind: type[float]) -> Callable[[str], float | str]:
    """What is no number is left for the validation to refuse."""

    def parse(cell: str) -> float | str:
        try:
            return kind(cell)
        except ValueError:
            return cell

    return parse


def _truth(cell: str) -> bool | str:
    return {"true": True, "false": False}.get(cell.lower(), cell)


def _parsers(record: type[Record]) -> Iterator[tuple[str, Callable[[str], Any]]]:
    for column, name in record.names().items():
        kinds = list(_types(record.model_fields[column].annotation))
        parse = next((parser for kind, parser in KINDS.items() if kind in kinds), _text)
        yield name, _or_none(parse) if type(None) in kinds else parse


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _types(part)


def _or_none(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda cell: parse(cell) if cell else None


KINDS: dict[type, Callable[[str], Any]] = {bool: _truth, int: _number(int), float: _number(float)}
PARSE = {**dict(_parsers(SelectionRecord)), **dict(_parsers(WorkoutRecord))}
PARSE["selectionId"] = PARSE["id"]
