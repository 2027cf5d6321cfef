"""Indexes for LIKE, which PostgreSQL needs besides the plain ones of texts, and which Django sometimes leaves out."""

import re
from collections.abc import Iterator
from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, AlterField, CreateModel
from django.db.models import CharField, FileField, FilePathField, Model, TextField

from releases.applying.parts import on_database
from releases.schema.differences import Difference

FOR_LIKE = re.compile(r'^btree \("?(?P<column>[^" ]+)"? \w+_pattern_ops\)$')
TEXTS = (CharField, TextField, FileField, FilePathField)


def is_left_out(difference: Difference, model: type[Model], loader: MigrationLoader) -> bool:
    """Whether Django did not create it: a migration made a text of a column of another type, or gave a column to which
    this one refers another type of text."""
    found = FOR_LIKE.match(getattr(difference.wanted, "definition", ""))
    fields = (field for field in model._meta.concrete_fields if found and field.column == found["column"])
    return any(_became_text(field, loader) for field in fields)


def _became_text(field: Any, loader: MigrationLoader) -> bool:
    refers = bool(field.remote_field)
    while field.remote_field:
        field = field.target_field
    definitions = list(_definitions(field, loader))
    types = {isinstance(one, TextField) for one in definitions}
    return (refers and len(types) > 1) or not all(isinstance(one, TEXTS) for one in definitions)


def _definitions(field: Any, loader: MigrationLoader) -> Iterator[Any]:
    """The field in each operation of the migrations that defines it."""
    model = field.model._meta
    named = AddField(model.model_name, field.name, field)
    for (app, _), migration in loader.disk_migrations.items():
        for operation in on_database(migration.operations) if app == model.app_label else ():
            match operation:
                case CreateModel() if operation.name_lower == model.model_name:
                    yield from (one for name, one in operation.fields if name == field.name)
                case AddField() | AlterField() if operation.is_same_field_operation(named):
                    yield operation.field
