"""Numbers as written by spreadsheets in any country. The decimal mark is determined from the whole file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

DECIMAL = re.compile(r"[0-9]+(?:(?P<mark>[.,])[0-9]*)?(?:e[+-]?[0-9]+)?|(?P<first>[.,])[0-9]+", re.IGNORECASE)
GROUPED = re.compile(
    r"[1-9][0-9]{0,2}(?P<separator>[.,'\u2019 \u00a0\u202f])[0-9]{3}(?:(?P=separator)[0-9]{3})*"
    r"(?:(?!(?P=separator))(?P<mark>[.,])[0-9]*)?"
)
OTHER = {".": ",", ",": "."}


@dataclass(frozen=True)
class Reading:
    """A number, and the decimal mark with which the text has this value; None if it has it with either."""

    value: float
    mark: str | None


def readings(text: str, most: float) -> list[Reading]:
    """The possible values of a text that are not more than `most`.

    There are two if three digits follow a single mark: `42,000` is 42 or 42000.
    """
    found = []
    if decimal := DECIMAL.fullmatch(text):
        found.append(Reading(float(text.replace(",", ".")), decimal["mark"] or decimal["first"]))
    if grouped := GROUPED.fullmatch(text):
        separator, mark = grouped["separator"], grouped["mark"]
        whole, _, fraction = text.replace(separator, "").partition(mark or OTHER.get(separator, "."))
        found.append(Reading(float(f"{whole}.{fraction}"), mark or OTHER.get(separator)))
    return [reading for reading in found if reading.value <= most]


def decimal_mark(cells: Iterable[tuple[str, float]]) -> str | None:
    """The decimal mark of all unambiguous numbers of a file; None if there are none or they differ.

    `cells` are texts, each with its maximum.
    """
    marks = {found[0].mark for found in (readings(text.strip(), most) for text, most in cells) if len(found) == 1}
    marks.discard(None)
    return marks.pop() if len(marks) == 1 else None
