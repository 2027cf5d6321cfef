"""What the new version's inserts leave in a column that it does not know any more, for the old version to read."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AddField, RemoveField
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

REPEATABLE = (list, dict)
"""Callable defaults that give the same value each time. Others, such as the time, would be made up."""


def removed_default(
    operation: Operation,
    app_label: str,
    state: ProjectState,
    connection: BaseDatabaseWrapper,
    *,
    backwards: bool = False,
) -> str:
    """The default of a field that is removed, as SQL; empty if the old version can read NULL there, or no value is
    known. `state` is the one that has the field. Backwards, undoing AddField removes it."""
    if not isinstance(operation, AddField if backwards else RemoveField):
        return ""
    field: Any = state.apps.get_model(app_label, operation.model_name)._meta.get_field(operation.name)
    if not field.concrete or field.null or field.is_relation or not _is_constant(field):
        return ""
    editor: Any = connection.schema_editor()
    return str(editor.quote_value(editor.effective_default(field)))


def _is_constant(field: Any) -> bool:
    if field.has_default():
        return not callable(field.default) or field.default in REPEATABLE
    return bool(field.blank and field.empty_strings_allowed)
