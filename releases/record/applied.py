"""Django's record of applied migrations, compared with the migrations of this code."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from releases.record.pending import Key, known_to


@dataclass(frozen=True)
class RecordedMigration:
    app: str
    name: str
    applied: datetime | None
    """None if it is not applied yet."""
    known: bool
    """Whether this code has it, or its squash. It does not if a later version applied it, or if its app was removed."""


def recorded_migrations(connection: BaseDatabaseWrapper) -> list[RecordedMigration] | None:
    """The unapplied ones in the order in which `migrate` would apply them, then the applied ones, newest first.

    None if the database has no such table: nothing has been migrated there.
    """
    recorder = MigrationRecorder(connection)
    if not recorder.has_table():
        return None
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    to_come = [RecordedMigration(migration.app_label, migration.name, None, known=True) for migration, _ in plan]
    return [*to_come, *_applied(recorder, known_to(executor.loader))]


def _applied(recorder: MigrationRecorder, known: Container[Key]) -> Iterator[RecordedMigration]:
    for record in recorder.migration_qs.order_by("-applied", "-id"):
        yield RecordedMigration(record.app, record.name, record.applied, known=(record.app, record.name) in known)
