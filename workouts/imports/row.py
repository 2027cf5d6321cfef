"""One row of a TrainingPeaks export as a planned workout, or the reason why it is none."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import Truncator

from workouts import limits
from workouts.imports.csv_file import Row
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
}
NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]*)?(?:e[+-]?[0-9]+)?|[.,][0-9]+", re.IGNORECASE)
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


def read_row(row: Row) -> PlannedWorkout:
    """Raises BadRow."""
    if row.fault:
        raise BadRow(row.fault)
    for name, cell in row.cells.items():
        if "\0" in cell:
            raise BadRow(f"{name} holds a NUL character.")
    workout_type = _short_text(row.cells, "WorkoutType") or WorkoutType.OTHER.value
    numbers = {name: _number(name, row.cells[name]) for name in LARGEST if name in row.cells}
    texts = {column: _text(row.cells[name]) for name, column in TEXTS.items() if name in row.cells}
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
    text, limit = cells[name].strip(), LONGEST[name]
    if text != text[:limit]:
        raise BadRow(f"{name} is longer than {limit} characters.")
    return text


def _text(cell: str) -> str | None:
    """As it is, with line ends as databases and browsers have them."""
    return cell.replace("\r\n", "\n").replace("\r", "\n") if cell.strip() else None


def _number(name: str, cell: str) -> float | None:
    text = cell.strip()
    if not text:
        return None
    if NUMBER.fullmatch(text.removeprefix("-")) is None:
        raise BadRow(f"{name} is {_quoted(text)}, which is not a number.")
    if text.startswith("-"):
        raise BadRow(f"{name} is {_quoted(text)}: it cannot be negative.")
    value = float(text.replace(",", "."))
    if value > LARGEST[name]:
        raise BadRow(f"{name} is {_quoted(text)}: more than {LARGEST[name]} cannot be right.")
    return value


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
