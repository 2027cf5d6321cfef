"""Steps back: which migrations, to where, and what they would touch."""

import inspect
from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

Target = tuple[str, str | None]


def back_from(loader: MigrationLoader, app: str | None, steps: int) -> list[Target]:
    """Where to migrate so that the last `steps` applied migrations (of `app`) are undone; None is `zero`.

    The order is that of Django's record. Migrations that this code does not know are left alone.
    """
    recorded = sorted(loader.applied_migrations.items(), key=lambda item: getattr(item[1], "pk", 0), reverse=True)
    known = [key for key, _ in recorded if key in loader.graph.nodes and app in (None, key[0])]
    earliest = {key[0]: key for key in known[:steps]}
    return [(label, _before(loader, key)) for label, key in earliest.items()]


def _before(loader: MigrationLoader, key: tuple[str, str]) -> str | None:
    parents = [parent.key for parent in loader.graph.node_map[key].parents]
    return next((name for label, name in parents if label == key[0]), None)


def irreversible(migration: Migration) -> bool:
    return any(not operation.reversible for operation in migration.operations)


def describe(migration: Migration, apps: Apps, cursor: Any) -> Iterator[str]:
    """The reason of the migration, then each operation with the rows of the table that undoing it touches."""
    yield (inspect.getdoc(inspect.getmodule(type(migration))) or "").partition("\n")[0]
    for operation in migration.operations:
        rows = _rows(migration.app_label, operation, apps, cursor)
        yield f"- undo: {operation.describe()}{rows}"


def _rows(app_label: str, operation: Operation, apps: Apps, cursor: Any) -> str:
    name = getattr(operation, "model_name", None) or getattr(operation, "name", None)
    try:
        table = apps.get_model(app_label, name)._meta.db_table if name else None
    except LookupError:
        return ""
    if not table:
        return ""
    cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  # a model's table
    (count,) = cursor.fetchone()
    return f" ({table}: {count} rows)"
