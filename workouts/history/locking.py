"""Locks rows that are about to be written and reads their values."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache

from django.db import connection, models

from workouts.history.rows import TABLES, Key, RowChange, Table, Values
from workouts.history.settling import State
from workouts.models import Workout
from workouts.models.statements import IDS, Select, rows_together

Keys = Mapping[str, Collection[Key]]
"""By table."""

ADDITIONS = 0x776F726B
"""Any number, the same for all that add what is not there yet."""


def lock(keys: Keys, *, deleting: bool = False) -> State:
    """Locks the rows that exist until the end of the transaction. `deleting`: workouts may be deleted.

    Workouts are locked first, in the order of their ids, so that two writers never wait for each other. The lock of a
    workout also protects its selection. The old version does not take it, so selections are locked as well. To keep the
    old version from inserting a selection for a workout that is being deleted, the workout gets a stronger lock, which
    the foreign key of the selection waits for.
    """
    wanted = [
        (name, table, keys[name], not (deleting and name == "workout"))
        for name, table in TABLES.items()
        if keys.get(name)
    ]
    if all(_is_one_id(some) for _, _, some, _ in wanted):
        found = rows_together([(_of_one(table, weak=weak), list(some)) for _, table, some, weak in wanted])
    else:
        found = (_locked(table, some, weak=weak) for _, table, some, weak in wanted)
    return {
        (name, table.key_of(instance)): table.values_of(instance)
        for (name, table, _, _), instances in zip(wanted, found, strict=True)
        for instance in instances
    }


def wait_for_other_additions() -> None:
    """Until the end of the transaction. Of two that add what is not there yet, the second sees what the first added.

    On SQLite, transactions that write wait anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADDITIONS])


def _locked(table: Table, keys: Collection[Key], *, weak: bool) -> Iterator[models.Model]:
    for found in table.having(keys):
        yield from found.order_by(table.key).select_for_update(no_key=weak)


def _is_one_id(keys: Collection[Key]) -> bool:
    return len(keys) == 1 and all(isinstance(key, int) and key in IDS for key in keys)


@cache
def _of_one(table: Table, *, weak: bool) -> Select[models.Model]:
    return Select(table.all().filter(**{table.key: IDS[0]}).order_by().select_for_update(no_key=weak))


def lock_workout(workout_id: int, *, deleting: bool = False) -> tuple[State, Values]:
    """Locks a workout and its selection. Returns both, and the workout's values. Raises Workout.DoesNotExist."""
    state = lock_workouts({workout_id}, deleting=deleting)
    return state, state["workout", workout_id]


def lock_workouts(ids: Collection[int], *, deleting: bool = False) -> State:
    """Locks workouts and their selections. Raises Workout.DoesNotExist if one of them does not exist."""
    if not all(workout_id in IDS for workout_id in ids):
        raise Workout.DoesNotExist
    state = lock({"workout": ids, "selection": ids}, deleting=deleting)
    if any(("workout", workout_id) not in state for workout_id in ids):
        raise Workout.DoesNotExist
    return state


def lock_all(rows: Iterable[RowChange]) -> State:
    """Locks the rows that `rows` change, and the selection of every workout among them, which has its day."""
    rows = list(rows)
    named: dict[str, set[Key]] = {name: set() for name in TABLES}
    for row in rows:
        if row.key is not None:
            named[row.table].add(row.key)
    named["selection"] |= named["workout"]
    named["workout"] |= workouts_of(rows)
    return lock(named, deleting=any(row.table == "workout" and row.after is None for row in rows))


def workouts_of(rows: Iterable[RowChange]) -> set[Key]:
    """The ids of the workouts that the rows affect. Preferences affect all: calendars show their times of day."""
    rows = list(rows)
    if any(row.table == "preferences" for row in rows):
        return set(Workout.objects.values_list("id", flat=True))
    return {row.key for row in rows if row.table in ("workout", "selection") and row.key is not None}
