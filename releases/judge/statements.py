"""The statements that Django would send for an operation."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


@dataclass
class Statements:
    """`is_foretold` is False if what the operation does is known only when it runs."""

    texts: list[str] = field(default_factory=list)
    is_foretold: bool = True


def statements_of(
    operation: Operation,
    app_label: str,
    before: ProjectState,
    after: ProjectState,
    connection: BaseDatabaseWrapper,
    *,
    backwards: bool = False,
) -> Statements:
    """`connection` is of releases.postgresql.offline. What Django defers to the end of the migration is included."""
    found = Statements()
    editor = connection.schema_editor()
    parts = list(_in_the_database(operation, app_label, before, after))
    for one, was, becomes in reversed(parts) if backwards else parts:
        if not _does_nothing(one, backwards=backwards):
            forwards = partial(one.database_forwards, app_label, editor, was, becomes)
            back = partial(one.database_backwards, app_label, editor, becomes, was)
            found.is_foretold &= one.reduces_to_sql and _ran(one, back if backwards else forwards, editor)
    for statement in editor.deferred_sql:
        editor.execute(statement, None)
    found.texts = editor.collected_sql
    return found


def _does_nothing(operation: Operation, *, backwards: bool) -> bool:
    if not isinstance(operation, RunPython):
        return False
    return (operation.reverse_code if backwards else operation.code) is RunPython.noop


def _ran(operation: Operation, run: Callable[[], None], editor: BaseDatabaseSchemaEditor) -> bool:
    """Whether it did everything through the schema editor. What Django's own operations query changes nothing."""
    server: Any = editor.connection
    server.wrote = server.asked = False
    is_djangos = type(operation).__module__.startswith("django.")
    # An operation of any app may query what is not there, and fail in any way.
    with suppress(Exception):
        run()
        return not server.wrote and (is_djangos or not server.asked)
    return False


def _in_the_database(
    operation: Operation, app_label: str, before: ProjectState, after: ProjectState
) -> Iterator[tuple[Operation, ProjectState, ProjectState]]:
    """The operations that SeparateDatabaseAndState holds for the database, as it would run them: RunPython is not."""
    if not isinstance(operation, SeparateDatabaseAndState):
        yield operation, before, after
        return
    for one in operation.database_operations:
        state = before.clone()
        one.state_forwards(app_label, state)
        yield from _in_the_database(one, app_label, before, state)
        before = state
