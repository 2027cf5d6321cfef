"""Days with slashes, as Excel writes them: the whole file shows whether the day or the month comes first."""

import datetime
import re
from collections.abc import Iterable

TIME = r"(?: [0-9:]{4,8}(?: ?[AP]M)?)?"
SLASHED = re.compile(rf"([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{4}}){TIME}", re.IGNORECASE)
YEAR_FIRST = re.compile(rf"([0-9]{{4}})/([0-9]{{1,2}})/([0-9]{{1,2}}){TIME}", re.IGNORECASE)
MONTHS = 12


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """None if no day of the file shows it, or if they show both."""
    found = [(int(day[1]), int(day[2])) for day in map(SLASHED.fullmatch, map(str.strip, texts)) if day]
    day_first, month_first = any(one > MONTHS for one, _ in found), any(two > MONTHS for _, two in found)
    return None if day_first == month_first else day_first


def as_iso(text: str, *, day_first: bool | None) -> str:
    """The day in ISO 8601. Any other text is returned unchanged, and a day that can be read in two ways."""
    if year_first := YEAR_FIRST.fullmatch(text.strip()):
        year, month, day = year_first.groups()
    elif (found := SLASHED.fullmatch(text.strip())) and (day_first is not None or found[1] == found[2]):
        day, month, year = found.groups() if day_first else (found[2], found[1], found[3])
    else:
        return text
    return str(_date(year, month, day) or text)


def in_two_ways(text: str) -> list[datetime.date]:
    """The two days that a text can be, the day first and the month first. Otherwise none."""
    if not (found := SLASHED.fullmatch(text)):
        return []
    one, two, year = found.groups()
    days = [_date(year, two, one), _date(year, one, two)]
    return [day for day in days if day] if all(days) else []


def _date(year: str, month: str, day: str) -> datetime.date | None:
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None
