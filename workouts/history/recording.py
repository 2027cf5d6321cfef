"""Writes row changes and records them, with the values before and after, so that they can be undone."""

import datetime
from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.utils import timezone

from workouts.history.locking import lock_all, workouts_of
from workouts.history.naming import names_of
from workouts.history.outcome import Outcome, outcome_of
from workouts.history.rows import RowChange, in_chunks
from workouts.history.settling import State, settle
from workouts.history.writing import write
from workouts.models import Change, Workout
from workouts.models.statements import insert, send, update

Author = User | AnonymousUser | None
NAMED = 5
"""How many rows an error names; an import may write thousands."""


class Stale(Exception):
    """A row was changed in the meantime, so nothing was written. `names` are the names of these rows."""

    def __init__(self, names: Sequence[str]) -> None:
        distinct = list(dict.fromkeys(names))
        others = f" and {len(distinct) - NAMED} more" if len(distinct) > NAMED else ""
        super().__init__(f"Changed in the meantime: {', '.join(distinct[:NAMED])}{others}. Nothing was written.")
        self.names = names


@transaction.atomic
def apply(rows: Iterable[RowChange], summary: str, *, by: Author, undoes: Change | None = None) -> Outcome:
    """Writes all of `rows` in their order, or none of them. Records a change even if `rows` is empty.

    Deleting a workout deletes its selection. Raises Stale if a row does not have the values of its `before`.
    """
    rows = list(rows)
    return record(lock_all(rows), rows, summary, by=by, undoes=undoes)


def record(
    state: State, rows: Iterable[RowChange], summary: str, *, by: Author, undoes: Change | None = None
) -> Outcome:
    """As `apply`, for rows whose `state` this transaction has locked already."""
    now = timezone.now()
    settled = settle(rows, state, now.isoformat())
    if settled.stale:
        raise Stale(names_of(settled.stale, state))
    try:
        written, updates = write(settled.rows)
        modified = [update(Workout, "id", ids, {"modified_at": now}) for ids in in_chunks(workouts_of(written))]
        change = _change(written, summary, now, by=by, undoes=undoes)
        (change.pk,) = send(*updates, *modified, insert(change))
    except IntegrityError as error:  # inserted by another transaction in the meantime: there was no row to lock
        raise Stale(names_of([row for row in settled.rows if row.before is None], state)) from error
    return outcome_of(change, written, state)


def _change(
    written: Iterable[RowChange], summary: str, now: datetime.datetime, *, by: Author, undoes: Change | None
) -> Change:
    return Change(
        made_at=now,
        made_by=by if isinstance(by, User) else None,
        summary=summary[: Change._meta.get_field("summary").max_length],
        rows=[vars(row) for row in written],
        undoes=undoes,
    )
