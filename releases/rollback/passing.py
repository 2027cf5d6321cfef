"""Columns that a step back brings back only for a while: a later step of the same one drops them."""

from collections.abc import Iterable

from django.db.migrations import AddField, Migration, RemoveField
from django.db.migrations.loader import MigrationLoader

from releases.applying.parts import on_database
from releases.judge.declared import unquoted


def note_passing(loader: MigrationLoader, plan: Iterable[Migration]) -> None:
    """Lets each migration of `plan`, the last one first, know those that it brings back: table and column, as the facts
    name them. The version before all of `plan` leaves them out of its inserts, so they may be NULL."""
    added: dict[tuple[str, str, str], str] = {}
    for migration in reversed([*plan]):
        found = set()
        for operation in on_database(migration.operations):
            if isinstance(operation, AddField | RemoveField):
                key = (migration.app_label, operation.model_name_lower, operation.name_lower)
            if isinstance(operation, AddField):
                added[key] = _column(operation)
            elif isinstance(operation, RemoveField) and key in added:
                found.add((_table(loader, migration, operation), added.pop(key)))
        migration.passing = found  # type: ignore[attr-defined]


def _column(operation: AddField) -> str:
    field = operation.field.clone()
    field.set_attributes_from_name(operation.name)
    return str(field.column)


def _table(loader: MigrationLoader, migration: Migration, operation: RemoveField) -> str:
    """Empty for a model that the migration itself creates: no version before it writes there."""
    state = loader.project_state((migration.app_label, migration.name), at_end=False)
    if (migration.app_label, operation.model_name_lower) not in state.models:
        return ""
    return unquoted(state.apps.get_model(migration.app_label, operation.model_name)._meta.db_table)
