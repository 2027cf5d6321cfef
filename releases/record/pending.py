"""Which migrations a run would apply."""

from collections.abc import Iterable
from functools import cache

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

Key = tuple[str, str]
"""The app and the name of a migration."""


def pending_migrations(
    connection: BaseDatabaseWrapper, app_label: str | None = None, migration_name: str | None = None
) -> list[Migration]:
    """Forwards, in order: up to one migration, of one app with what it depends on, or all."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    targets = [key for key in loader.graph.leaf_nodes() if app_label in (None, key[0])]
    if app_label and migration_name:
        targets = [(app_label, loader.get_migration_by_prefix(app_label, migration_name).name)]
        if targets[0] not in loader.graph.nodes:  # a partly applied squash
            targets = [loader.replacements[targets[0]].replaces[-1]]
    return [migration for migration, backwards in executor.migration_plan(targets) if not backwards]


@cache
def known_migrations() -> set[str]:
    """Those of known_to(), by name: `shop.0002_box`."""
    return set(map(".".join, known_to(MigrationLoader(None))))


@cache
def declared_columns() -> dict[str, set[str]]:
    """Of all models of this code, by table."""
    found: dict[str, set[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        columns = (field.column or "" for field in model._meta.local_concrete_fields)
        found.setdefault(model._meta.db_table.strip('"'), set()).update(columns)
    return found


def known_to(loader: MigrationLoader) -> set[Key]:
    """The migrations of this code, and those that its squashes replace, whatever their app."""
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return loader.disk_migrations.keys() | replaced


def in_order(loader: MigrationLoader) -> list[Key]:
    """All migrations, each after those that it depends on."""
    graph = loader.graph
    return list(dict.fromkeys(key for leaf in graph.leaf_nodes() for key in graph.forwards_plan(leaf)))


def applied_state(loader: MigrationLoader) -> ProjectState:
    """The models as the applied migrations left them."""
    return loader.project_state([key for key in loader.applied_migrations if key in loader.graph.nodes])


def states_between(operations: Iterable[Operation], app_label: str, state: ProjectState) -> list[ProjectState]:
    """`state`, and the one after each operation."""
    states = [state]
    for operation in operations:
        states.append(states[-1].clone())
        operation.state_forwards(app_label, states[-1])
    return states


def is_initial(migration: Migration) -> bool:
    """Whether `--fake-initial` may adopt it, by Django's own rule."""
    if migration.initial is not None:
        return bool(migration.initial)
    return all(app != migration.app_label for app, _ in migration.dependencies)


def target_name(loader: MigrationLoader, app_label: str, name: str) -> str | None:
    """The full name of a migration; None for `zero`. Raises AmbiguityError or KeyError."""
    return None if name == "zero" else str(loader.get_migration_by_prefix(app_label, name).name)
