"""Steps back: which applied migrations are undone, in what order, and how."""

import getpass
import os
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from typing import Any

from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from releases.applying.half_run import HalfRun
from releases.applying.migration import run_deferred
from releases.applying.parts import on_database
from releases.messages.diagnosis import explain_command
from releases.messages.errors import was_cut
from releases.record.pending import Key
from releases.rollback.returning import in_one_transaction


def newest_first(loader: MigrationLoader) -> list[Key]:
    """The applied migrations in the order of Django's record; a squash instead of those that it replaces."""
    squashed = {
        replaced
        for key, migration in loader.replacements.items()
        if key in loader.applied_migrations
        for replaced in migration.replaces
    }
    keys = loader.applied_migrations.keys() - squashed
    return sorted(keys, key=lambda key: max(row.pk for row in rows(loader, key)), reverse=True)


def rows(loader: MigrationLoader, key: Key) -> list[Any]:
    """The rows of Django's record for an applied migration; for a squash, those of what it replaces."""
    found: Any = loader.applied_migrations[key]
    if not isinstance(found, Migration):
        return [found]
    return [row for replaced in found.replaces for row in rows(loader, replaced)]


def unknown(loader: MigrationLoader, keys: Collection[Key]) -> list[Key]:
    """The keys of migrations that this code does not have, or has only as part of a squash."""
    return [key for key in keys if key not in loader.graph.nodes]


def with_dependents(loader: MigrationLoader, keys: Collection[Key]) -> list[Key]:
    """`keys`, and every applied migration that depends on one of them."""
    found: dict[Key, None] = {}
    for key in keys:
        for dependent in loader.graph.backwards_plan(key):
            if dependent in loader.applied_migrations:
                found[dependent] = None
    return list(found)


def plan_back(executor: MigrationExecutor, keys: Collection[Key]) -> list[Migration]:
    """The migrations of `keys`, each before what it depends on."""
    graph = executor.loader.graph
    forwards = executor.migration_plan(graph.leaf_nodes(), clean_start=True)
    return [migration for migration, _ in reversed(forwards) if (migration.app_label, migration.name) in keys]


def unrecord_within_transaction(migration: Migration) -> None:
    """Makes unapplying `migration` delete its record in the transaction that undoes its work.

    Django deletes the record afterwards. A step back that is killed in between would leave a record without its work,
    and every later one would fail at what no longer exists. A migration without a transaction is not changed.
    """
    unapply = migration.unapply

    def unapply_and_unrecord(
        project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        schema_editor.undoing = str(migration), 0  # type: ignore[attr-defined]  # for Backfill
        with nullcontext() if collect_sql else in_one_transaction(schema_editor.connection, migration):
            project_state = unapply(project_state, schema_editor, collect_sql)
            if not collect_sql:
                run_deferred(schema_editor)
        if schema_editor.atomic_migration and not collect_sql:
            unrecord(schema_editor.connection, migration)
        return project_state

    migration.unapply = unapply_and_unrecord  # type: ignore[method-assign]


def unrecord(connection: BaseDatabaseWrapper, migration: Migration) -> None:
    recorder = MigrationRecorder(connection)
    for app, name in [*migration.replaces, (migration.app_label, migration.name)]:
        recorder.record_unapplied(app, name)


def irreversible(migration: Migration) -> bool:
    """Whether an operation cannot be undone, including those inside SeparateDatabaseAndState."""
    return not all(operation.reversible for operation in on_database(migration.operations))


def explain_step_back(
    error: BaseException, migration: Migration | None, undone: Sequence[str], connection: BaseDatabaseWrapper
) -> str:
    """One paragraph for `error`, which stopped a step back while `migration` (or none) was being undone."""
    stays = f"What was undone before it stays undone: {', '.join(undone)}." if undone else ""
    if isinstance(error, CommandError):  # its message does not mention earlier steps
        return f"{error}\n{stays}".rstrip()
    if migration is None:
        return explain_command(error, stays or "Nothing was changed.", connection)
    undoing: HalfRun | None = getattr(migration, "undoing", None)
    if undoing:
        left = f"which is half-run; {undoing.left}."
    elif not (migration.atomic and connection.features.can_rollback_ddl):
        left = "which has no transaction: a part of it may be undone, while it is recorded as applied."
    elif was_cut(error):
        left = "which stays applied, or is undone if that was just being committed."
    else:
        left = "which stays applied, with everything that it did."
    return explain_command(error, f"It was undoing {migration}, {left} {stays}".rstrip(), connection)


def operator() -> str:
    """The operating system's name of the user, or the uid: a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # ImportError on Windows, before Python 3.13
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
