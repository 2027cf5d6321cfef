"""One row of a TrainingPeaks export as a planned workout, or the reason why it is none."""

import datetime
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import Truncator

from workouts import limits
from workouts.imports.csv_file import Row
from workouts.imports.numbers import decimal_mark, readings
from workouts.imports.unusual import unusual
from workouts.models import Workout, WorkoutType
from workouts.rows import Values

TEXTS = {"WorkoutDescription": "workout_description", "CoachComments": "coach_comments"}
NUMBERS = {
    "PlannedDuration": "planned_duration",
    "PlannedDistanceInMeters": "planned_distance_meters",
    "IF": "intensity_factor",
    "TSS": "tss",
}
LARGEST = {
    "PlannedDuration": limits.HOURS,
    "PlannedDistanceInMeters": limits.METRES,
    "IF": limits.INTENSITY_FACTOR,
    "TSS": limits.TSS,
    "TimeTotalInHours": limits.HOURS,
}
LONGEST = {
    "Title": Workout._meta.get_field("title").max_length,
    "WorkoutType": Workout._meta.get_field("workout_type").max_length,
    **dict.fromkeys(TEXTS, limits.CHARACTERS),
}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].+)?")


class BadRow(Exception):
    """The row is skipped. The text says why."""


@dataclass(frozen=True)
class PlannedWorkout:
    """A workout as the file has it.

    `content` holds those of the columns of Workout that the file has, None where the cell is empty. `computed_tss` is
    from duration and intensity, for want of a TSS in the file.
    """

    row: int
    day: datetime.date
    workout_type: str
    title: str
    content: Values
    computed_tss: float | None = None

    def values(self) -> dict[str, object]:
        """The columns of a new workout."""
        return {
            "title": self.title,
            "workout_type": self.workout_type,
            "originally_planned_day": self.day.isoformat(),
            **self.content,
            **({} if self.computed_tss is None else {"tss": self.computed_tss}),
        }

    @property
    def unusual(self) -> frozenset[str]:
        """The columns with a value that is hardly ever meant."""
        return unusual(self.workout_type, self.values())


def mark_of(rows: Iterable[Row]) -> str | None:
    """The decimal mark of the file, None where it does not tell or has both."""
    return decimal_mark((cell, LARGEST[name]) for row in rows for name, cell in row.cells.items() if name in LARGEST)


def read_row(row: Row, mark: str | None = None) -> PlannedWorkout:
    """The workout, its numbers as they are with `mark` as the decimal mark where they could be two. Raises BadRow."""
    if row.fault:
        raise BadRow(row.fault)
    for name, cell in row.cells.items():
        if "\0" in cell:
            raise BadRow(f"{name} holds a NUL character.")
    workout_type = _short_text(row.cells, "WorkoutType") or WorkoutType.OTHER.value
    numbers = {name: _number(name, row.cells[name], mark) for name in LARGEST if name in row.cells}
    texts = {column: _text(row.cells, name) for name, column in TEXTS.items() if name in row.cells}
    return PlannedWorkout(
        row=row.number,
        day=_day(row.cells["WorkoutDay"].strip()),
        workout_type=workout_type,
        title=_short_text(row.cells, "Title") or workout_type,
        content={**texts, **{column: numbers[name] for name, column in NUMBERS.items() if name in numbers}},
        computed_tss=_computed_tss(numbers),
    )


def _computed_tss(numbers: Mapping[str, float | None]) -> float | None:
    """Hours times IF² times 100: one hour at an IF of 1 is 100 by the definition of TSS."""
    hours, intensity = numbers.get("TimeTotalInHours"), numbers.get("IF")
    if numbers.get("TSS") is not None or hours is None or intensity is None:
        return None
    return hours * intensity**2 * 100


def _short_text(cells: Mapping[str, str], name: str) -> str:
    text = cells[name].strip()
    _check_length(text, name)
    return text


def _text(cells: Mapping[str, str], name: str) -> str | None:
    """As it is, with line ends as databases and browsers have them."""
    text = cells[name].replace("\r\n", "\n").replace("\r", "\n")
    _check_length(text, name)
    return text if text.strip() else None


def _check_length(text: str, name: str) -> None:
    limit = LONGEST[name]
    if text != text[:limit]:
        raise BadRow(f"{name} is longer than {limit} characters.")


def _number(name: str, cell: str, mark: str | None) -> float | None:
    text, most = cell.strip(), LARGEST[name]
    if not text:
        return None
    if not readings(text.removeprefix("-"), math.inf):
        raise BadRow(f"{name} is {_quoted(text)}, which is not a number.")
    if text.startswith("-"):
        raise BadRow(f"{name} is {_quoted(text)}: it cannot be negative.")
    found = readings(text, most)
    if not found:
        raise BadRow(f"{name} is {_quoted(text)}: more than {most} cannot be right.")
    meant = [reading for reading in found if reading.mark == mark] if len(found) > 1 else found
    if not meant:
        raise BadRow(_ambiguous(name, text, [reading.value for reading in found]))
    return meant[0].value


def _ambiguous(name: str, text: str, values: Sequence[float]) -> str:
    small, large = (f"{value:g}" if value < 1_000 else f"{value:.0f}" for value in values)
    return (
        f"{name} is {_quoted(text)}, which can be {small} or {large}, and no other number of the file says which. "
        f"Write {small} or {large} in the file."
    )


def _day(text: str) -> datetime.date:
    try:
        day = datetime.datetime.fromisoformat(text).date() if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.year not in limits.YEARS:
        raise BadRow(f"WorkoutDay is {_quoted(text) if text else 'empty'}: a date such as 2026-11-23 is needed.")
    return day


def _quoted(text: str) -> str:
    return f"“{Truncator(text).chars(40)}”"
