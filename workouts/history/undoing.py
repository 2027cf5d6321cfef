"""Undoing applies the same rows the other way round, as a change of its own, which can be undone in turn.

So nothing that a person does here loses anything.
"""

from django.db import transaction

from workouts.history.outcome import Outcome
from workouts.history.recording import Author, apply
from workouts.history.rows import RowChange
from workouts.models import Change


class AlreadyUndone(Exception):
    """The change was undone before. Nothing was written."""


@transaction.atomic
def undo(change_id: int, *, by: Author) -> Outcome:
    """Puts back what a change changed.

    A workout that it added goes, and with it what the athlete chose for it since; undoing the undo brings back both.
    Raises Change.DoesNotExist, AlreadyUndone, and Stale where a row was changed since.
    """
    change = Change.objects.select_for_update(no_key=True).get(pk=change_id)
    if change.undone:
        raise AlreadyUndone(f"This was {'redone' if change.takes_back else 'undone'} before.")
    rows = [RowChange.recorded(row).reversed() for row in reversed(change.rows)]
    return apply(rows, change.turned_round, by=by, undoes=change)
