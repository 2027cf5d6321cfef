"""Reads the cells of a row: texts, days and numbers within their bounds, or the reason why the row is skipped."""

import datetime
import math
import re
from collections.abc import Mapping, Sequence

from django.utils.text import Truncator

from workouts.files.imports.numbers import readings
from workouts.files.imports.slashed_days import in_two_ways
from workouts.values import bounds
from workouts.values.validation import iso_day, of_our_time, storable

TEXTS = {"WorkoutDescription": "workout_description", "CoachComments": "coach_comments"}
PLANNED = {"PlannedDuration": "planned_duration", "PlannedDistanceInMeters": "planned_distance_meters"}
LOAD = {"IF": "intensity_factor", "TSS": "tss"}
"""TrainingPeaks exports these for what was done. If nothing was done, they can only be the plan's."""

DONE = {
    "TimeTotalInHours": "actual_duration",
    "DistanceInMeters": "actual_distance_meters",
    "HeartRateAverage": "actual_heart_rate",
    "PowerAverage": "actual_power",
    "Rpe": "rpe",
    "Feeling": "feeling",
}
INCIDENTAL = frozenset({"HeartRateAverage", "PowerAverage", "Rpe", "Feeling"})
"""If one of these cannot be read, it is left out and the row is imported."""

LARGEST = {name: (bounds.PLANNED | bounds.ACTUAL)[column] for name, column in {**PLANNED, **LOAD, **DONE}.items()}
CHOSEN = {"TimeOfDay": "time_of_day", "Place": "workout_location"}
"""Of a new workout that is only planned: columns of its selection."""

LONGEST = {
    "Title": bounds.TITLE,
    "WorkoutType": bounds.TYPE,
    "TimeOfDay": bounds.TIME_OF_DAY,
    "Place": bounds.PLACE,
    **dict.fromkeys(TEXTS, bounds.CHARACTERS),
}


DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?: [0-9:]{4,8})?")


class BadRow(Exception):
    """The row is skipped. The text is the reason."""


def check_storable(cells: Mapping[str, str]) -> None:
    """Raises BadRow if a cell has a character that no database accepts."""
    for name, cell in cells.items():
        try:
            storable(cell)
        except ValueError as error:
            raise BadRow(f"{name}: {error}.") from error


def short_text(cells: Mapping[str, str], name: str) -> str:
    """The text without surrounding whitespace. Raises BadRow."""
    text = cells[name].strip()
    _check_length(text, name)
    return text


def long_text(cells: Mapping[str, str], name: str) -> str | None:
    """The text with newlines as line ends, None if it is blank. Raises BadRow."""
    text = cells[name].replace("\r\n", "\n").replace("\r", "\n")
    _check_length(text, name)
    return text if text.strip() else None


def day(cells: Mapping[str, str]) -> datetime.date:
    """The day for which the workout is planned: as in ISO 8601, or with dots, as Excel writes it in German.

    Raises BadRow, also for one with slashes that can be read in two ways.
    """
    text = cells["WorkoutDay"].strip()
    if days := in_two_ways(text):
        one, two = (f"{day:%-d %B}" for day in days)
        reason = f"which can be {one} or {two}, and no other day in the file shows which"
        raise BadRow(f"WorkoutDay is {_quoted(text)}, {reason}. Write {days[0]} or {days[1]} in the file.")
    dotted = DOTTED.fullmatch(text)
    try:
        return of_our_time(iso_day("{2}-{1:0>2}-{0:0>2}".format(*dotted.groups()) if dotted else text))
    except ValueError as error:
        raise BadRow(f"WorkoutDay is {_quoted(text) if text else 'empty'}. {error}.") from error


def number(cells: Mapping[str, str], name: str, mark: str | None) -> float | None:
    """The number in the cell. `mark` is the decimal mark if it can be read in two ways. Raises BadRow."""
    try:
        return _number(name, cells[name].strip(), mark)
    except BadRow:
        if name in INCIDENTAL:
            return None
        raise


def _number(name: str, text: str, mark: str | None) -> float | None:
    most = LARGEST[name]
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
        f"{name} is {_quoted(text)}, which can be {small} or {large}, and no other number in the file shows which. "
        f"Write {small} or {large} in the file."
    )


def _check_length(text: str, name: str) -> None:
    limit = LONGEST[name]
    if len(text) > limit:
        raise BadRow(f"{name} is longer than {limit} characters.")


def _quoted(text: str) -> str:
    return f"“{Truncator(text).chars(40)}”"
