"""Undoing applies the reversed rows of a change as a new change, which can be undone in turn: nothing is lost."""

from django.db import transaction

from workouts.history.outcome import Outcome
from workouts.history.recording import Author, apply
from workouts.history.rows import RowChange
from workouts.models import Change


class AlreadyUndone(Exception):
    """The change was already undone. Nothing was written."""


@transaction.atomic
def undo(change_id: int, *, by: Author) -> Outcome:
    """Undoes a change.

    A workout that it added is deleted with its selection; undoing the undo restores both. Raises Change.DoesNotExist,
    AlreadyUndone, and Stale if a row was changed in the meantime.
    """
    change = Change.objects.select_for_update(no_key=True).get(pk=change_id)
    if change.undone:
        raise AlreadyUndone(f"This was already {'redone' if change.is_undo else 'undone'}.")
    rows = [RowChange.recorded(row).reversed() for row in reversed(change.rows)]
    return apply(rows, change.undo_summary, by=by, undoes=change)
