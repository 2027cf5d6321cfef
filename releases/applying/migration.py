"""How a migration is applied: in one transaction, or each of its operations by itself with an entry in the journal."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from releases import contract
from releases.applying.journal import Journal
from releases.applying.own_tables import ensure
from releases.applying.parts import Part, on_database, parts_of, with_inserted
from releases.backfill.undoing import finish_undoing, is_undoing
from releases.contract.came_back import bring_back
from releases.running.progress import Say

if TYPE_CHECKING:
    from releases.judge.facts import Facts
    from releases.judge.judged_operation import JudgedOperation
    from releases.judge.verdict import Step

# Django's schema changes. The rest (RunSQL, RunPython, concurrent operations) may have to run outside a transaction.
OF_THE_SCHEMA = ("django.db.migrations.operations.fields", "django.db.migrations.operations.models")


def is_online(operations: "Sequence[JudgedOperation]") -> bool:
    """Whether a migration must be applied operation by operation, by the verdicts on its operations.

    Otherwise a change of data would hold the locks of the changes of the schema before it until its end.
    """
    if any(one.verdict.action.is_online or one.is_rewritten for one in operations):
        return True
    data = any(one.changes_data for one in operations)
    return data and len(operations) > 1 and any(one.tables for one in operations if one.kind != "RunPython")


@dataclass
class Applying:
    """One migration. With `facts` it is applied online: its operations are committed one by one, and what takes long
    or would disturb the running version is done after each (releases.online)."""

    migration: Migration
    connection: BaseDatabaseWrapper
    facts: "Facts | None" = None
    say: Say = print
    together: Mapping[int, int] = field(default_factory=dict)  # releases.applying.together.spans()
    journal: Journal | None = None
    operation: Operation | None = None  # the last one started

    def __post_init__(self) -> None:
        self._in_a_transaction = self.migration.atomic
        self._apply_all, self._units = self.migration.apply, with_inserted(self.migration)
        self.migration.apply = self.apply  # type: ignore[method-assign,assignment]
        self.migration.applying = self  # type: ignore[attr-defined]
        if self.facts is not None or any(map(commits_batches, self.migration.operations)):
            self.migration.atomic = False  # type: ignore[misc]
        if not self.migration.atomic:
            ensure(self.connection)  # before apply(): on SQLite, a second schema editor switches foreign keys on again

    def apply(self, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor) -> ProjectState:
        """Instead of Migration.apply."""
        schema_editor.applying = self  # type: ignore[attr-defined]  # for operations that commit batches: Backfill
        if not schema_editor.atomic_migration:
            return self._one_by_one(state, schema_editor)
        for operation in self.migration.operations:
            state = self._apply(operation, state, schema_editor)
        run_deferred(schema_editor)
        return state

    def is_whole(self, operation: Operation) -> bool:
        return is_whole(operation, self.connection, atomic=self._in_a_transaction)

    def close(self) -> None:
        """Call this when Django has recorded the migration."""
        if self.journal:
            self.journal.close()

    def _one_by_one(self, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor) -> ProjectState:
        journal = Journal(self.connection, self.migration)
        journal.open()
        self.journal = journal
        if journal.undoes and not is_undoing(journal):
            self._run_steps(journal)
        for operation in chain.from_iterable(self._units[: journal.committed]):
            self.operation = operation
            operation.state_forwards(self.migration.app_label, state)
        if is_undoing(journal):
            finish_undoing(journal, self.migration, state, schema_editor)
        if journal.steps:
            self._run_steps(journal)
        while journal.committed < len(self._units):
            state = self._commit(journal.committed, state, schema_editor)
            if journal.steps:
                self._run_steps(journal)
        return state

    def _commit(self, first: int, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor) -> ProjectState:
        """Applies one operation with those that are inserted after it, or those that belong together, and notes in
        their transaction what is left to do."""
        assert self.journal  # noqa: S101
        last = self.together.get(first, first)
        if not all(map(self.is_whole, self.journal.operations[first : last + 1])):
            last = first
        whole, steps = self.is_whole(self.journal.operations[first]), list[dict[str, Any]]()
        with transaction.atomic(using=self.connection.alias) if whole else nullcontext():
            numbered = ((number, one) for number in range(first, last + 1) for one in self._units[number])
            for number, operation in numbered:
                if whole and self.facts is not None:
                    left = self._apply_online(operation, state, schema_editor)
                    steps += [{**step.to_json(), "of": number} for step in left]
                else:
                    state = self._apply(operation, state, schema_editor)
                    run_deferred(schema_editor)
            self.journal.commit(last if steps else last + 1, steps)
        return state

    def _apply_online(
        self, operation: Operation, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor
    ) -> "list[Step]":
        """Changes `state`. Returns the steps that are left to do."""
        self.operation, before = operation, state.clone()
        steps: list[Step] = []
        operation.state_forwards(self.migration.app_label, state)
        for part in parts_of(operation, self.migration.app_label, before, state):
            if isinstance(part.operation, RunPython):
                part.forwards(schema_editor)
            else:
                self._apply_part(part, schema_editor, steps)
        return steps

    def _apply_part(self, part: Part, schema_editor: BaseDatabaseSchemaEditor, steps: "list[Step]") -> None:
        """As the judge rewrites its statements."""
        from releases.judge.circumstances import applied
        from releases.online.hook import postponing

        assert self.facts is not None  # noqa: S101
        waiting = contract.waiting(self.connection)
        circumstances = applied(part, self.migration, self.facts, waiting, self.connection)
        with postponing(self.connection, circumstances, steps) as postponed:
            part.forwards(schema_editor)
            run_deferred(schema_editor)
        self.facts = circumstances.facts
        bring_back(self.connection, str(self.migration), postponed.cancelled, postponed.deferrals)
        contract.enter(self.connection, str(self.migration), postponed.deferrals)

    def _run_steps(self, journal: Journal) -> None:
        from releases.online.steps import run_steps

        run_steps(self.connection, journal, self.say)

    def _apply(
        self, operation: Operation, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor
    ) -> ProjectState:
        """Lets Django apply a single operation, which self.operation names from then on."""
        operations, self.operation = self.migration.operations, operation
        self.migration.operations = [operation]  # type: ignore[misc]
        try:
            return self._apply_all(state, schema_editor)
        finally:
            self.migration.operations = operations  # type: ignore[misc]


def is_whole(operation: Operation, connection: BaseDatabaseWrapper, *, atomic: bool) -> bool:
    """Whether it is committed as a whole or not at all. `atomic` is what its migration says.

    MySQL commits every change of the schema by itself.
    """
    of_the_schema = all(type(one).__module__ in OF_THE_SCHEMA for one in on_database([operation]))
    return (
        bool(atomic or operation.atomic or of_the_schema)
        and not commits_batches(operation)
        and connection.features.can_rollback_ddl
    )


def commits_batches(operation: Operation) -> bool:
    """Whether it commits by itself, whatever its migration says: Backfill."""
    return getattr(operation, "commits_batches", False)


def run_deferred(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Creates indexes and foreign keys of new tables before the operation or the migration is recorded.

    Django does so afterwards. A release killed between the two would leave work without a record, and every later one
    would stop at "already exists".
    """
    while schema_editor.deferred_sql:
        schema_editor.execute(schema_editor.deferred_sql.pop(0), None)
