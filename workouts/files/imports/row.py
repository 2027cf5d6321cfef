"""One row of a plan, with TrainingPeaks' columns, as a planned workout, or the reason why it is skipped."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workouts.files.imports import cells
from workouts.files.imports.cells import CHOSEN, DONE, LARGEST, LOAD, PLANNED, TEXTS, BadRow
from workouts.files.imports.numbers import decimal_mark
from workouts.files.imports.plan_table import Row
from workouts.files.imports.unusual import unusual
from workouts.history import Values
from workouts.models import ACTUAL, WorkoutType
from workouts.values import bounds

PLAN = {*PLANNED.values(), "workout_description"}
"""Columns that only a planned workout has. Comments are not among them: recorded activities have them too."""

Skipped = dict[str, Any]
"""The `row` number and the `reason`, as in the result of an import."""


@dataclass(frozen=True, slots=True)
class PlannedWorkout:
    """The workout in one row of a file. `number` is the row number.

    `content` has the columns of Workout that are in the file, None if the cell is empty. It has the actual columns only
    if the row has any figure of what was done. `recorded`: the workout was done, and the row has no plan for it.
    `selection` has the columns of WorkoutSelection that a new workout gets.
    """

    number: int
    day: datetime.date
    workout_type: str
    title: str
    content: Values
    recorded: bool = False
    selection: Values = field(default_factory=dict)

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
        """The columns with an unusual value."""
        return unusual(self.workout_type, self.values())


def read_rows(rows: Iterable[Row]) -> tuple[list[PlannedWorkout], list[Skipped]]:
    """The workouts, and the skipped rows. Iterates over `rows` twice. Raises NotImportable."""
    workouts: list[PlannedWorkout] = []
    skipped: list[Skipped] = []
    mark = mark_of(rows)
    for row in rows:
        try:
            workouts.append(read_row(row, mark))
        except BadRow as error:
            skipped.append({"row": row.number, "reason": str(error)})
    return workouts, skipped


def mark_of(rows: Iterable[Row]) -> str | None:
    """The decimal mark of the file, None if it is unclear or the file uses both."""
    return decimal_mark((cell, LARGEST[name]) for row in rows for name, cell in row.cells.items() if name in LARGEST)


def read_row(row: Row, mark: str | None = None) -> PlannedWorkout:
    """The workout of a row. `mark` is the decimal mark of numbers that can be read in two ways. Raises BadRow."""
    if row.fault:
        raise BadRow(row.fault)
    cells.check_storable(row.cells)
    workout_type = _type(row)
    numbers = {name: cells.number(row.cells, name, mark) for name in LARGEST if name in row.cells}
    texts = {column: cells.long_text(row.cells, name) for name, column in TEXTS.items() if name in row.cells}
    planned = {**texts, **_named(PLANNED, numbers)}
    done = any(numbers.get(name) for name in DONE)
    return PlannedWorkout(
        number=row.number,
        day=cells.day(row.cells),
        workout_type=workout_type,
        title=cells.short_text(row.cells, "Title") or workout_type,
        content={**planned, **(_actual(numbers) if done else _named(LOAD, numbers))},
        recorded=done and not any(planned[name] for name in PLAN & planned.keys()),
        selection={} if done else _chosen(row.cells),
    )


def read_names(row: Row) -> list[PlannedWorkout]:
    """Day, type and title of a row that cannot be read; several if it has too many cells, none if these fail too."""
    found = (_name(Row(row.number, named)) for named in (row.cells, *row.names))
    return [name for name in found if name]


def _name(row: Row) -> PlannedWorkout | None:
    try:
        workout_type = _type(row)
        title = cells.short_text(row.cells, "Title") or workout_type
        return PlannedWorkout(row.number, cells.day(row.cells), workout_type, title, {})
    except (BadRow, KeyError):  # a row that could not be split has no cells
        return None


def _type(row: Row) -> str:
    return cells.short_text(row.cells, "WorkoutType") or WorkoutType.OTHER.value


def _named(columns: Mapping[str, str], numbers: Mapping[str, float | None]) -> Values:
    """The values of these columns, by the names of Workout's columns."""
    return {column: numbers[name] for name, column in columns.items() if name in numbers}


def _chosen(given: Mapping[str, str]) -> Values:
    return {column: cells.short_text(given, name) for name, column in CHOSEN.items() if given.get(name, "").strip()}


def _actual(numbers: Mapping[str, float | None]) -> Values:
    """What was done. A missing TSS is hours times IF² times 100: by definition, one hour at an IF of 1 is 100."""
    hours, intensity, tss = (numbers.get(name) for name in ("TimeTotalInHours", "IF", "TSS"))
    if tss is None and hours and intensity:
        numbers = {**numbers, "TSS": min(hours * intensity**2 * 100, bounds.TSS)}
    return _named({**DONE, "IF": "actual_intensity_factor", "TSS": "actual_tss"}, numbers)
