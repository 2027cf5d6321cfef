"""A CSV file of workouts: its archive, encoding, delimiter, header and rows."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import dropwhile

from workouts.files.archive import NotUnpacked, Wanted, unpack
from workouts.files.exports.records import FORMAT
from workouts.files.imports.cells import BadRow
from workouts.files.imports.csv_formats import FORMATS, TRAININGPEAKS, CsvFormat
from workouts.files.imports.csv_rows import UNPAIRED, CellsOrFault, numbered_rows
from workouts.files.imports.encoding import decode
from workouts.files.imports.slashed_days import as_iso, day_comes_first
from workouts.files.kinds import described
from workouts.files.uploads import MAX_BYTES, TOO_LARGE, NotImportable
from workouts.values import bounds

DELIMITERS = ",;\t"
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
HINT = re.compile(r"""\s*"?sep=(?P<delimiter>\t|[^\w\s"'])"?[^\r\n]*(?:\r\n?|\n)""", re.IGNORECASE)
"""A line that Excel writes above the header."""

OWN = re.compile(rf'\s*\{{\s*"format"\s*:\s*"{FORMAT}"')
TOO_MANY_CELLS = "It has more cells than the header: a text with the delimiter in it needs quotation marks."
HEADER = 10_000
"""How many characters of the header are searched for the delimiter."""

PLEASE = "Import a CSV file of TrainingPeaks or intervals.icu, or a calendar (.ics)."
CSV = Wanted((".csv",), "CSV file", "CSV files", PLEASE, MAX_BYTES)


@dataclass(frozen=True)
class Row:
    """One row of the file.

    `number` is a spreadsheet's row number: the header is 1, and a row whose texts have several lines counts once.
    `cells` has those of TrainingPeaks' columns that are in the file. `fault` is the reason why it could not be read.
    `names` yields, once, what title, type and day may be in a row with too many cells.
    """

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    names: Iterable[dict[str, str]] = ()


@dataclass(frozen=True)
class PlanTable:
    """A file whose header has the columns that its format requires. `encoding` is the name of its encoding for people.

    `positions` are the indexes of the cells, by column; `width` is the number of cells of the header.
    """

    text: str
    encoding: str
    format: CsvFormat
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
                yield Row(number, fault=TOO_MANY_CELLS, names=self._names(cells))
            elif any(cell.strip() for cell in cells):
                padded = cells + [""] * (self.width - len(cells))
                named = {column: padded[position] for column, position in self.positions.items()}
                yield self._row(number, named, self._names(cells))

    def _names(self, cells: Sequence[str]) -> Iterator[dict[str, str]]:
        """Title, type and day, with the extra cells in one of them or in a text before, between or after them."""
        named = {name: self.positions[name] for name in self.format.required}
        extra = len(cells) - self.width
        if extra <= 0:
            return
        for broken in {*named.values(), *(position - 1 for position in named.values()), self.width - 1} - {-1}:
            whole = self.delimiter.join(cells[broken : broken + extra + 1])
            repaired = {
                name: whole if position == broken else cells[position + (extra if position > broken else 0)]
                for name, position in named.items()
            }
            yield self._translated(repaired)

    def _translated(self, cells: dict[str, str]) -> dict[str, str]:
        """TrainingPeaks' columns, with the day in ISO 8601 if the file shows which one it is. Raises BadRow."""
        translated = self.format.translate(cells)
        day = translated["WorkoutDay"]
        return translated | {"WorkoutDay": as_iso(day, day_first=self._day_first)} if "/" in day else translated

    @cached_property
    def _day_first(self) -> bool | None:
        place = self.positions.get("WorkoutDay", self.width)
        rows = _rows_from_header(self.text, self.delimiter)
        return day_comes_first(cells[place] for _, cells in rows if not isinstance(cells, str) and place < len(cells))

    def _row(self, number: int, cells: dict[str, str], names: Iterable[dict[str, str]]) -> Row:
        try:
            return Row(number, self._translated(cells), names=names)
        except BadRow as error:
            return Row(number, fault=str(error))


def read(content: bytes) -> PlanTable:
    """Reads the header of a file, CSV or ZIP. Raises NotImportable."""
    try:
        content = unpack(content, CSV)
    except NotUnpacked as error:
        raise NotImportable(str(error)) from error
    if len(content) > MAX_BYTES:
        raise NotImportable(f"{TOO_LARGE} Export fewer weeks at a time.")
    text, encoding = decode(content)
    if not text.strip():
        raise NotImportable("The file is empty.")
    hint = HINT.match(text)
    text = text[hint.end() :] if hint else text
    delimiter = _delimiter(text, (hint["delimiter"] if hint else "") + DELIMITERS)
    _, header = next(_rows_from_header(text, delimiter), (0, UNPAIRED))
    names = [] if isinstance(header, str) else header
    for known in FORMATS:
        positions = known.positions(names)
        if not known.missing(positions):
            return PlanTable(text, encoding, known, delimiter, positions, len(names))
    raise NotImportable(_refusal(content, text, header, TRAININGPEAKS.missing(TRAININGPEAKS.positions(names))))


def _rows_from_header(text: str, delimiter: str) -> Iterator[tuple[int, CellsOrFault]]:
    return dropwhile(lambda row: not any(row[1]), numbered_rows(text, delimiter))


def _delimiter(text: str, candidates: str) -> str:
    """The delimiter with which the header has the most columns that we know."""
    header = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0][:HEADER]
    return max(candidates, key=lambda delimiter: _known(header.split(delimiter)))


def _known(header: Sequence[str]) -> int:
    """How many of its columns are those of a format."""
    return max(len(known.positions(header)) for known in FORMATS)


def _refusal(content: bytes, text: str, header: CellsOrFault, missing: Sequence[str]) -> str:
    if OWN.match(text):
        return "This is an export.json of this planner. Restore it instead: Settings, “Your data”."
    if kind := described(content):
        return f"{kind} {PLEASE}"
    if CONTROL.search(text[:1000]):
        return f"This is not a text file. {PLEASE}"
    if isinstance(header, str):
        return f"This is not a TrainingPeaks export: its first row cannot be read. {header}"
    found = ", ".join(name.strip()[:40] for name in header[:20])
    return f"This is not a TrainingPeaks export: it has no column {', '.join(missing)}; found columns {found}."
