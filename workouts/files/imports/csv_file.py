"""The bytes of a file as rows: archive, encoding, delimiter, header and quotation marks of a TrainingPeaks export."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile

from workouts.files import csv_rows
from workouts.files.csv_rows import RowTooLong
from workouts.files.imports.archive import NotUnpacked, unpack
from workouts.files.imports.encoding import decode
from workouts.files.kinds import described
from workouts.files.uploads import MAX_BYTES
from workouts.values import limits

DELIMITERS = ",;\t"
REQUIRED = ("Title", "WorkoutType", "WorkoutDay")
COLUMNS = (
    *REQUIRED,
    "WorkoutDescription",
    "PlannedDuration",
    "PlannedDistanceInMeters",
    "CoachComments",
    "IF",
    "TSS",
    "TimeTotalInHours",
    "DistanceInMeters",
    "HeartRateAverage",
    "PowerAverage",
    "Rpe",
    "Feeling",
)
BY_NAME = {name.lower(): name for name in COLUMNS}
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
HINT = re.compile(r"""\s*"?sep=(?P<delimiter>\t|[^\w\s"'])"?[^\r\n]*(?:\r\n?|\n)""", re.IGNORECASE)
"""Excel's own first line, which is none of the table."""

MARKS = "Its quotation marks do not pair."
MOST_FAULTS = 100
"""Rows whose marks do not pair: each costs a look at all that follows it."""

TOO_MANY_CELLS = "It has more cells than the header: a text with the delimiter in it needs quotation marks."
TOO_LONG = f"It has more than {limits.ROW_CHARACTERS} characters."
HEADER = 10_000
"""Characters of a header that are looked at for the delimiter."""

PLEASE = "Import the CSV file of a TrainingPeaks export."


Record = tuple[int, list[str] | str]
"""Its number and its cells, or why it cannot be read."""


class NotImportable(Exception):
    """The file is no TrainingPeaks export. Nothing was written. The text is for the user."""


@dataclass(frozen=True)
class Row:
    """One row of the file.

    `number` is that of a spreadsheet: the header is 1, and a row whose texts have several lines counts once. `cells`
    has the columns that the file has, of those in COLUMNS. `fault` says why the row could not be read.
    """

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class Table:
    """A file whose header has the columns that are needed. `encoding` is its name for people."""

    text: str
    encoding: str
    delimiter: str
    positions: Mapping[str, int]
    width: int

    def __iter__(self) -> Iterator[Row]:
        """The rows below the header that are not blank. Raises NotImportable."""
        records = _records_from_header(self.text, self.delimiter)
        next(records)
        for number, cells in records:
            if number > limits.ROWS + 1:
                raise NotImportable(f"The file has more than {limits.ROWS} rows. Export fewer weeks at a time.")
            if isinstance(cells, str):
                yield Row(number, fault=cells)
            elif any(cell.strip() for cell in cells[self.width :]):
                yield Row(number, fault=TOO_MANY_CELLS)
            elif any(cell.strip() for cell in cells):
                padded = cells + [""] * (self.width - len(cells))
                yield Row(number, {column: padded[position] for column, position in self.positions.items()})


def read(content: bytes) -> Table:
    """Raises NotImportable."""
    try:
        content = unpack(content)
    except NotUnpacked as error:
        raise NotImportable(str(error)) from error
    if len(content) > MAX_BYTES:
        raise NotImportable(f"The file is larger than {MAX_BYTES // 1024**2} MB. Export fewer weeks at a time.")
    text, encoding = decode(content)
    if not text.strip():
        raise NotImportable("The file is empty.")
    hint = HINT.match(text)
    text = text[hint.end() :] if hint else text
    delimiter = _delimiter(text, (hint["delimiter"] if hint else "") + DELIMITERS)
    _, header = next(_records_from_header(text, delimiter), (0, MARKS))
    positions = {} if isinstance(header, str) else _positions(header)
    missing = [name for name in REQUIRED if name not in positions]
    if missing:
        raise NotImportable(_refusal(content, text, header, missing))
    return Table(text, encoding, delimiter, positions, len(header))


def _records_from_header(text: str, delimiter: str) -> Iterator[Record]:
    return dropwhile(lambda record: not any(record[1]), _records(text, delimiter))


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Each record with its number. After one that cannot be read reading goes on at the next line.

    So a quotation mark that is never closed costs its own row and not the rest of the file.
    """
    lines = io.StringIO(text, newline="")
    number = start = faults = 0
    while faults <= MOST_FAULTS:
        try:
            for cells in csv_rows.rows(iter(lines.readline, ""), delimiter):
                number, start = number + 1, lines.tell()
                yield number, cells
            return
        except csv.Error as error:
            number, faults = number + 1, faults + 1
            lines.seek(start)
            lines.readline()
            start = lines.tell()
            yield number, TOO_LONG if isinstance(error, RowTooLong) else MARKS
    raise NotImportable(f"More than {MOST_FAULTS} of its rows have quotation marks that do not pair. Export it again.")


def _delimiter(text: str, candidates: str) -> str:
    """The one that finds the most columns in the header."""
    header = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0][:HEADER]
    return max(candidates, key=lambda delimiter: len(_positions(header.split(delimiter))))


def _positions(header: Sequence[str]) -> dict[str, int]:
    """Where each of our columns is; the first of a name counts."""
    found: dict[str, int] = {}
    for position, name in enumerate(header):
        if column := BY_NAME.get(name.strip(' \t\r\n"').lower()):
            found.setdefault(column, position)
    return found


def _refusal(content: bytes, text: str, header: Sequence[str], missing: Sequence[str]) -> str:
    if kind := described(content):
        return f"{kind} {PLEASE}"
    if CONTROL.search(text[:1000]):
        return f"This is not a text file. {PLEASE}"
    if isinstance(header, str):
        return f"This is not a TrainingPeaks export: its first row cannot be read. {header}"
    if "originallyPlannedDay" in header:
        return "This is an export.csv of this planner. It can be restored; importing is for the coach's plan."
    found = ", ".join(name.strip()[:40] for name in header[:20])
    return f"This is not a TrainingPeaks export: it has no column {', '.join(missing)}; found columns {found}."
