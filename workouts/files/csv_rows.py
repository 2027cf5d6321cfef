"""The rows of CSV text, none of them longer than a row can be."""

import csv
from collections.abc import Iterable, Iterator

from workouts.values.limits import ROW_CHARACTERS

csv.field_size_limit(ROW_CHARACTERS)  # the default of 131072 characters; the limit is one for the whole process


class RowTooLong(csv.Error):
    """Raised before the cells of the row are made."""

    def __init__(self) -> None:
        super().__init__(f"a row is longer than {ROW_CHARACTERS} characters")


def rows(lines: Iterable[str], delimiter: str = ",") -> Iterator[list[str]]:
    """Takes as many lines as the next row needs. Raises csv.Error where quotation marks do not pair."""
    length = 0

    def measured() -> Iterator[str]:
        nonlocal length
        for line in lines:
            length += len(line)
            if length > ROW_CHARACTERS:
                raise RowTooLong
            yield line

    for cells in csv.reader(measured(), delimiter=delimiter, strict=True):
        length = 0
        yield cells
