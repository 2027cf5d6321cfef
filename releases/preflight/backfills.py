"""Backfills that cannot run, on a database of which nothing is judged. Queries no table of the project."""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from releases.applying.parts import on_database
from releases.backfill.faults import fault_of
from releases.backfill.operation import Backfill
from releases.record.pending import applied_state, pending_migrations


def faulty_backfills(connection: BaseDatabaseWrapper, app_label: str | None) -> Iterator[str]:
    """Of the pending migrations."""
    pending = pending_migrations(connection, app_label)
    if not any(isinstance(one, Backfill) for migration in pending for one in on_database(migration.operations)):
        return
    state = applied_state(MigrationLoader(connection))
    for migration in pending:
        for operation in migration.operations:
            operation.state_forwards(migration.app_label, state)
            if fault := fault_of(operation, migration, connection, state):
                yield f"{migration}, {operation.describe()}: {fault}"
