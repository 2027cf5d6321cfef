"""Every write of workouts, selections and targets is recorded with what stood before and after, so it can be undone.

Undoing applies the same rows the other way round, as a change of its own, which can be undone in turn. So nothing that
a person does here loses anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from django.contrib.auth.models import AnonymousUser, User
from django.db import models, transaction
from django.utils import timezone

from workouts.models import Change, Workout, WorkoutSelection
from workouts.rows import NO_CHOICE, TABLES, Key, RowChange, Values

Author = User | AnonymousUser | None
Current = dict[tuple[str, Key | None], models.Model]


class Stale(Exception):
    """What was to be changed is not as it was thought to be. Nothing was written. `names` says which rows."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"Changed since: {', '.join(names)}. Nothing was written.")
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
    return record([_write(row) for row in rows], summary, by=by, undoes=undoes)


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
    overlays = TABLES["selection"].all().filter(workout__in=doomed).order_by("workout")
    values_of = TABLES["selection"].values_of
    return [*(RowChange("selection", row.workout_id, values_of(row), None) for row in overlays), *rows]


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
        found = table.all().filter(**{f"{table.key}__in": keys[name]}).order_by(table.key)
        for instance in found.select_for_update(no_key=True):
            current[name, table.key_of(instance)] = instance
    Workout.objects.filter(id__in=keys["workout"]).update(modified_at=timezone.now())
    return current


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


def _write(row: RowChange) -> RowChange:
    """Returns the row; one that was inserted with its key and all its values."""
    table = TABLES[row.table]
    if row.after is None:
        table.all().filter(**{table.key: row.key}).delete()
        return row
    values = table.from_json(row.after)
    if row.table == "selection":
        WorkoutSelection.objects.upsert(int(row.key or 0), values)
    elif row.before is not None:
        table.all().filter(**{table.key: row.key}).update(**values)
    else:
        key = {} if row.key is None else {table.key: row.key}
        touched = {"modified_at": timezone.now()} if row.table == "workout" else {}
        inserted = table.all().create(**key, **values, **touched)
        return replace(row, key=table.key_of(inserted), after=table.values_of(inserted))
    return row


def _name(row: RowChange, current: Current) -> str:
    workout = current.get(("workout", row.key)) if row.table != "target" else None
    if isinstance(workout, Workout):
        return workout.title
    values = row.before or row.after or {}
    return str(values.get("title") or f"{row.table} {row.key}")
