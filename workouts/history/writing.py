"""Writes rows to the database, in bulk where consecutive rows are of one kind."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.db.models import Model

from workouts.history.rows import TABLES, Key, RowChange, Table, Values
from workouts.models import WorkoutSelection
from workouts.models.statements import Statement, send, update

INSERTED_AT_ONCE = 1_000
Writer = Callable[[Table, Sequence[RowChange]], Iterable[RowChange]]


def write(rows: Iterable[RowChange]) -> tuple[list[RowChange], list[Statement]]:
    """Writes the rows in their order, but for the updates at the end, whose statements are left to be sent.

    Returns the rows as written, inserted ones with their keys and the database's defaults, and these statements. Must
    be called in the transaction that locked the rows.
    """
    written, updates, added = list[RowChange](), list[Statement](), None
    for _, group in groupby(rows, key=_kind):
        batch = [_of_workout(row, added) for row in group]
        table, writer = TABLES[batch[0].table], _writer(batch[0])
        if writer is None:
            updates += [_update(table, row) for row in batch]
            written += batch
            continue
        send(*updates)
        updates.clear()
        for row in writer(table, batch):
            added = row.key if row.table == "workout" else added
            written.append(row)
    return written, updates


def _of_workout(row: RowChange, added: Key | None) -> RowChange:
    return replace(row, key=added) if row.table == "selection" and row.key is None else row


def _kind(row: RowChange) -> Hashable:
    """Consecutive rows of one kind are written together."""
    writer = _writer(row)
    return row.table, writer, tuple(row.after or ()) if writer is _upsert else None


def _writer(row: RowChange) -> Writer | None:
    """None for an update."""
    if row.after is None:
        return _delete
    if row.before is not None:
        return None
    return _upsert if row.table == "selection" else _insert


def _delete(table: Table, rows: Sequence[RowChange]) -> Sequence[RowChange]:
    for found in table.having([row.key for row in rows if row.key is not None]):
        found.delete()
    return rows


def _update(table: Table, row: RowChange) -> Statement:
    return update(table.model, table.key, [row.key], table.from_json(row.after or {}))


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
