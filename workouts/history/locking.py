"""The rows as they are, locked for whoever is about to write them."""

from collections.abc import Collection, Iterable, Mapping

from workouts.history.rows import TABLES, Key, RowChange, Values
from workouts.history.settling import State
from workouts.models import Workout

Keys = Mapping[str, Collection[Key]]
"""By table."""


def lock(keys: Keys, *, going: bool = False) -> State:
    """Those of the rows that exist, locked to the end of the transaction. `going`: workouts may be deleted.

    Workouts come first and in the order of their ids, so that no two writers wait for each other. The lock of a workout
    also protects its selection. The old version knows no such lock: selections are locked because it changes them, and
    it is kept from making one for a workout that goes by the stronger lock that its foreign key waits for.
    """
    state: dict[tuple[str, Key | None], Values] = {}
    for name, table in TABLES.items():
        weak = not (going and name == "workout")
        for found in table.having(keys.get(name, ())):
            for instance in found.order_by(table.key).select_for_update(no_key=weak):
                state[name, table.key_of(instance)] = table.values_of(instance)
    return state


def lock_workout(workout_id: int, *, going: bool = False) -> tuple[State, Values]:
    """The workout and its selection, and the workout's values. Raises Workout.DoesNotExist."""
    workout = lock({"workout": {workout_id}}, going=going)
    if not workout:
        raise Workout.DoesNotExist
    return {**workout, **lock({"selection": {workout_id}})}, workout["workout", workout_id]


def lock_all(rows: Iterable[RowChange]) -> State:
    """The rows that `rows` are about, and for days the selection of every workout among them."""
    rows = list(rows)
    named: dict[str, set[Key]] = {name: set() for name in TABLES}
    for row in rows:
        if row.key is not None:
            named[row.table].add(row.key)
    named["selection"] |= named["workout"]
    named["workout"] |= workouts_of(rows)
    return lock(named, going=any(row.table == "workout" and row.after is None for row in rows))


def workouts_of(rows: Iterable[RowChange]) -> set[Key]:
    """The ids of the workouts that the rows are about. Preferences are about all: calendars show their times."""
    rows = list(rows)
    if any(row.table == "preferences" for row in rows):
        return set(Workout.objects.values_list("id", flat=True))
    return {row.key for row in rows if row.table in ("workout", "selection") and row.key is not None}
