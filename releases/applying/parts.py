"""The operations that others hold: SeparateDatabaseAndState has some for the database, and some for the state."""

from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass
from typing import Any

from django.db import router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import DeleteModel, Migration, RemoveField, RunPython, RunSQL
from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


@dataclass(frozen=True)
class Part:
    """An operation that reaches the database, with the states before and after it."""

    operation: Operation
    app_label: str
    before: ProjectState
    after: ProjectState

    def forwards(self, editor: BaseDatabaseSchemaEditor) -> None:
        self.operation.database_forwards(self.app_label, editor, self.before, self.after)

    def backwards(self, editor: BaseDatabaseSchemaEditor) -> None:
        self.operation.database_backwards(self.app_label, editor, self.after, self.before)


def code_name(code: Any) -> str:
    """The name of the function that RunPython calls, which Django's description of the operation leaves out."""
    return str(getattr(code, "__name__", type(code).__name__))


def name_of(operation: Operation) -> str:
    """`RunPython(fill_in)`, `Add field colour to box`; with those that it holds."""
    if isinstance(operation, SeparateDatabaseAndState):
        held = "; ".join(map(name_of, on_database([operation])))
        in_state = "; ".join(map(name_of, on_state([operation])))
        return f"{operation.describe()} ({held or f'in the state only: {in_state}'})"
    return f"RunPython({code_name(operation.code)})" if isinstance(operation, RunPython) else operation.describe()


def runs_in(alias: str, app_label: str, operation: RunPython | RunSQL) -> bool:
    """Whether the routers let it run in that database."""
    return router.allow_migrate(alias, app_label, **operation.hints)


def parts_of(operation: Operation, app_label: str, before: ProjectState, after: ProjectState) -> list[Part]:
    """What an operation does to the database, in order: itself, or those that it holds, as it would run them."""
    if not _runs_what_it_holds(operation):
        return [Part(operation, app_label, before, after)]
    parts = []
    for one in operation.database_operations:  # type: ignore[attr-defined]
        state = before.clone()
        one.state_forwards(app_label, state)
        parts += parts_of(one, app_label, before, state)
        before = state
    return parts


def own_operations(migration: Migration) -> list[Operation]:
    """Without those that an app inserts before a run (pre_migrate), such as RenameContentType of contenttypes.

    A migration whose constructor makes operations, or that was given them, is taken as it is.
    """
    written = type(migration).operations
    if not written or len(type(migration)(migration.name, migration.app_label).operations) != len(written):
        return list(migration.operations)
    return [one for one in migration.operations if any(one is other for other in written)]


def with_inserted(migration: Migration) -> list[list[Operation]]:
    """Each of its own operations with those that are inserted after it, or before the first one."""
    own = own_operations(migration)
    units: list[list[Operation]] = [[]]
    for operation in migration.operations:
        if any(operation is one for one in own[1:]):
            units.append([])
        units[-1].append(operation)
    return units if own else []


def _runs_what_it_holds(operation: Operation) -> bool:
    """And nothing else, as a class of the project may."""
    return isinstance(operation, SeparateDatabaseAndState) and all(
        getattr(type(operation), name) is getattr(SeparateDatabaseAndState, name)
        for name in ("database_forwards", "database_backwards")
    )


def on_database(operations: Collection[Operation]) -> Iterator[Operation]:
    """The operations that change the database, without SeparateDatabaseAndState around them."""
    return _unwrapped(operations, "database_operations")


def on_state(operations: Collection[Operation]) -> Iterator[Operation]:
    """The operations that change the state of the models, without SeparateDatabaseAndState around them."""
    return _unwrapped(operations, "state_operations")


def doomed_tables(migration: Migration, part: Part) -> Set[str]:
    """The tables of the models that the migration deletes after removing a field."""
    if not isinstance(part.operation, RemoveField):
        return frozenset()
    operations = list(on_database(migration.operations))
    later = operations[operations.index(part.operation) + 1 :]
    deleted = {one.name_lower for one in later if isinstance(one, DeleteModel)}
    known = (name for name in deleted if (migration.app_label, name) in part.before.models)
    return {part.before.apps.get_model(migration.app_label, name)._meta.db_table for name in known}


def _unwrapped(operations: Collection[Operation], part: str) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, SeparateDatabaseAndState):
            yield from _unwrapped(getattr(operation, part), part)
        else:
            yield operation
