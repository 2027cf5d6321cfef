"""What the new version's inserts leave in a column that it does not know any more, for the old version to read."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AddField, RemoveField

from releases.applying.parts import Part

REPEATABLE = (list, dict)
"""Callable defaults that give the same value each time. Others, such as the time, would be made up."""


def removed_default(part: Part, connection: BaseDatabaseWrapper, *, backwards: bool = False) -> str:
    """The default of a field that is removed, as SQL; empty if the old version can read NULL there, or no value is
    known. Backwards, undoing AddField removes it."""
    operation, state = part.operation, part.after if backwards else part.before
    if not isinstance(operation, AddField if backwards else RemoveField):
        return ""
    field: Any = state.apps.get_model(part.app_label, operation.model_name)._meta.get_field(operation.name)
    if not field.concrete or field.null or field.is_relation or not _is_constant(field):
        return ""
    editor: Any = connection.schema_editor()
    return str(editor.quote_value(editor.effective_default(field)))


def _is_constant(field: Any) -> bool:
    if field.has_default():
        return not callable(field.default) or field.default in REPEATABLE
    return bool(field.blank and field.empty_strings_allowed)
