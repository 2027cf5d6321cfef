"""The statements that Django would send for an operation that reaches the database."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython

from releases.applying.parts import Part, on_database, runs_in
from releases.backfill.operation import Backfill


@dataclass
class Statements:
    """`is_foretold` is False if what the operation does is known only when it runs."""

    texts: list[str] = field(default_factory=list)
    is_foretold: bool = True


def statements_of(part: Part, connection: BaseDatabaseWrapper, *, backwards: bool = False) -> Statements:
    """`connection` is of releases.postgresql.offline. What Django defers to the end of the migration is included."""
    found = Statements()
    editor = connection.schema_editor()
    if not _does_nothing(part, connection.alias, backwards=backwards):
        reduces_to_sql = all(one.reduces_to_sql for one in on_database([part.operation]))
        found.is_foretold = reduces_to_sql and _ran(part, editor, backwards=backwards)
    for statement in editor.deferred_sql:
        editor.execute(statement, None)
    found.texts = editor.collected_sql
    return found


def _does_nothing(part: Part, alias: str, *, backwards: bool) -> bool:
    """The routers may keep it out of this database."""
    operation = part.operation
    if isinstance(operation, Backfill):
        return not operation.runs_in(alias, part.app_label, part.before)
    if not isinstance(operation, RunPython):
        return False
    code = operation.reverse_code if backwards else operation.code
    return code is RunPython.noop or not runs_in(alias, part.app_label, operation)


def _ran(part: Part, editor: BaseDatabaseSchemaEditor, *, backwards: bool) -> bool:
    """Whether it did everything through the schema editor. What Django's own operations query changes nothing."""
    server: Any = editor.connection
    server.wrote = server.asked = False
    is_djangos = type(part.operation).__module__.startswith("django.")
    # An operation of any app may query what is not there, and fail in any way.
    with suppress(Exception):
        (part.backwards if backwards else part.forwards)(editor)
        return not server.wrote and (is_djangos or not server.asked)
    return False
