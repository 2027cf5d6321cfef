"""Writes rows to the database: many at a time where neighbours do the same."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from django.db.models import Model

from workouts.history.rows import TABLES, RowChange, Table, Values
from workouts.models import WorkoutSelection

INSERTED_AT_ONCE = 1_000
Writer = Callable[[Table, Sequence[RowChange]], Iterable[RowChange]]


def write(rows: Iterable[RowChange]) -> Iterator[RowChange]:
    """Yields the rows as written, in their order: inserted ones with their keys and all their values.

    To be called in a transaction, by whoever locked the rows.
    """
    for (name, writer), group in groupby(rows, key=lambda row: (row.table, _writer(row))):
        yield from writer(TABLES[name], list(group))


def _writer(row: RowChange) -> Writer:
    if row.after is None:
        return _delete
    if row.table == "selection":
        return _lay_over
    return _insert if row.before is None else _update


def _delete(table: Table, rows: Sequence[RowChange]) -> Sequence[RowChange]:
    for found in table.having([row.key for row in rows if row.key is not None]):
        found.delete()
    return rows


def _lay_over(table: Table, rows: Sequence[RowChange]) -> Sequence[RowChange]:
    for row in rows:
        WorkoutSelection.objects.upsert(int(row.key or 0), table.from_json(row.after or {}))
    return rows


def _update(table: Table, rows: Sequence[RowChange]) -> Sequence[RowChange]:
    for row in rows:
        table.all().filter(**{table.key: row.key}).update(**table.from_json(row.after or {}))
    return rows


def _insert(table: Table, rows: Sequence[RowChange]) -> Iterator[RowChange]:
    """So many at a time that the instances of a large change are never in memory together."""
    for start in range(0, len(rows), INSERTED_AT_ONCE):
        part = rows[start : start + INSERTED_AT_ONCE]
        instances = [_instance(table, row) for row in part]
        table.all().bulk_create(instances)
        for row, instance in zip(part, instances, strict=True):
            after = table.values_of(instance)
            yield replace(row, key=table.key_of(instance), after=row.after if row.after == after else after)


def _instance(table: Table, row: RowChange) -> Model:
    key: Values = {} if row.key is None else {table.key: row.key}
    return table.model(**key, **table.from_json(row.after or {}))
