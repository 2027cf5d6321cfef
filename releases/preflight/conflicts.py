"""Existing tables with the names of those to be created: of other software, or of an earlier version.

`--fake-initial` accepts every table of the right name and columns as the migration's own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import AppConfig, apps
from django.core.management import CommandError
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import AlterModelTable, CreateModel, DeleteModel, RenameModel, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Model
from django.db.models.signals import pre_migrate

from releases import contract
from releases.applying.journal import half_run
from releases.applying.parts import own_operations
from releases.judge.declared import unquoted
from releases.messages.naming import migrate_command
from releases.preflight.adopting import created
from releases.preflight.catalogue import EXISTING
from releases.preflight.columns import column_differences
from releases.preflight.pending import Pending, reaching_the_database
from releases.record.pending import applied_state

ADOPT = "--fake-initial"

Plan = Sequence[tuple[Migration, bool]]
Kinds = dict[str, str]


@dataclass
class ExistingTables:
    """Tables that `--fake-initial` adopts, and a sentence for each conflict, with what to type."""

    adopted: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


@contextmanager
def conflicting_tables_refused(*, fake_initial: bool) -> Iterator[None]:
    """Within, `migrate` refuses them: last in pre_migrate, because an app may know more about its own tables."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]

    def refuse(sender: AppConfig, *, using: str, plan: Plan, **kwargs: Any) -> None:
        if sentences := inspect_tables(connections[using], plan, fake_initial=fake_initial).conflicts:
            raise CommandError(conflict_message(sentences))

    pre_migrate.connect(refuse, sender=last)
    try:
        yield
    finally:
        pre_migrate.disconnect(refuse, sender=last)


def conflict_message(sentences: list[str]) -> str:
    """The refusal that lists ExistingTables.conflicts."""
    listed = "\n".join(f"- {sentence}" for sentence in sentences)
    return f"Existing tables conflict with the release. Nothing was changed.\n{listed}"


def inspect_tables(connection: BaseDatabaseWrapper, plan: Plan, *, fake_initial: bool) -> ExistingTables:
    """What of the tables that `plan` creates already exists. Only reads."""
    found = ExistingTables()
    if connection.vendor not in EXISTING:
        return found
    with connection.cursor() as cursor:
        cursor.execute(EXISTING[connection.vendor])
        existing: Kinds = dict(cursor.fetchall())
        # Such a table comes back, or the judge has refused it.
        waiting = {unquoted(table) for kind, table, _ in contract.waiting(connection) if kind == "table"}
        visible = {*existing, *connection.introspection.table_names(cursor)} - waiting
    existing = {name: kind for name, kind in existing.items() if name not in waiting}
    pending = Pending(connection)
    creating = {
        migration: {
            unquoted(name) for model in created(migration.operations, migration) for name in pending.tables(model)
        }
        for migration, _ in plan
    }
    if not visible & set().union(*creating.values()):
        return found
    executor, begun = MigrationExecutor(connection), half_run(connection)
    state = applied_state(executor.loader)
    for migration, tables in creating.items():
        committed = begun.get((migration.app_label, migration.name), 0)
        if tables & visible and not committed:
            adopted, after = executor.detect_soft_applied(state, migration)
            if adopted:
                _adopt(connection, migration, after, found, fake_initial=fake_initial)
                state = migration.mutate_state(state, preserve=False)
                continue
        before = dict(existing)
        for name in _conflicting(migration, state, pending, existing, committed):
            found.conflicts.append(_conflict(connection, migration, existing[unquoted(name)], name))
        visible -= before.keys() - existing.keys()
    return found


def _conflicting(
    migration: Migration, state: ProjectState, pending: Pending, existing: Kinds, committed: int
) -> Iterator[str]:
    """Applies `migration` to `state`, and removes from `existing` what its operations drop or rename.

    What the first ones created, which are committed, is its own.
    """
    for number, operation in enumerate(own_operations(migration)):
        for model in created([operation], migration) if number >= committed else ():
            yield from (name for name in pending.tables(model) if unquoted(name) in existing)
        before = _all_tables(state, pending) if _frees(operation) else set()
        operation.state_forwards(migration.app_label, state)
        freed = before - _all_tables(state, pending) if before else set()
        for name in [name for name in existing if name in freed or _is_mentioned(name, operation)]:
            del existing[name]


def _all_tables(state: ProjectState, pending: Pending) -> set[str]:
    return {unquoted(name) for model in state.models.values() for name in pending.tables(model)}


def _frees(operation: Operation) -> bool:
    return any(isinstance(one, AlterModelTable | DeleteModel | RenameModel) for one in reaching_the_database(operation))


def _is_mentioned(name: str, operation: Operation) -> bool:
    """RunSQL may drop or rename the table; its SQL is not parsed."""
    return any(isinstance(one, RunSQL) and name in unquoted(str(one.sql)) for one in reaching_the_database(operation))


def _adopt(
    connection: BaseDatabaseWrapper,
    migration: Migration,
    state: ProjectState,
    found: ExistingTables,
    *,
    fake_initial: bool,
) -> None:
    tables = {
        model._meta.db_table: column_differences(connection, model) for model in _models(connection, migration, state)
    }
    if any(tables.values()):
        for table, differences in tables.items():
            why = f"is not what {migration} creates: {'; '.join(differences)}"
            if not differences:
                why = f"{migration} could adopt it only with the others"
            what = f"{table} already exists and {why}."
            found.conflicts.append(f"{what} {_rename(connection, 'TABLE', table)}")
    elif fake_initial:
        found.adopted += tables
    elif tables:
        found.conflicts.append(
            f"{', '.join(tables)} already exist as {migration} creates them, and can be adopted. Run:"
            f" {_adopting(connection)}"
        )


def _models(connection: BaseDatabaseWrapper, migration: Migration, state: ProjectState) -> Iterator[type[Model]]:
    for operation in migration.operations:
        if isinstance(operation, CreateModel):
            model = state.apps.get_model(migration.app_label, operation.name)
            if model._meta.can_migrate(connection) and router.allow_migrate_model(connection.alias, model):
                yield model


def _conflict(connection: BaseDatabaseWrapper, migration: Migration, kind: str, name: str) -> str:
    return (
        f"The {kind.lower()} {unquoted(name)} already exists, and {migration} creates a table of that name."
        f" {_rename(connection, kind, name)}"
    )


def _rename(connection: BaseDatabaseWrapper, kind: str, name: str) -> str:
    quote, own = connection.ops.quote_name, unquoted(name).rpartition(".")[2]
    if connection.vendor == "sqlite" and kind != "TABLE":
        return f"Drop it or give it another name, then run: {migrate_command(connection.alias)}"
    statement = f"ALTER {kind} {quote(name)} RENAME TO {quote(f'other_{own}')};"
    return (
        f"If other software uses it, give this project its own database. Otherwise type: {statement} Then run:"
        f" {migrate_command(connection.alias)}"
    )


def _adopting(connection: BaseDatabaseWrapper) -> str:
    """The command with --fake-initial."""
    command = migrate_command(connection.alias)
    return command if ADOPT in command else f"{command} {ADOPT}"
