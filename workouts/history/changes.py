"""Every write of workouts, selections and targets is recorded with what stood before and after, so it can be undone.

Undoing applies the same rows the other way round, as a change of its own, which can be undone in turn. So nothing that
a person does here loses anything.
"""

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.utils import timezone

from workouts.history.rows import TABLES, Key, RowChange, State, Values, settle
from workouts.history.writing import write
from workouts.models import Change, Workout

Author = User | AnonymousUser | None
NAMED = 5
"""Rows that an error names; an import may concern thousands."""


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

    A workout takes its selection along when it goes. Raises Stale where a row is not as its `before` says.
    """
    rows = list(rows)
    state = _lock(rows)
    settled, stale = settle(rows, state)
    if stale:
        raise Stale([_name(row, state) for row in stale])
    try:
        written = list(write(settled))
    except IntegrityError as error:  # somebody inserted such a row since: there was none to lock
        raise Stale([_name(row, state) for row in settled if row.before is None]) from error
    _mark_modified(written)
    return record(written, summary, by=by, undoes=undoes)


@transaction.atomic
def put(table: str, key: Key, after: Values | None, summary: str, *, by: Author) -> Change | None:
    """Makes one row hold `after`, None meaning no row. None where it is so already. Raises Stale as `apply` does."""
    rows = TABLES[table]
    current = rows.all().filter(**{rows.key: key}).first()
    before = rows.values_of(current) if current else None
    return None if before == after else apply([RowChange(table, key, before, after)], summary, by=by)


def record(rows: Iterable[RowChange], summary: str, *, by: Author, undoes: Change | None = None) -> Change:
    """Notes in the history what was written. To be called in the transaction that wrote it."""
    limit = Change._meta.get_field("summary").max_length
    author = by if isinstance(by, User) else None
    return Change.objects.create(
        made_by=author, summary=summary[:limit], rows=[vars(row) for row in rows], undoes=undoes
    )


@transaction.atomic
def undo(change_id: int, *, by: Author) -> Change:
    """Puts back what a change changed.

    A workout that it added goes, and with it what the athlete chose for it since; undoing the undo brings back both.
    Raises Change.DoesNotExist, AlreadyUndone, and Stale where a row was changed since.
    """
    change = Change.objects.select_for_update(no_key=True).get(pk=change_id)
    if change.undone:
        raise AlreadyUndone(f"This was {'redone' if change.takes_back else 'undone'} before.")
    rows = [RowChange.recorded(row).reversed() for row in reversed(change.rows)]
    return apply(rows, change.turned_round, by=by, undoes=change)


def _lock(rows: Iterable[RowChange]) -> State:
    """The rows as they are, locked; and the selections of workouts that go.

    Workouts come first and in the order of their ids, so that no two writers wait for each other. The lock of a workout
    also protects its selection. The old version knows no such lock: it is kept only from laying a selection over a
    workout that goes, by the stronger lock that its foreign key waits for.
    """
    named = {name: {row.key for row in rows if row.table == name and row.key is not None} for name in TABLES}
    going = {row.key for row in rows if row.table == "workout" and row.key is not None and row.after is None}
    named["workout"] |= _workouts(rows)
    named["selection"] |= going
    state: dict[tuple[str, Key | None], Values] = {}
    for name, table in TABLES.items():
        weak = not (going and name == "workout")
        for found in table.having(named[name]):
            for instance in found.order_by(table.key).select_for_update(no_key=weak):
                state[name, table.key_of(instance)] = table.values_of(instance)
    return state


def _mark_modified(rows: Iterable[RowChange]) -> None:
    for workouts in TABLES["workout"].having(_workouts(rows)):
        workouts.update(modified_at=timezone.now())


def _workouts(rows: Iterable[RowChange]) -> set[Key]:
    """The ids of the workouts that the rows are about. Preferences are about all: calendars show their times."""
    if any(row.table == "preferences" for row in rows):
        return set(Workout.objects.values_list("id", flat=True))
    return {row.key for row in rows if row.table in ("workout", "selection") and row.key is not None}


def _name(row: RowChange, state: State) -> str:
    """The title of the workout, where it is one or is laid over one."""
    workout = state.get(("workout", row.key)) if row.table in ("workout", "selection") else None
    values = workout or row.before or row.after or {}
    return str(values.get("title") or f"{row.table} {row.key}")
