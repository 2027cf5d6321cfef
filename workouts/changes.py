"""Every write of workouts, selections and targets is recorded with what stood before and after, so it can be undone.

Undoing applies the same rows the other way round, as a change of its own, which can be undone in turn. So nothing that
a person does here loses anything.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import models, transaction
from django.utils import timezone

from workouts.models import Change, Workout, WorkoutSelection
from workouts.rows import NO_CHOICE, TABLES, Key, RowChange, Table, Values

Author = User | AnonymousUser | None
Current = dict[tuple[str, Key | None], models.Model]
Writer = Callable[[Table, Sequence[RowChange]], Iterable[RowChange]]

NAMED = 5
"""Rows that an error names; an import may concern thousands."""

CHUNK = 5_000
"""Keys in one statement: SQLite takes 32 766 at most."""


class Stale(Exception):
    """What was to be changed is not as it was thought to be. Nothing was written. `names` says which rows."""

    def __init__(self, names: Sequence[str]) -> None:
        others = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        super().__init__(f"Changed since: {', '.join(names[:NAMED])}{others}. Nothing was written.")
        self.names = names


class AlreadyUndone(Exception):
    """The change was undone before. Nothing was written."""


@transaction.atomic
def apply(rows: Iterable[RowChange], summary: str, *, by: Author, undoes: Change | None = None) -> Change:
    """Writes all of `rows`, in their order, or none, and records them.

    Raises Stale where a row is not as its `before` says.
    """
    rows = list(rows)
    current = _lock(rows)
    inserted = {row.key for row in rows if row.table == "workout" and row.before is None}
    stale = [row for row in rows if not _matches(row, current, inserted)]
    if stale:
        raise Stale([_name(row, current) for row in stale])
    return record(_write(rows), summary, by=by, undoes=undoes)


def record(rows: Iterable[RowChange], summary: str, *, by: Author, undoes: Change | None = None) -> Change:
    """Notes in the history what was written. To be called in the transaction that wrote it."""
    limit = Change._meta.get_field("summary").max_length
    author = by if isinstance(by, User) else None
    return Change.objects.create(
        made_by=author, summary=summary[:limit], rows=[asdict(row) for row in rows], undoes=undoes
    )


@transaction.atomic
def undo(change_id: int, *, by: Author) -> Change:
    """Puts back what a change changed.

    A workout that it added goes, and with it what the athlete chose for it since; undoing the undo brings back both.
    Raises Change.DoesNotExist, AlreadyUndone, and Stale where a row was changed since.
    """
    change = Change.objects.select_for_update(no_key=True).get(pk=change_id)
    if change.undone:
        raise AlreadyUndone
    rows = [RowChange(**row).reversed() for row in reversed(change.rows)]
    return apply(_with_overlays(rows), f"Undone: {change.summary}", by=by, undoes=change)


def _with_overlays(rows: Sequence[RowChange]) -> list[RowChange]:
    """Adds, before each deletion of a workout, the deletion of the selection that was laid over it since."""
    named = {row.key for row in rows if row.table == "selection"}
    doomed = [row.key for row in rows if row.table == "workout" and row.after is None and row.key not in named]
    table = TABLES["selection"]
    overlays = [row for found in _having(table, doomed) for row in found.order_by("workout")]
    return [*(RowChange("selection", row.workout_id, table.values_of(row), None) for row in overlays), *rows]


def _lock(rows: Iterable[RowChange]) -> Current:
    """The rows as they are, locked.

    Workouts come first and in the order of their ids, so that no two writers wait for each other. The lock of a workout
    also protects its selection.
    """
    keys: dict[str, set[Key]] = {name: set() for name in TABLES}
    for row in rows:
        if row.key is not None:
            keys[row.table].add(row.key)
            if row.table == "selection":
                keys["workout"].add(row.key)
    current: Current = {}
    for name, table in TABLES.items():
        for found in _having(table, keys[name]):
            for instance in found.order_by(table.key).select_for_update(no_key=True):
                current[name, table.key_of(instance)] = instance
    for found in _having(TABLES["workout"], keys["workout"]):
        found.update(modified_at=timezone.now())
    return current


def _having(table: Table, keys: Collection[Any]) -> Iterator[models.QuerySet[Any]]:
    """The rows with these keys, in the order of the keys, as many at a time as one statement takes."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), CHUNK):
        yield table.all().filter(**{f"{table.key}__in": ordered[start : start + CHUNK]})


def _matches(row: RowChange, current: Current, inserted: set[Key | None]) -> bool:
    instance = current.get((row.table, row.key))
    values = TABLES[row.table].values_of(instance) if instance else None
    if row.table == "selection" and row.after is not None:
        known = ("workout", row.key) in current or row.key in inserted
        return known and _holds(values or NO_CHOICE, row.before or NO_CHOICE)
    if row.before is None or values is None:
        return row.before is values
    return _holds(values, row.before)


def _holds(values: Values, expected: Values) -> bool:
    return all(values[name] == value for name, value in expected.items())


def _write(rows: Iterable[RowChange]) -> Iterator[RowChange]:
    """Returns the rows; those that were inserted with their keys and all their values.

    Rows that follow each other and do the same are written together.
    """
    for (name, write), group in groupby(rows, key=lambda row: (row.table, _writer(row))):
        yield from write(TABLES[name], list(group))


def _writer(row: RowChange) -> Writer:
    if row.after is None:
        return _delete
    if row.table == "selection":
        return _lay_over
    return _insert if row.before is None else _update


def _delete(table: Table, rows: Sequence[RowChange]) -> Sequence[RowChange]:
    for found in _having(table, [row.key for row in rows]):
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
    keys: list[Values] = [{} if row.key is None else {table.key: row.key} for row in rows]
    instances = [table.model(**key, **table.from_json(row.after or {})) for key, row in zip(keys, rows, strict=True)]
    table.all().bulk_create(instances)
    for row, instance in zip(rows, instances, strict=True):
        yield replace(row, key=table.key_of(instance), after=table.values_of(instance))


def _name(row: RowChange, current: Current) -> str:
    workout = current.get(("workout", row.key)) if row.table != "target" else None
    if isinstance(workout, Workout):
        return workout.title
    values = row.before or row.after or {}
    return str(values.get("title") or f"{row.table} {row.key}")
