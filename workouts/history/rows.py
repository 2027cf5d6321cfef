"""Rows before and after: what the history stores, an import previews, and undoing turns round."""

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from workouts.models import ArchivedSelection, Choice, Preferences, WeekTarget, Workout, WorkoutSelection

Values = Mapping[str, Any]
Key = int | str
State = Mapping[tuple[str, Key | None], Values]
"""The rows that there are, by table and key."""

CHUNK = 5_000
"""Keys in one statement: SQLite takes 32 766 at most."""

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

    `table` is a key of TABLES. `key` identifies the row by that table's key column; it is None where the database is
    yet to give one. Values are as JSON has them: dates and times in ISO 8601.
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
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True)
class Table:
    model: type[models.Model]
    key: str
    columns: tuple[str, ...]

    def all(self) -> models.QuerySet[Any]:
        return self.model._default_manager.all()

    def having(self, keys: Collection[Any]) -> Iterator[models.QuerySet[Any]]:
        """The rows with these keys, in the order of the keys, as many at a time as one statement takes."""
        ordered = sorted(keys)
        for start in range(0, len(ordered), CHUNK):
            yield self.all().filter(**{f"{self.key}__in": ordered[start : start + CHUNK]})

    def key_of(self, row: models.Model) -> Key:
        key: Key = to_json(getattr(row, self.key))
        return key

    def values_of(self, row: models.Model) -> dict[str, Any]:
        """The columns that a change may carry, as JSON has them."""
        return {name: to_json(getattr(row, name)) for name in self.columns}

    def from_json(self, values: Values) -> dict[str, Any]:
        fields = {field.attname: field for field in self.model._meta.concrete_fields}
        return {name: fields[name].to_python(value) for name, value in values.items()}

    def normal(self, values: Values | None) -> Values | None:
        """Values that JSON gave back, as `values_of` gives them."""
        return values and {name: to_json(value) for name, value in self.from_json(values).items()}


def _columns(model: type[models.Model], *without: str) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in without)


TABLES = {
    "workout": Table(Workout, "id", _columns(Workout, "id", "modified_at")),
    "selection": Table(WorkoutSelection, "workout_id", _columns(Choice)),
    "target": Table(WeekTarget, "week", _columns(WeekTarget, "id", "week")),
    "preferences": Table(Preferences, "id", _columns(Preferences, "id")),
    "archived": Table(ArchivedSelection, "id", _columns(ArchivedSelection, "id")),
}


def settle(rows: Iterable[RowChange], state: State) -> tuple[list[RowChange], list[RowChange]]:
    """What to write, and which of it is stale: not as its `before` says when its turn comes. Writes nothing.

    A row that goes is recorded whole: what is to be undone may be older than some of its columns. The selection of a
    workout that goes is made to go before it, so that it is recorded and comes back with it.
    """
    now, settled, stale = dict(state), list[RowChange](), list[RowChange]()

    def take(row: RowChange) -> None:
        if not _matches(row, now):
            stale.append(row)
        elif row.after is None:
            row = replace(row, before=now[row.table, row.key])
        settled.append(row)
        if row.key is None:
            return
        if row.after is None:
            now.pop((row.table, row.key), None)
        else:
            missing = NO_CHOICE if row.table == "selection" else None
            standing = now.get((row.table, row.key), missing)
            now[row.table, row.key] = {**standing, **row.after} if standing else row.after

    for row in rows:
        overlay = now.get(("selection", row.key))
        if row.table == "workout" and row.after is None and overlay is not None:
            take(RowChange("selection", row.key, overlay, None))
        take(row)
    return settled, stale


def _matches(row: RowChange, state: State) -> bool:
    values = state.get((row.table, row.key))
    if row.table == "selection" and row.after is not None:
        # A selection that changes nothing of the plan is as good as none.
        return ("workout", row.key) in state and _holds(values or NO_CHOICE, row.before or NO_CHOICE)
    if row.before is None or values is None:
        return row.before is values
    return _holds(values, row.before)


def _holds(values: Values, expected: Values) -> bool:
    return all(values[name] == value for name, value in expected.items())


def to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value
