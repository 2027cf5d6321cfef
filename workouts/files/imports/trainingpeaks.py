"""A TrainingPeaks export: its archive, encoding, delimiter, header and rows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile

from workouts.files.archive import NotUnpacked, Wanted, unpack
from workouts.files.imports.csv_rows import UNPAIRED, CellsOrFault, numbered_rows
from workouts.files.imports.encoding import decode
from workouts.files.kinds import described
from workouts.files.uploads import MAX_BYTES, NotImportable
from workouts.values import bounds

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
"""A line that Excel writes above the header."""

TOO_MANY_CELLS = "It has more cells than the header: a text with the delimiter in it needs quotation marks."
HEADER = 10_000
"""How many characters of the header are searched for the delimiter."""

PLEASE = "Import the CSV file of a TrainingPeaks export."
CSV = Wanted((".csv",), "CSV file", PLEASE, MAX_BYTES)


@dataclass(frozen=True)
class Row:
    """One row of the file.

    `number` is a spreadsheet's row number: the header is 1, and a row whose texts have several lines counts once.
    `cells` has those of COLUMNS that are in the file. `fault` is the reason why the row could not be read.
    """

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class TrainingPeaksExport:
    """A file whose header has the required columns. `encoding` is the name of its encoding for people.

    `positions` are the indexes of the cells, by column; `width` is the number of cells of the header.
    """

    text: str
    encoding: str
    delimiter: str
    positions: Mapping[str, int]
    width: int

    def __iter__(self) -> Iterator[Row]:
        """The rows below the header that are not blank. Raises NotImportable."""
        rows = _rows_from_header(self.text, self.delimiter)
        next(rows)
        for number, cells in rows:
            if number > bounds.ROWS + 1:
                raise NotImportable(f"The file has more than {bounds.ROWS} rows. Export fewer weeks at a time.")
            if isinstance(cells, str):
                yield Row(number, fault=cells)
            elif any(cell.strip() for cell in cells[self.width :]):
                yield Row(number, fault=TOO_MANY_CELLS)
            elif any(cell.strip() for cell in cells):
                padded = cells + [""] * (self.width - len(cells))
                yield Row(number, {column: padded[position] for column, position in self.positions.items()})


def read(content: bytes) -> TrainingPeaksExport:
    """Reads the header of a file, CSV or ZIP. Raises NotImportable."""
    try:
        content = unpack(content, CSV)
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
    _, header = next(_rows_from_header(text, delimiter), (0, UNPAIRED))
    positions = {} if isinstance(header, str) else _positions(header)
    missing = [name for name in REQUIRED if name not in positions]
    if missing:
        raise NotImportable(_refusal(content, text, header, missing))
    return TrainingPeaksExport(text, encoding, delimiter, positions, len(header))


def _rows_from_header(text: str, delimiter: str) -> Iterator[tuple[int, CellsOrFault]]:
    return dropwhile(lambda row: not any(row[1]), numbered_rows(text, delimiter))


def _delimiter(text: str, candidates: str) -> str:
    """The delimiter with which the header has the most columns that we know."""
    header = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0][:HEADER]
    return max(candidates, key=lambda delimiter: len(_positions(header.split(delimiter))))


def _positions(header: Sequence[str]) -> dict[str, int]:
    """The index of each column that we know; of columns with the same name, the first."""
    found: dict[str, int] = {}
    for position, name in enumerate(header):
        if column := BY_NAME.get(name.strip(' \t\r\n"').lower()):
            found.setdefault(column, position)
    return found


def _refusal(content: bytes, text: str, header: CellsOrFault, missing: Sequence[str]) -> str:
    if kind := described(content):
        return f"{kind} {PLEASE}"
    if CONTROL.search(text[:1000]):
        return f"This is not a text file. {PLEASE}"
    if isinstance(header, str):
        return f"This is not a TrainingPeaks export: its first row cannot be read. {header}"
    found = ", ".join(name.strip()[:40] for name in header[:20])
    return f"This is not a TrainingPeaks export: it has no column {', '.join(missing)}; found columns {found}."
