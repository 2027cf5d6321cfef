"""The rows of CSV text with their row numbers. Rows that are too long or cannot be read are replaced by the reason."""

import csv
import io
from collections.abc import Iterator

from workouts.files.uploads import NotImportable
from workouts.values.bounds import ROW_CHARACTERS

csv.field_size_limit(ROW_CHARACTERS)  # instead of 131072 characters, for the whole process

UNPAIRED = "Its quotation marks are not balanced."
TOO_LONG = f"It has more than {ROW_CHARACTERS} characters."
MOST_FAULTS = 100
"""Rows that cannot be read: for each of them the parser reads on, at worst to the end of the file."""

CellsOrFault = list[str] | str
"""The cells of a row, or why it cannot be read."""


class RowTooLong(csv.Error):
    """Raised before the row is split into cells."""


def numbered_rows(text: str, delimiter: str) -> Iterator[tuple[int, CellsOrFault]]:
    """Each row with its number, from 1. After a row that cannot be read, it continues at the next line.

    So a missing closing quotation mark loses one row and not the rest of the file. Raises NotImportable.
    """
    lines = io.StringIO(text, newline="")
    number = start = faults = 0
    while faults <= MOST_FAULTS:
        try:
            for cells in _rows(lines, delimiter):
                number, start = number + 1, lines.tell()
                yield number, cells
            return
        except csv.Error as error:
            number, faults = number + 1, faults + 1
            lines.seek(start)
            lines.readline()
            start = lines.tell()
            yield number, TOO_LONG if isinstance(error, RowTooLong) else UNPAIRED
    raise NotImportable(f"More than {MOST_FAULTS} of its rows have unbalanced quotation marks. Export it again.")


def _rows(lines: io.StringIO, delimiter: str) -> Iterator[list[str]]:
    """Reads only the lines that the next row needs. Raises csv.Error if quotation marks are not balanced."""
    length = 0

    def measured() -> Iterator[str]:
        nonlocal length
        for line in iter(lines.readline, ""):
            length += len(line)
            if length > ROW_CHARACTERS:
                raise RowTooLong
            yield line

    for cells in csv.reader(measured(), delimiter=delimiter, strict=True):
        length = 0
        yield cells
