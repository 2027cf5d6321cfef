"""The bytes of a file as rows: encoding, delimiter, header and quotation marks of a TrainingPeaks export."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from workouts.uploads import MAX_BYTES

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
)
BY_NAME = {name.lower(): name for name in COLUMNS}
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
MARKS = "Its quotation marks do not pair."
TOO_LONG = "It has more cells than the header: a text with the delimiter in it needs quotation marks."


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


def read(content: bytes) -> Iterator[Row]:
    """The rows below the header that are not blank. Raises NotImportable."""
    if len(content) > MAX_BYTES:
        raise NotImportable(f"The file is larger than {MAX_BYTES // 1024**2} MB. Export fewer weeks at a time.")
    text = decode(content)
    if not text.strip():
        raise NotImportable("The file is empty.")
    lines = io.StringIO(text, newline="").readlines()
    records = _records(lines, _delimiter(next(line for line in lines if line.strip())))
    header = next((cells for _, cells in records if cells is None or any(cells)), None) or []
    positions = _positions(header)
    missing = [name for name in REQUIRED if name not in positions]
    if missing:
        raise NotImportable(_refusal(content, text, header, missing))
    return _rows(records, positions, len(header))


def decode(content: bytes) -> str:
    """UTF-8, UTF-16 with a byte order mark, else Windows-1252, else Latin-1, in which every byte has a meaning."""
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig", errors="replace")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    for encoding in ("utf-8", "cp1252"):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    return content.decode("latin-1")


def _records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each record with its number; None where quotation marks do not pair.

    Reading then goes on at the next line, so that a quotation mark that is never closed costs its own row and not the
    rest of the file.
    """
    number = position = 0
    while position < len(lines):
        start = position
        reader = csv.reader((lines[n] for n in range(start, len(lines))), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                number += 1
                position = start + reader.line_num
                yield number, cells
        except csv.Error:
            number += 1
            position += 1
            yield number, None


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=lambda delimiter: len(_positions(header.split(delimiter))))


def _positions(header: Sequence[str]) -> dict[str, int]:
    """Where each of our columns is; the first of a name counts."""
    found: dict[str, int] = {}
    for position, name in enumerate(header):
        if column := BY_NAME.get(name.strip(' \t\r\n"').lower()):
            found.setdefault(column, position)
    return found


def _rows(records: Iterator[tuple[int, list[str] | None]], positions: dict[str, int], width: int) -> Iterator[Row]:
    for number, cells in records:
        if cells is None:
            yield Row(number, fault=MARKS)
        elif any(cell.strip() for cell in cells[width:]):
            yield Row(number, fault=TOO_LONG)
        elif any(cell.strip() for cell in cells):
            padded = cells + [""] * (width - len(cells))
            yield Row(number, {column: padded[position] for column, position in positions.items()})


def _refusal(content: bytes, text: str, header: Sequence[str], missing: Sequence[str]) -> str:
    if content.startswith(b"PK\x03\x04"):
        return "This is a zip archive or an Excel workbook. Unpack it or save it as CSV, and import that."
    if CONTROL.search(text[:1000]):
        return "This is not a text file. Import the CSV file of a TrainingPeaks export."
    found = ", ".join(name.strip()[:40] for name in header[:20])
    return f"This is not a TrainingPeaks export: it has no column {', '.join(missing)}; found columns {found}."
