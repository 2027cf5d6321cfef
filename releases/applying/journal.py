"""How far a migration has got that commits its operations one by one."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.writer import OperationWriter
from django.db.models import QuerySet

from releases.applying.own_tables import create, delete, exists, journal_model
from releases.applying.parts import own_operations
from releases.messages.naming import rollback_command
from releases.record.pending import Key


def digest(operations: Sequence[Operation]) -> str:
    """Of the operations as the autodetector would write them."""
    return hashlib.sha256("\n".join(map(_written, operations)).encode()).hexdigest()


def _written(operation: Operation) -> str:
    try:
        return OperationWriter(operation).serialize()[0]
    except ValueError:  # such as a lambda
        return f"{type(operation).__name__}: {operation.describe()}"


def half_run(connection: BaseDatabaseWrapper) -> dict[Key, int]:
    """The number of committed operations of each migration that has an entry, by app and name; the first one first."""
    if not exists(connection, journal_model()):
        return {}
    return {(one.app, one.name): _committed(one.done, one.steps) for one in _entries(connection).order_by("pk")}


def forget_recorded(connection: BaseDatabaseWrapper) -> None:
    """Deletes the entries of migrations that Django has recorded: a release was killed between that and close().

    Otherwise such a migration, undone and applied again, would be taken for applied.
    """
    for app, name in half_run(connection):
        if (app, name) in MigrationRecorder(connection).applied_migrations():
            delete(_entries(connection).filter(app=app, name=name))


def _entries(connection: BaseDatabaseWrapper) -> QuerySet[Any]:
    return journal_model()._default_manager.using(connection.alias)


def _committed(done: int, steps: Sequence[Any]) -> int:
    """`steps` are left to do of the operation after those that are done, which is committed; or undone."""
    return done + bool(steps and not steps[0].get("undoes"))


class Journal:
    """The entry of one migration: `done` of its own `operations` are committed with all of their steps.

    `steps` is what is left to do of the operation after those, whose transaction is committed: of applying it, or if
    they have "undoes", of undoing it. `position` is where the first of them continues; None at its beginning.
    """

    def __init__(self, connection: BaseDatabaseWrapper, migration: Migration) -> None:
        self._connection, self._migration = connection, migration
        self.operations = own_operations(migration)  # releases.applying.migration replaces them while it applies one
        self._key = {"app": migration.app_label, "name": migration.name}
        self.done = 0
        self.steps: list[dict[str, Any]] = []
        self.position: Any = None

    def open(self) -> None:
        """Reads the entry, or creates it. Raises CommandError if what is committed was edited since then."""
        entry = _entries(self._connection).filter(**self._key).first() or self._begin()
        self.done, self.steps, self.position = entry.done, entry.steps, entry.position
        if entry.digest != self._digest():
            undo = rollback_command(self._connection.alias)
            raise CommandError(
                f"Migration {self._migration} was edited after an interrupted release had committed"
                f" {self.committed} of its operations, so it can be neither continued nor undone by this code. It was"
                " left as it is. Put those operations back as they were and run this again; what comes after them may"
                " be edited."
                + (f" Or undo it first, from the version that was interrupted, with: {undo}" if undo else "")
            )

    @property
    def committed(self) -> int:
        """The number of operations whose transaction is committed."""
        return _committed(self.done, self.steps)

    @property
    def left(self) -> int:
        """The number of operations of which nothing is left to do: steps say `of` which one they are."""
        return min((step.get("of", self.done) for step in self.steps), default=self.done)

    @property
    def undoes(self) -> bool:
        """Whether a step back is to be finished before anything else."""
        return self.committed == self.done and bool(self.steps)

    def commit(self, done: int, steps: Sequence[dict[str, Any]] = (), position: Any = None) -> None:
        """Writes the entry, in the transaction of the work if there is one."""
        self.done, self.steps, self.position = done, list(steps), position
        _entries(self._connection).filter(**self._key).update(
            done=done, steps=self.steps, position=position, digest=self._digest()
        )

    def close(self) -> None:
        """Call this when Django has recorded the migration."""
        delete(_entries(self._connection).filter(**self._key))

    def _begin(self) -> Any:
        entry = journal_model()(**self._key, digest=digest([]))
        create(journal_model(), self._connection, [entry])
        return entry

    def _digest(self) -> str:
        return digest(self.operations[: self.committed])
