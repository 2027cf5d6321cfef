"""What Django's own table of migrations says, beside what this code has."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder


@dataclass(frozen=True)
class RecordedMigration:
    app: str
    name: str
    applied: datetime | None
    """None where it is of this code and not applied yet."""
    known: bool
    """Whether this code has it. It does not where a later version applied it, or where its app was taken out."""


def recorded_migrations(connection: BaseDatabaseWrapper) -> list[RecordedMigration] | None:
    """Those to come in the order in which `migrate` would apply them, then the applied ones, the newest first.

    None where the database has no such table: nothing has been migrated there.
    """
    recorder = MigrationRecorder(connection)
    if not recorder.has_table():
        return None
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    to_come = [RecordedMigration(migration.app_label, migration.name, None, known=True) for migration, _ in plan]
    return [*to_come, *_applied(recorder, executor.loader.disk_migrations.keys())]


def _applied(recorder: MigrationRecorder, known: Container[tuple[str, str]]) -> Iterator[RecordedMigration]:
    for record in recorder.migration_qs.order_by("-applied", "-id"):
        yield RecordedMigration(record.app, record.name, record.applied, known=(record.app, record.name) in known)
