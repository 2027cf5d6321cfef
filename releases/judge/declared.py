"""What the models declare."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.expressions import ExpressionList

Key = tuple[str, ...]


def unquoted(table: str) -> str:
    """As the facts name a table. A model may write `"Box"`, or `"sales"."box"` with or without the outer quotes."""
    return table.replace('"', "")


def schema_and_name(table: str) -> tuple[str, str]:
    """The schema that a model writes before the name of its table, empty if it writes none, and that name."""
    schema, _, name = table.strip('"').rpartition('"."')
    return schema, name


def unique_keys() -> Mapping[str, frozenset[Key]]:
    """By table, the columns of which no two rows may have the same: those of each key, whatever its condition."""
    return {unquoted(model._meta.db_table): frozenset(keys_of(model)) for model in _models()}


def database_defaults() -> Mapping[str, frozenset[str]]:
    """By table, the columns with a default in the database."""
    return {
        unquoted(model._meta.db_table): frozenset(
            str(one.column) for one in model._meta.local_concrete_fields if one.has_db_default()
        )
        for model in _models()
    }


def _models() -> list[type[models.Model]]:
    return apps.get_models(include_auto_created=True)


def keys_of(model: type[models.Model]) -> Iterator[Key]:
    meta = model._meta
    columns = {name: str(field.column) for field in meta.concrete_fields for name in (field.name, field.attname)}
    unique = (field for field in meta.local_concrete_fields if field.unique and not field.primary_key)
    yield from ((columns[field.name],) for field in unique)
    rules = (_names(one) for one in meta.constraints if isinstance(one, models.UniqueConstraint))
    for names in (*meta.unique_together, *rules):
        yield tuple(columns.get(name, name) for name in names)


def _names(constraint: models.UniqueConstraint) -> Iterator[str]:
    """`name__lower` is an expression of the column `name`."""
    yield from constraint.fields
    parts: Iterator[Any] = ExpressionList(*constraint.expressions).flatten()
    yield from (part.name.partition("__")[0] for part in parts if isinstance(part, models.F))  # type: ignore[attr-defined]
