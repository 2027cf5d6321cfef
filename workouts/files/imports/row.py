"""One row of a TrainingPeaks export as a planned workout, or the reason why it is none."""

import datetime
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import Truncator

from workouts.files.imports.csv_file import Row
from workouts.files.imports.numbers import decimal_mark, readings
from workouts.files.imports.unusual import unusual
from workouts.history import Values
from workouts.models import ACTUAL, Workout, WorkoutType
from workouts.values import limits

TEXTS = {"WorkoutDescription": "workout_description", "CoachComments": "coach_comments"}
PLANNED = {"PlannedDuration": "planned_duration", "PlannedDistanceInMeters": "planned_distance_meters"}
LOAD = {"IF": "intensity_factor", "TSS": "tss"}
"""TrainingPeaks exports these of what was done. Where nothing was done they can only be the plan's."""

DONE = {
    "TimeTotalInHours": "actual_duration",
    "DistanceInMeters": "actual_distance_meters",
    "HeartRateAverage": "actual_heart_rate",
    "PowerAverage": "actual_power",
    "Rpe": "rpe",
    "Feeling": "feeling",
}
BY_THE_WAY = frozenset({"HeartRateAverage", "PowerAverage", "Rpe", "Feeling"})
"""No row is lost for one of these that cannot be read."""

PLAN = {*PLANNED.values(), "workout_description"}
"""What only a planned workout has. Coaches comment on recorded activities too."""

LARGEST = {
    "PlannedDuration": limits.HOURS,
    "PlannedDistanceInMeters": limits.METRES,
    "IF": limits.INTENSITY_FACTOR,
    "TSS": limits.TSS,
    "TimeTotalInHours": limits.HOURS,
    "DistanceInMeters": limits.METRES,
    "HeartRateAverage": limits.HEART_RATE,
    "PowerAverage": limits.WATTS,
    "Rpe": limits.RATING,
    "Feeling": limits.RATING,
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

    `content` holds those of the columns of Workout that the file has, None where the cell is empty; what was done only
    where the row says that something was. `recorded`: it was done, and nothing says that it was planned.
    """

    row: int
    day: datetime.date
    workout_type: str
    title: str
    content: Values
    recorded: bool = False

    @property
    def done(self) -> bool:
        return any(name in self.content for name in ACTUAL)

    def values(self) -> dict[str, object]:
        """The columns of a new workout."""
        return {
            "title": self.title,
            "workout_type": self.workout_type,
            "originally_planned_day": self.day.isoformat(),
            "is_recorded": self.recorded,
            **self.content,
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
    numbers = {name: _figure(name, row.cells[name], mark) for name in LARGEST if name in row.cells}
    texts = {column: _text(row.cells, name) for name, column in TEXTS.items() if name in row.cells}
    planned = {**texts, **_named(PLANNED, numbers)}
    done = any(numbers.get(name) for name in DONE)
    return PlannedWorkout(
        row=row.number,
        day=_day(row.cells["WorkoutDay"].strip()),
        workout_type=workout_type,
        title=_short_text(row.cells, "Title") or workout_type,
        content={**planned, **(_actual(numbers) if done else _named(LOAD, numbers))},
        recorded=done and not any(planned[name] for name in PLAN & planned.keys()),
    )


def read_name(row: Row) -> PlannedWorkout | None:
    """What a row is about where the rest of it cannot be read, None where that cannot be read either."""
    try:
        workout_type = _short_text(row.cells, "WorkoutType") or WorkoutType.OTHER.value
        title = _short_text(row.cells, "Title") or workout_type
        return PlannedWorkout(row.number, _day(row.cells["WorkoutDay"].strip()), workout_type, title, {})
    except (BadRow, KeyError):  # what could not be split has no cells
        return None


def _named(columns: Mapping[str, str], numbers: Mapping[str, float | None]) -> Values:
    """What the file has of these columns, under the names of Workout's."""
    return {column: numbers[name] for name, column in columns.items() if name in numbers}


def _actual(numbers: Mapping[str, float | None]) -> Values:
    """What was done. Without a TSS it is hours times IF² times 100: one hour at an IF of 1 is 100 by its definition."""
    hours, intensity, tss = (numbers.get(name) for name in ("TimeTotalInHours", "IF", "TSS"))
    if tss is None and hours and intensity:
        numbers = {**numbers, "TSS": min(hours * intensity**2 * 100, limits.TSS)}
    return _named({**DONE, "IF": "actual_intensity_factor", "TSS": "actual_tss"}, numbers)


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


def _figure(name: str, cell: str, mark: str | None) -> float | None:
    try:
        return _number(name, cell, mark)
    except BadRow:
        if name in BY_THE_WAY:
            return None
        raise


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
