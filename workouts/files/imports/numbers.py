"""Numbers as spreadsheets of any country write them. Which mark is the decimal one is the whole file's to say."""

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
    """A number, and the decimal mark with which the text means it; None where it means it with either."""

    value: float
    mark: str | None


def readings(text: str, most: float) -> list[Reading]:
    """What a text can mean that is no more than `most`.

    Two readings have three digits after a single mark: `42,000` is 42 or 42000.
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
    """The mark that every number of the file is written with that can be read in one way only; else None.

    `cells` are texts with the most that each can be.
    """
    marks = {found[0].mark for found in (readings(text.strip(), most) for text, most in cells) if len(found) == 1}
    marks.discard(None)
    return marks.pop() if len(marks) == 1 else None
