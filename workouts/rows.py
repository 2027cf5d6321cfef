"""Rows before and after: what the history stores, an import previews, and undoing turns round."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from workouts.models import Choice, WeekTarget, Workout, WorkoutSelection

Values = Mapping[str, Any]
Key = int | str

NO_CHOICE: Values = {
    "is_selected": True,
    "current_plan_day": None,
    "time_of_day": None,
    "workout_location": None,
    "user_notes": None,
}
"""What holds for a workout without a selection: the coach's plan."""


@dataclass(frozen=True)
class RowChange:
    """One row before and after: the values of the columns that change, None where there is no row.

    `table` is a key of TABLES. `key` identifies the row by that table's key column; it is None for a workout that is
    yet to be inserted. Values are as JSON has them: dates and times in ISO 8601.
    """

    table: str
    key: Key | None
    before: Values | None
    after: Values | None

    def reversed(self) -> "RowChange":
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True)
class Table:
    model: type[models.Model]
    key: str
    columns: tuple[str, ...]

    def all(self) -> models.QuerySet[Any]:
        return self.model._default_manager.all()

    def key_of(self, row: models.Model) -> Key:
        key: Key = to_json(getattr(row, self.key))
        return key

    def values_of(self, row: models.Model) -> dict[str, Any]:
        """The columns that a change may carry, as JSON has them."""
        return {name: to_json(getattr(row, name)) for name in self.columns}

    def from_json(self, values: Values) -> dict[str, Any]:
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        return {name: fields[name].to_python(value) for name, value in values.items()}


def _columns(model: type[models.Model], *without: str) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.concrete_fields if field.name not in without)


TABLES = {
    "workout": Table(Workout, "id", _columns(Workout, "id", "modified_at")),
    "selection": Table(WorkoutSelection, "workout_id", _columns(Choice)),
    "target": Table(WeekTarget, "week", _columns(WeekTarget, "id", "week")),
}


def removal(workout: Workout) -> list[RowChange]:
    """The rows that go when `workout` is deleted: the athlete's overlay first, then the workout itself."""
    rows = [RowChange("workout", workout.pk, TABLES["workout"].values_of(workout), None)]
    if workout.selection:
        rows.insert(0, RowChange("selection", workout.pk, TABLES["selection"].values_of(workout.selection), None))
    return rows


def to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value
