"""What to write instead of an operation that was refused, as code to paste."""

from typing import Any

from django.db.migrations import Migration
from django.db.migrations.operations import AlterField, AlterModelTable, RenameField, RenameModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.serializer import serializer_factory
from django.db.migrations.state import ProjectState
from django.db.models.fields import AutoFieldMixin

RENAMES_COLUMNS = (
    "Django would also rename columns of {}, and has no option that keeps them. Keep the name of the model, or release"
    " it while nobody uses it, with release_accepts on the migration."
)
SAME_KEY = (
    "Keep the type of the key. In the model:\n    {name} = models.{field}(primary_key=True)\n"
    'Or for all models of the app, in its AppConfig:\n    default_auto_field = "django.db.models.{field}"\n'
    "Then let makemigrations write the migration again."
)
KEPT_ALREADY = "Remove this operation from the migration: what comes before RenameModel keeps the table."
OTHER_RELATIONS = (
    "Add a second ManyToManyField, copy the relations by RunPython, and remove the old one in a later release."
)


def instead_of(operation: Operation, migration: Migration, before: ProjectState) -> str:
    """Empty if the rule of the statement says it already. `before` is the state without the operation."""
    app_label = migration.app_label
    if isinstance(operation, RenameField):
        return _keep_column(operation, app_label, before)
    if isinstance(operation, RenameModel):
        return _keep_table(operation, app_label, before)
    if isinstance(operation, AlterModelTable):
        if _is_renamed(operation, migration):
            return KEPT_ALREADY
        table = _table(operation.name, app_label, before)
        return f"In the Meta of the model:\n    db_table = {table!r}\nRemove this operation from the migration."
    return _keep_name(operation, app_label, before) if isinstance(operation, AlterField) else ""


def _keep_column(operation: RenameField, app_label: str, before: ProjectState) -> str:
    field = _field(operation.model_name, operation.old_name, app_label, before)
    kept = _with_relations(field, field) if field.many_to_many else _written(field, field.column)
    return (
        f"In the model:\n    {operation.new_name} = {kept}\n"
        "In the migration, before this operation:\n"
        f"    migrations.AlterField({operation.model_name!r}, {operation.old_name!r}, {kept}),"
    )


def _keep_table(operation: RenameModel, app_label: str, before: ProjectState) -> str:
    table = _table(operation.old_name, app_label, before)
    if relations := sorted(_relations(before.apps.get_model(app_label, operation.old_name))):
        return RENAMES_COLUMNS.format(", ".join(relations))
    return (
        f"In the Meta of the model:\n    db_table = {table!r}\n"
        "In the migration, before this operation:\n"
        f"    migrations.AlterModelTable({operation.old_name!r}, {table!r}),"
    )


def _keep_name(operation: AlterField, app_label: str, before: ProjectState) -> str:
    """Empty if the operation does not rename the column."""
    old = _field(operation.model_name, operation.name, app_label, before)
    new: Any = operation.field.clone()
    if old.many_to_many:
        same = old.remote_field.model._meta.label_lower == str(new.remote_field.model).lower()
        kept = f"In the model and in this operation:\n    {operation.name} = {_with_relations(new, old)}"
        return kept if same else OTHER_RELATIONS
    new.set_attributes_from_name(operation.name)
    if new.column == old.column:
        return ""
    return f"In the model and in this operation:\n    {operation.name} = {_written(new, old.column)}"


def _is_renamed(operation: AlterModelTable, migration: Migration) -> bool:
    """Whether the model has its name by the same migration."""
    renames = [one for one in migration.operations if isinstance(one, RenameModel)]
    return operation.name_lower in [one.new_name_lower for one in renames]


def same_key(operation: Operation, app_label: str, before: ProjectState) -> str:
    """For a key that the database numbers, which a second field could not replace, nor the columns that refer to it."""
    if not isinstance(operation, AlterField):
        return ""
    old = _field(operation.model_name, operation.name, app_label, before)
    numbered = isinstance(old, AutoFieldMixin)
    return SAME_KEY.format(name=old.name, field=type(old).__name__) if numbered else ""


def _table(model: str, app_label: str, state: ProjectState) -> str:
    return str(state.apps.get_model(app_label, model)._meta.db_table)


def _field(model: str, name: str, app_label: str, state: ProjectState) -> Any:
    return state.apps.get_model(app_label, model)._meta.get_field(name)


def _relations(model: Any) -> set[str]:
    """The tables of many-to-many fields that have a column named after the model, without a model of their own."""
    fields = [*model._meta.local_many_to_many, *(one.field for one in model._meta.related_objects if one.many_to_many)]
    return {field.m2m_db_table() for field in fields if field.remote_field.through._meta.auto_created}


def _with_relations(field: Any, old: Any) -> str:
    """A many-to-many field that keeps the table of the old one, as Python."""
    named = field.clone()
    named.db_table = old.m2m_db_table()
    return _python(named)


def _written(field: Any, column: str) -> str:
    """The field with its column named, as Python."""
    named = field.clone()
    named.db_column = column
    return _python(named)


def _python(field: Any) -> str:
    return str(serializer_factory(field).serialize()[0]).replace("django.db.models.deletion.", "models.")
