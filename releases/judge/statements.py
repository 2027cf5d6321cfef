"""The statements that Django would send for an operation that reaches the database."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import ModelOperation

from releases.applying.parts import Part, on_database, runs_in
from releases.backfill.operation import Backfill

# Not those of rendering the models, which depends on what was rendered before.
MISTAKES = FieldDoesNotExist, TypeError, ValidationError


@dataclass
class Statements:
    """`is_foretold` is False if what the operation does is known only when it runs. `fault`: how it will fail."""

    texts: list[str] = field(default_factory=list)
    is_foretold: bool = True
    fault: str = ""


def statements_of(part: Part, connection: BaseDatabaseWrapper, *, backwards: bool = False) -> Statements:
    """`connection` is of releases.postgresql.offline. What Django defers to the end of the migration is included."""
    found = Statements()
    editor = connection.schema_editor()
    if not _does_nothing(part, connection.alias, backwards=backwards):
        reduces_to_sql = all(one.reduces_to_sql for one in on_database([part.operation]))
        if reduces_to_sql:
            _run(part, editor, found, backwards=backwards)
        else:
            found.is_foretold = False
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


def _run(part: Part, editor: BaseDatabaseSchemaEditor, found: Statements, *, backwards: bool) -> None:
    """It is foretold if it did everything through the schema editor. What Django's own operations query changes
    nothing. Where they fail without a query, it is by what the migration says, and so they will."""
    server: Any = editor.connection
    server.wrote = server.asked = False
    is_djangos = type(part.operation).__module__.startswith("django.")
    try:
        (part.backwards if backwards else part.forwards)(editor)
    except Exception as error:  # noqa: BLE001  # an operation of any app may query what is not there
        found.is_foretold = False
        by_itself = isinstance(part.operation, ModelOperation | FieldOperation) and is_djangos and not server.asked
        if by_itself and isinstance(error, MISTAKES):
            found.fault = f"{type(error).__name__}: {error}".rstrip(".")
    else:
        found.is_foretold = not server.wrote and (is_djangos or not server.asked)
