"""Are the constraints and indexes that the models declare really there, by definition and valid?

`migrate` knows only its records: not a constraint that was dropped by hand, nor an index whose build failed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.apps import apps
from django.db import models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddIndex

# An index that is invalid enforces nothing, and a partial one not everything.
WEAK_INDEXES = """
SELECT c.relname, NOT (i.indisvalid AND i.indisready)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = to_regclass(%s) AND (i.indpred IS NOT NULL OR NOT (i.indisvalid AND i.indisready))
"""


@dataclass(frozen=True)
class Declared:
    """A constraint or an index of a model. `columns` is empty where only the name can be compared."""

    model: type[models.Model]
    name: str
    columns: tuple[str, ...]
    unique: bool


def missing_from(connection: BaseDatabaseWrapper) -> list[str]:
    """A sentence for each that is missing or INVALID, with the command that mends it."""
    sentences = []
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if (
                not model._meta.managed
                or table not in tables
                or not router.allow_migrate_model(connection.alias, model)
            ):
                continue
            found = connection.introspection.get_constraints(cursor, table)
            weak = _weak_indexes(connection, cursor, table)
            sound = {name: one for name, one in found.items() if name not in weak}
            partial = {name for name, invalid in weak.items() if not invalid}
            for declared in declared_by(model):
                if not _stands(declared, sound, partial):
                    state = "INVALID" if weak.get(declared.name) else "missing"
                    sentences.append(f"{declared.name} on {table} is {state}: {_mend(connection, declared)}")
    return sentences


def declared_by(model: type[models.Model]) -> Iterator[Declared]:
    """What Django would create for the model, but primary and foreign keys."""
    meta = model._meta
    for constraint in meta.constraints:
        plain = isinstance(constraint, models.UniqueConstraint) and not (constraint.condition or constraint.expressions)
        fields = constraint.fields if plain else ()  # type: ignore[attr-defined]
        yield Declared(model, str(constraint.name), _columns(model, fields), unique=plain)
    for index in meta.indexes:
        plain = not (index.condition or index.expressions)
        fields = [name for name, _ in index.fields_orders] if plain else ()
        yield Declared(model, str(index.name), _columns(model, fields), unique=False)
    for together in meta.unique_together:
        yield Declared(model, f"unique {', '.join(together)}", _columns(model, together), unique=True)
    for field in meta.local_concrete_fields:
        if field.unique and not field.primary_key:
            yield Declared(model, f"unique {field.name}", _columns(model, (field.name,)), unique=True)


def _columns(model: type[models.Model], fields: Any) -> tuple[str, ...]:
    return tuple(str(cast("models.Field[Any, Any]", model._meta.get_field(name)).column) for name in fields)


def _weak_indexes(connection: BaseDatabaseWrapper, cursor: Any, table: str) -> dict[str, bool]:
    """Names of partial and of INVALID indexes, and whether they are the latter."""
    if connection.vendor != "postgresql":
        return {}
    cursor.execute(WEAK_INDEXES, [connection.ops.quote_name(table)])
    return dict(cursor.fetchall())


def _stands(declared: Declared, sound: dict[str, Any], partial: set[str]) -> bool:
    if not declared.columns:
        return declared.name in sound or declared.name in partial
    return any(
        tuple(one["columns"]) == declared.columns and (one["unique"] or not declared.unique)
        for name, one in sound.items()
        if (one["index"] or one["unique"]) and name not in partial
    )


def _mend(connection: BaseDatabaseWrapper, declared: Declared) -> str:
    """The migration that adds it, once more; or, of a whole table's creation, the statement."""
    loader = MigrationLoader(connection)
    for key, migration in loader.disk_migrations.items():
        for operation in migration.operations:
            if isinstance(operation, AddConstraint | AddIndex) and declared.name in str(operation.deconstruct()):
                return f"{', then '.join(_again(migration, is_last=key in loader.graph.leaf_nodes()))}."
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column) for column in declared.columns)
    kind = "UNIQUE INDEX" if declared.unique else "INDEX"
    return f"CREATE {kind} ON {quote(declared.model._meta.db_table)} ({columns});"


def _again(migration: Migration, *, is_last: bool) -> Iterator[str]:
    """Forgets the migration, and with it the later ones; applies it; and remembers the later ones."""
    app = migration.app_label
    before = next((name for parent, name in migration.dependencies if parent == app), "zero")
    yield f"python manage.py migrate {app} {before} --fake"
    yield f"python manage.py migrate {app} {migration.name}"
    if not is_last:
        yield f"python manage.py migrate {app} --fake"
