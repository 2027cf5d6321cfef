"""Is the database where this code needs it?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


class NotReadyError(Exception):
    """This code cannot serve on this database. `details` says why, without secrets."""

    def __init__(self, **details: object) -> None:
        super().__init__(details)
        self.details = details


def check_ready() -> list[str]:
    """Returns the applied migrations that this code does not know: no obstacle, because migrations only widen.

    Raises NotReadyError unless the database answers and has every migration of this code.
    """
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        raise NotReadyError(database="unreachable") from None
    if unapplied := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError(database="ok", unapplied=[str(migration) for migration, _ in unapplied])
    return unknown_to(executor.loader)


def unknown_to(loader: MigrationLoader) -> list[str]:
    """Labels such as `workouts.0001_initial`: applied to the database, but not of this code, which was rolled back."""
    unknown = loader.applied_migrations.keys() - loader.disk_migrations.keys()
    return sorted(f"{app}.{name}" for app, name in unknown)
