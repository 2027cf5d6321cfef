"""What a migration without a transaction leaves where it fails, and what has to be done before it is repeated.

An author may know more: `repeatable = True` on a migration, or on an operation, says that it may be run again after
any part of it was committed.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import DatabaseError
from django.db.migrations import Migration, RunPython, RunSQL, SeparateDatabaseAndState, operations
from django.db.migrations.operations.base import Operation

from releases import statements
from releases.progress import Progress, is_whole

REPEATABLE = (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
    operations.AlterModelManagers,
    operations.AlterModelOptions,
)
# Undoing these drops what they added, makes it again (empty), or renames it back. It succeeds whatever the rows are.
UNDONE_BY_SQL = (
    operations.AddConstraint,
    operations.AddField,
    operations.AddIndex,
    operations.AlterModelTable,
    operations.CreateModel,
    operations.DeleteModel,
    operations.RemoveIndex,
    operations.RenameField,
    operations.RenameIndex,
    operations.RenameModel,
)
DUPLICATE = {"42701", "42710", "42P07"}  # column, object, table

NOTHING = (
    "Nothing of it was committed; the migrations before it stay applied, and the running version can go on serving."
)
GOES_ON = "What it had committed stays, a repeat goes on from there, and the running version can go on serving."
BACKWARDS = (
    "It has no transaction: what it had undone stays undone, and a repeat, which begins at its end again, may stop at"
    " that."
)


def what_is_left(migration: Migration, state: str | None) -> str:
    """`state` is the SQLSTATE of the error that stopped `migration`, which is not atomic."""
    progress: Progress | None = getattr(migration, "progress", None)
    if progress is None or progress.before is None:
        return BACKWARDS
    done, stopped = migration.operations[: progress.done], migration.operations[progress.done :][:1]
    partly = [operation for operation in stopped if not is_whole(operation)]
    once = [operation for operation in [*done, *partly] if not _is_repeatable(migration, operation)]
    if not once:
        sentences = [GOES_ON if done or partly else NOTHING]
    else:
        sentences = [f"Committed, and not undone: {_listed(done)}."] if done else []
        sentences += [f"Carried out perhaps in part: {_listed(partly)}."] if partly else []
    undone = [operation for operation in once if operation in done and _is_undone_by_sql(operation)]
    if again := [operation for operation in once if operation not in undone]:
        sentences.append(
            f"A repeat runs this once more; look whether it may, or undo it by hand first: {_listed(again)}."
        )
    standing = [operation for operation in stopped if is_whole(operation) and _is_undone_by_sql(operation)]
    if standing and _may_stand_already(progress, state):
        sentences.append(
            "If what it adds is there already, an interrupted release may have left it; then undo that with this SQL:"
            f" {_sql_to_undo(progress, standing)}"
        )
    if undone:
        sql = _sql_to_undo(progress, undone)
        sentences.append(f"A repeat would stop at what is committed, so undo it first, with this SQL: {sql}")
    return " ".join(sentences)


def _is_repeatable(migration: Migration, operation: Operation) -> bool:
    if getattr(migration, "repeatable", False) or getattr(operation, "repeatable", False):
        return True
    if isinstance(operation, SeparateDatabaseAndState):
        return all(_is_repeatable(migration, one) for one in operation.database_operations)
    if isinstance(operation, RunSQL):
        return all(map(statements.is_repeatable, _statements(operation.sql)))
    if isinstance(operation, RunPython):
        return operation.code is RunPython.noop
    return isinstance(operation, REPEATABLE)


def _statements(sql: Any) -> list[str]:
    """Of RunSQL: a string, or a list of strings and of pairs with parameters."""
    if isinstance(sql, str):
        return [sql] if sql else []
    return [one if isinstance(one, str) else one[0] for one in sql]


def _is_undone_by_sql(operation: Operation) -> bool:
    return type(operation) in UNDONE_BY_SQL or (isinstance(operation, RunSQL) and bool(operation.reverse_sql))


def _may_stand_already(progress: Progress, state: str | None) -> bool:
    """SQLite has no code for it."""
    return state in DUPLICATE or (state is None and progress.connection.vendor == "sqlite")


def _sql_to_undo(progress: Progress, chosen: Iterable[Operation]) -> str:
    """What `sqlmigrate --backwards` prints of the chosen operations."""
    migration, state = progress.migration, progress.before
    assert state  # noqa: S101
    steps = []
    for operation in migration.operations:
        earlier, state = state, state.clone()
        operation.state_forwards(migration.app_label, state)
        steps.append((operation, earlier, state))
    try:
        with progress.connection.schema_editor(collect_sql=True, atomic=False) as schema_editor:
            for operation, earlier, later in reversed(steps):
                if operation in chosen:
                    operation.database_backwards(migration.app_label, schema_editor, later, earlier)
    except DatabaseError:
        return f"see python manage.py sqlmigrate {migration.app_label} {migration.name} --backwards"
    return " ".join(schema_editor.collected_sql)


def _listed(chosen: Iterable[Operation]) -> str:
    return "; ".join(operation.describe() for operation in chosen)
