"""Workouts with their selections as CSV, for a spreadsheet, and back.

A text that a spreadsheet would take for a formula gets an apostrophe in front, and so does one that has an apostrophe
there already; reading takes it off again. NULL and an empty text look the same.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

from workouts.backup.records import FORMAT, VERSION, Record, SelectionRecord, WorkoutRecord

MARK = "'"
MARKED = ("=", "+", "-", "@", "\t", "\r", MARK)
BOM = "\ufeff"
"""Excel reads UTF-8 only where a file begins with it."""

WORKOUT = list(WorkoutRecord.names().values())
SELECTION = {"selectionId": "id", **{name: name for name in SelectionRecord.names().values() if name != "id"}}
"""Column: name in the selection's record. The workout has an id as well."""


class NotReadable(Exception):
    """The text is no CSV, or has not our columns. Says what is wrong and where."""


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


def read_rows(text: str) -> dict[str, Any]:
    """The document that a JSON export of the same workouts would hold. Raises NotReadable."""
    header, rows = _table(text)
    missing = [name for name in [*WORKOUT, *SELECTION] if name not in header]
    if missing:
        raise NotReadable(f"The column {missing[0]} is missing.")
    workouts = [_workout(dict(zip(header, row, strict=True))) for row in rows]
    return {"format": FORMAT, "version": VERSION, "workouts": workouts}


def header_of(text: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline="")), [])


def _table(text: str) -> tuple[list[str], list[list[str]]]:
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise NotReadable(f"The file is cut off or no CSV: {error}.") from error
    for number, row in enumerate(rows, start=2):
        if len(row) not in (0, len(header)):
            raise NotReadable(f"Row {number} has {len(row)} cells and the header {len(header)}.")
    return header, [row for row in rows if row]


def _workout(cells: dict[str, str]) -> dict[str, Any]:
    workout = {name: PARSE[name](cells[name]) for name in WORKOUT}
    chosen = any(cells[name] for name in SELECTION)
    selection = {name: PARSE[column](cells[column]) for column, name in SELECTION.items()} if chosen else None
    return {**workout, "selection": selection}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return MARK + value if value.startswith(MARKED) else value
    return "" if value is None else str(value)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _text(cell: str) -> str:
    return cell[1:] if cell.startswith(MARK) and cell[1:].startswith(MARKED) else cell


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
        annotation = record.model_fields[column].annotation
        kinds = [annotation, *get_args(annotation)]
        parse = next((parser for kind, parser in KINDS.items() if kind in kinds), _text)
        yield name, _or_none(parse) if type(None) in kinds else parse


def _or_none(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda cell: parse(cell) if cell else None


KINDS: dict[type, Callable[[str], Any]] = {bool: _truth, int: _number(int), float: _number(float)}
PARSE = {**dict(_parsers(SelectionRecord)), **dict(_parsers(WorkoutRecord))}
PARSE["selectionId"] = PARSE["id"]
