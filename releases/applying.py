"""How far a migration has got: without a transaction, each of its operations commits by itself."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Django's schema changes. The rest (RunSQL, RunPython, concurrent operations) may have to run outside a transaction.
OF_THE_SCHEMA = ("django.db.migrations.operations.fields", "django.db.migrations.operations.models")

Apply = Callable[[ProjectState, BaseDatabaseSchemaEditor], ProjectState]


def code_name(code: Any) -> str:
    """The name of the function that RunPython calls, which Django's description of the operation leaves out."""
    return str(getattr(code, "__name__", type(code).__name__))


def name_of(operation: Operation) -> str:
    """`RunPython(fill_in)`, `Add field colour to box`."""
    return f"RunPython({code_name(operation.code)})" if isinstance(operation, RunPython) else operation.describe()


@dataclass
class Applying:
    """The progress of one migration over all attempts of a run: each continues where the one before stopped."""

    done: int = 0  # operations that are committed
    deferred: list[Any] = field(default_factory=list)  # SQL that Django left for the end of the migration
    before: ProjectState | None = None
    operation: Operation | None = None  # the last one started

    def follow(self, migration: Migration, connection: BaseDatabaseWrapper) -> None:
        """Makes `migration.apply` run one operation at a time, and commit each if the migration is not atomic."""
        self.migration, self.connection = migration, connection
        apply = migration.apply

        def apply_all(state: ProjectState, schema_editor: BaseDatabaseSchemaEditor) -> ProjectState:
            each = self._in_one_transaction if schema_editor.atomic_migration else self._one_by_one
            state = each(apply, state, schema_editor)
            self._run_deferred(schema_editor)
            return state

        migration.apply = apply_all  # type: ignore[method-assign,assignment]
        migration.applying = self  # type: ignore[attr-defined]

    def _in_one_transaction(
        self, apply: Apply, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor
    ) -> ProjectState:
        for operation in self.migration.operations:
            state = self._apply(apply, operation, state, schema_editor)
        return state

    def _one_by_one(self, apply: Apply, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor) -> ProjectState:
        self.before = state.clone()
        schema_editor.deferred_sql = [*self.deferred]
        for number, operation in enumerate(self.migration.operations):
            if number < self.done:
                operation.state_forwards(self.migration.app_label, state)
                continue
            state = self._apply(apply, self._as_a_whole(operation), state, schema_editor)
            self.done, self.deferred = number + 1, [*schema_editor.deferred_sql]
        return state

    def is_whole(self, operation: Operation) -> bool:
        """Whether it is committed as a whole or not at all. MySQL commits every change of the schema by itself."""
        transactional = bool(operation.atomic) or type(operation).__module__ in OF_THE_SCHEMA
        return transactional and self.connection.features.can_rollback_ddl

    def _as_a_whole(self, operation: Operation) -> Operation:
        """A schema change takes several statements; half of them can be neither undone nor repeated."""
        if self.is_whole(operation):
            operation = copy.copy(operation)
            operation.atomic = True  # type: ignore[misc]
        return operation

    def _apply(
        self, apply: Apply, operation: Operation, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor
    ) -> ProjectState:
        """Lets Django apply a single operation, which self.operation names from then on."""
        operations, self.operation = self.migration.operations, operation
        self.migration.operations = [operation]  # type: ignore[misc]
        try:
            return apply(state, schema_editor)
        finally:
            self.migration.operations = operations  # type: ignore[misc]

    def _run_deferred(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Creates indexes and foreign keys of new tables before the migration is recorded, instead of afterwards.

        Django records a migration in its transaction only if it has no deferred SQL
        (MigrationExecutor.apply_migration). A release killed between the two would leave work without a record, and
        every later one would stop at "already exists".
        """
        while schema_editor.deferred_sql:
            schema_editor.execute(schema_editor.deferred_sql[0], None)
            del schema_editor.deferred_sql[0]
            self.deferred = [*schema_editor.deferred_sql]
