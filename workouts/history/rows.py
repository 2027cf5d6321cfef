"""Row changes: what the history stores, an import previews, and undoing reverses."""

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from workouts.models import ArchivedSelection, Availability, Preferences, WeekTarget, Workout, WorkoutSelection

Values = Mapping[str, Any]
Key = int | str

CHUNK = 5_000
"""Keys in one statement; SQLite allows 32,766 parameters."""

NO_SELECTION: Values = {
    "is_selected": True,
    "current_plan_day": None,
    "time_of_day": None,
    "workout_location": None,
    "user_notes": None,
}
"""The selection columns of a workout that has no selection: it is done as planned."""


@dataclass(frozen=True)
class RowChange:
    """One row before and after: the values of the columns that change, None if the row does not exist.

    `table` is a key of TABLES. `key` is the value of that table's key column. It is None until the database assigns
    one, and for the selection of a workout that is added just before it. Values are JSON values: dates and times are in
    ISO 8601.
    """

    table: str
    key: Key | None
    before: Values | None
    after: Values | None

    @classmethod
    def recorded(cls, row: Mapping[str, Any]) -> "RowChange":
        """A row change from the history. PostgreSQL's JSON returns 1e300 as an integer, which equals no float."""
        change, table = cls(**row), TABLES[row["table"]]
        return replace(change, before=table.normal(change.before), after=table.normal(change.after))

    def reversed(self) -> "RowChange":
        """The row change that undoes this one."""
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True)
class Table:
    """A table whose rows the history writes: its key column, and the columns that a row change may have.

    The `bookkeeping` columns are recorded too, so that a row is restored as it was. They do not make a row stale.
    """

    model: type[models.Model]
    key: str
    columns: tuple[str, ...]
    bookkeeping: tuple[str, ...] = ()

    def all(self) -> models.QuerySet[Any]:
        return self.model._default_manager.all()

    def having(self, keys: Collection[Any]) -> Iterator[models.QuerySet[Any]]:
        """The rows with these keys, in querysets of at most CHUNK keys, in the order of the keys."""
        for some in in_chunks(keys):
            # A client may send a key that is out of the column's range. Django handles that in `exact` only.
            yield self.all().filter(**({f"{self.key}__in": some} if len(some) > 1 else {self.key: some[0]}))

    def key_of(self, row: models.Model) -> Key:
        key: Key = to_json(getattr(row, self.key))
        return key

    def values_of(self, row: models.Model) -> dict[str, Any]:
        """The columns that a row change may have, as JSON values."""
        return {name: to_json(getattr(row, name)) for name in self.columns}

    def from_json(self, values: Values) -> dict[str, Any]:
        """JSON values converted to those of the model's fields."""
        fields = {field.attname: field for field in self.model._meta.concrete_fields}
        return {name: fields[name].to_python(value) for name, value in values.items()}

    def normal(self, values: Values | None) -> Values | None:
        """Values that were stored as JSON, as `values_of` returns them."""
        return values and {name: to_json(value) for name, value in self.from_json(values).items()}

    def holds(self, values: Values, expected: Values) -> bool:
        """Whether `values` equal `expected` in the columns of `expected`, without the bookkeeping columns."""
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
    "availability": Table(Availability, "id", _columns(Availability, "id")),
    "archived": Table(ArchivedSelection, "id", _columns(ArchivedSelection, "id")),
}
"""In the order in which rows are locked."""


def in_chunks(keys: Collection[Any]) -> Iterator[Sequence[Any]]:
    """The keys in their order, at most CHUNK at once."""
    ordered = sorted(keys)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def to_json(value: Any) -> Any:
    """Dates, times and datetimes in ISO 8601; any other value unchanged."""
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value
