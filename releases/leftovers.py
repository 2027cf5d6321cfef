"""What a migration without a transaction leaves when it fails, and what to do before it is repeated.

`repeatable = True` on a migration or an operation declares that it may be run again after any part of it was committed.
"""

from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError
from django.db.migrations import Migration, RunPython, RunSQL, SeparateDatabaseAndState, operations
from django.db.migrations.operations.base import Operation

from releases import statements
from releases.applying import Applying, name_of

REPEATABLE = (operations.AlterModelManagers, operations.AlterModelOptions)
# By name: django.contrib.postgres cannot be imported without psycopg.
REPEATABLE_ON_POSTGRESQL = {
    f"django.contrib.postgres.operations.{name}"
    for name in ("AddConstraintNotValid", "AddIndexConcurrently", "RemoveIndexConcurrently", "ValidateConstraint")
}
# Undoing these drops what they added, creates it again (empty), or renames it back. It succeeds with any rows.
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
# A table that already exists is found before the first change (releases.preflight).
ADDING = (operations.AddConstraint, operations.AddField, operations.AddIndex)
DUPLICATE = {"42701", "42710", "42P07", "SQLITE_ERROR"}  # column, object, table; SQLite has no separate code

NOTHING = "Nothing of it was committed."
CONTINUES = "What it had committed stays, and a repeat continues from there."
# Operations are not followed backwards, nor outside a release.
NOT_FOLLOWED = "It has no transaction: what it had committed stays, and a repeat from the beginning may fail at that."


def what_is_left(migration: Migration, code: str | None) -> str:
    """Sentences about `migration`, which is not atomic. `code`: the SQLSTATE, or SQLite's name, of the error."""
    applying: Applying | None = getattr(migration, "applying", None)
    if applying is None:
        return NOT_FOLLOWED
    if applying.before is None:
        return NOTHING
    done, stopped = migration.operations[: applying.done], migration.operations[applying.done :][:1]
    partly = [operation for operation in stopped if not applying.is_whole(operation)]
    once = [operation for operation in [*done, *partly] if not _is_repeatable(migration, operation)]
    if not once:
        sentences = [CONTINUES if done or partly else NOTHING]
    else:
        sentences = [f"Committed, and not undone: {_listed(done)}."] if done else []
        sentences += [f"Perhaps partly committed: {_listed(partly)}."] if partly else []
    undone = [operation for operation in once if operation in done and _is_undone_by_sql(operation)]
    if again := [operation for operation in once if operation not in undone]:
        sentences.append(f"A repeat runs this again; check that it may, or undo it by hand first: {_listed(again)}.")
    failed = [operation for operation in stopped if type(operation) in ADDING]
    if failed and code in DUPLICATE:
        sentences.append(
            "If what it adds already exists, an interrupted release may have left it; then undo that with this SQL:"
            f" {_sql_to_undo(applying, failed)}"
        )
    if undone:
        sql = _sql_to_undo(applying, undone)
        sentences.append(f"A repeat would fail at what is committed, so undo it first, with this SQL: {sql}")
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
    names = {f"{one.__module__}.{one.__qualname__}" for one in type(operation).__mro__}
    return isinstance(operation, REPEATABLE) or bool(names & REPEATABLE_ON_POSTGRESQL)


def _statements(sql: Any) -> list[str]:
    """`sql` of RunSQL is a string, or a list of strings and of pairs with parameters."""
    if isinstance(sql, str):
        return [sql] if sql else []
    return [one if isinstance(one, str) else one[0] for one in sql]


def _is_undone_by_sql(operation: Operation) -> bool:
    return type(operation) in UNDONE_BY_SQL or (isinstance(operation, RunSQL) and bool(operation.reverse_sql))


def _sql_to_undo(applying: Applying, chosen: Iterable[Operation]) -> str:
    """What `sqlmigrate --backwards` would print for the chosen operations."""
    migration, state = applying.migration, applying.before
    assert state  # noqa: S101
    steps = []
    for operation in migration.operations:
        earlier, state = state, state.clone()
        operation.state_forwards(migration.app_label, state)
        steps.append((operation, earlier, state))
    try:
        with applying.connection.schema_editor(collect_sql=True, atomic=False) as schema_editor:
            for operation, earlier, later in reversed(steps):
                if operation in chosen:
                    operation.database_backwards(migration.app_label, schema_editor, later, earlier)
    except DatabaseError:
        return f"see python manage.py sqlmigrate {migration.app_label} {migration.name} --backwards"
    return " ".join(schema_editor.collected_sql)


def _listed(chosen: Iterable[Operation]) -> str:
    return "; ".join(map(name_of, chosen))
