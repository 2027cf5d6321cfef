"""Undoing a backfill: each batch is committed, so that a reverse that was interrupted goes on where it was."""

from dataclasses import dataclass
from typing import Any

from django.core.management import CommandError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState
from django.db.models import QuerySet

from releases.applying.journal import Journal, digest
from releases.backfill import keys
from releases.backfill.trigger import drop_those_of

EDITED = (
    "Migration {} was edited after a part of the rows of its Backfill had been undone, so it can be neither undone nor"
    " applied again. Put that operation back as it was, then run this again."
)


@dataclass
class Undoing:
    """Of the backfill that is operation `number` of a half-run migration, and which `of` identifies.

    Its place is in the journal, as a step that undoes: from the first batch on the operation is not applied any more.
    """

    journal: Journal
    number: int
    of: str

    @property
    def has_begun(self) -> bool:
        return is_undoing(self.journal) and self.journal.done == self.number

    def begin(self, connection: BaseDatabaseWrapper, migration: str, *, every_row: bool) -> None:
        """Without the trigger, which would do again what is undone. Unless `every_row` has been visited, as with
        conditions, only those that an interrupted backfill had reached are undone."""
        position = None if every_row or self.journal.done != self.number else self.journal.position
        until = position and position["last"]
        with transaction.atomic(using=connection.alias):
            drop_those_of(connection, migration, self.number)
            self.journal.commit(self.number, [{"undoes": True, "backfill": self.of, "until": until}])

    def rows(self, every: QuerySet[Any]) -> QuerySet[Any]:
        """Those to undo."""
        until = self.journal.steps[0]["until"]
        return every.filter(pk__lte=keys.from_json(every.model, until)) if until else every


def is_undoing(journal: Journal) -> bool:
    """Whether the operation after those that are committed is a backfill of which a part is undone."""
    return bool(journal.steps) and "backfill" in journal.steps[0]


def refuse_edited(journal: Journal, migration: Migration) -> None:
    """Raises CommandError if the operation is not the backfill any more of which a part is undone."""
    if is_undoing(journal) and digest(journal.operations[journal.done :][:1]) != journal.steps[0]["backfill"]:
        raise CommandError(EDITED.format(migration))


def finish_undoing(
    journal: Journal, migration: Migration, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor
) -> None:
    """Before it is applied again. `state` is the one before the backfill, which does not change it."""
    refuse_edited(journal, migration)
    number = journal.done
    schema_editor.undoing, schema_editor.journal = (str(migration), number), journal  # type: ignore[attr-defined]
    journal.operations[number].database_backwards(migration.app_label, schema_editor, state, state)
    journal.commit(number)
