"""Writes rows to the database, in bulk where consecutive rows are of one kind."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.db.models import Model

from workouts.history.rows import TABLES, Key, RowChange, Table, Values
from workouts.models import WorkoutSelection
from workouts.models.statements import send, update

INSERTED_AT_ONCE = 1_000
Writer = Callable[[Table, Sequence[RowChange]], Iterable[RowChange]]


def write(rows: Iterable[RowChange]) -> Iterator[RowChange]:
    """Yields the rows as written, in their order: inserted rows with their keys and the database's defaults.

    Must be called in the transaction that locked the rows.
    """
    added: Key | None = None
    for _, group in groupby(rows, key=_kind):
        batch = [_of_workout(row, added) for row in group]
        for row in _writer(batch[0])(TABLES[batch[0].table], batch):
            if row.table == "workout":
                added = row.key
            yield row


def _of_workout(row: RowChange, added: Key | None) -> RowChange:
    return replace(row, key=added) if row.table == "selection" and row.key is None else row


def _kind(row: RowChange) -> Hashable:
    """Consecutive rows of one kind are written together."""
    writer = _writer(row)
    return row.table, writer, tuple(row.after or ()) if writer is _upsert else None


def _writer(row: RowChange) -> Writer:
    if row.after is None:
        return _delete
    if row.before is not None:
        return _update
    return _upsert if row.table == "selection" else _insert


def _delete(table: Table, rows: Sequence[RowChange]) -> Sequence[RowChange]:
    for found in table.having([row.key for row in rows if row.key is not None]):
        found.delete()
    return rows


def _update(table: Table, rows: Sequence[RowChange]) -> Sequence[RowChange]:
    for row in rows:
        send(update(table.model, table.key, [row.key], table.from_json(row.after or {})))
    return rows


def _insert(table: Table, rows: Sequence[RowChange]) -> Iterator[RowChange]:
    for part, instances in _in_parts(table, rows):
        table.all().bulk_create(instances)
        for row, instance in zip(part, instances, strict=True):
            after = table.values_of(instance)
            yield replace(row, key=table.key_of(instance), after=row.after if row.after == after else after)


def _upsert(table: Table, rows: Sequence[RowChange]) -> Iterator[RowChange]:
    """Inserts or updates selections, whose rows have the same columns. Other columns are as in NO_SELECTION."""
    columns = {*(rows[0].after or ())} - {"id"}
    for part, instances in _in_parts(table, rows):
        WorkoutSelection.objects.upsert(instances, columns)
        for row, instance in zip(part, instances, strict=True):
            yield replace(row, after={**(row.after or {}), "id": instance.pk})


def _in_parts(table: Table, rows: Sequence[RowChange]) -> Iterator[tuple[Sequence[RowChange], list[Any]]]:
    """In batches, so that the instances of a large change are not in memory all at once."""
    for start in range(0, len(rows), INSERTED_AT_ONCE):
        part = rows[start : start + INSERTED_AT_ONCE]
        yield part, [_instance(table, row) for row in part]


def _instance(table: Table, row: RowChange) -> Model:
    key: Values = {} if row.key is None else {table.key: row.key}
    return table.model(**table.from_json({**key, **(row.after or {})}))
