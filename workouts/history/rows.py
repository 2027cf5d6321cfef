"""Rows before and after: what the history stores, an import previews, and undoing turns round."""

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from workouts.models import ArchivedSelection, Preferences, WeekTarget, Workout, WorkoutSelection

Values = Mapping[str, Any]
Key = int | str

CHUNK = 5_000
"""Keys in one statement: SQLite takes 32 766 at most."""

NO_SELECTION: Values = {
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

    `table` is a key of TABLES. `key` identifies the row by that table's key column; it is None where the database is
    yet to give one, and for a selection of a workout that was added just before it. Values are as JSON has them: dates
    and times in ISO 8601.
    """

    table: str
    key: Key | None
    before: Values | None
    after: Values | None

    @classmethod
    def recorded(cls, row: Mapping[str, Any]) -> "RowChange":
        """As the history has it. PostgreSQL's JSON gives 1e300 back as an integer, which equals no float."""
        change, table = cls(**row), TABLES[row["table"]]
        return replace(change, before=table.normal(change.before), after=table.normal(change.after))

    def reversed(self) -> "RowChange":
        """The row change that takes this one back."""
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True)
class Table:
    """A table whose rows the history writes: the column that identifies a row, and those that a row change may carry.

    Columns of `bookkeeping` are carried too, so that a row comes back as it was; whether it is stale is judged without
    them.
    """

    model: type[models.Model]
    key: str
    columns: tuple[str, ...]
    bookkeeping: tuple[str, ...] = ()

    def all(self) -> models.QuerySet[Any]:
        return self.model._default_manager.all()

    def having(self, keys: Collection[Any]) -> Iterator[models.QuerySet[Any]]:
        """The rows with these keys, in the order of the keys, as many at a time as one statement takes."""
        ordered = sorted(keys)
        for start in range(0, len(ordered), CHUNK):
            keys = ordered[start : start + CHUNK]
            # A client may ask for one that is beyond the column: of `exact` Django knows that no row has it.
            yield self.all().filter(**({f"{self.key}__in": keys} if len(keys) > 1 else {self.key: keys[0]}))

    def key_of(self, row: models.Model) -> Key:
        key: Key = to_json(getattr(row, self.key))
        return key

    def values_of(self, row: models.Model) -> dict[str, Any]:
        """The columns that a row change may carry, as JSON has them."""
        return {name: to_json(getattr(row, name)) for name in self.columns}

    def from_json(self, values: Values) -> dict[str, Any]:
        """The same values as the model's fields have them."""
        fields = {field.attname: field for field in self.model._meta.concrete_fields}
        return {name: fields[name].to_python(value) for name, value in values.items()}

    def normal(self, values: Values | None) -> Values | None:
        """Values that JSON gave back, as `values_of` gives them."""
        return values and {name: to_json(value) for name, value in self.from_json(values).items()}

    def holds(self, values: Values, expected: Values) -> bool:
        """Whether `values` are as `expected` says, apart from the bookkeeping."""
        return all(values[name] == value for name, value in expected.items() if name not in self.bookkeeping)


def _columns(model: type[models.Model], *without: str) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in without)


TABLES = {
    "workout": Table(Workout, "id", _columns(Workout, "id", "modified_at")),
    "selection": Table(
        WorkoutSelection, "workout_id", _columns(WorkoutSelection, "workout_id"), bookkeeping=("id", "updated_at")
    ),
    "target": Table(WeekTarget, "week", _columns(WeekTarget, "week"), bookkeeping=("id",)),
    "preferences": Table(Preferences, "id", _columns(Preferences, "id")),
    "archived": Table(ArchivedSelection, "id", _columns(ArchivedSelection, "id")),
}
"""In the order in which rows are locked."""


def to_json(value: Any) -> Any:
    """Days, times of day and moments in ISO 8601; any other value as it is."""
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value
