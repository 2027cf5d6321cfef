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
    """Returns the applied migrations that this code does not know.

    Raises NotReadyError unless the database answers and has every migration of this code.

    Unknown migrations are no obstacle: they only widen (docs/architecture.md).
    """
    try:
        unapplied, unknown = unapplied_migrations(), unknown_migrations()
    except DatabaseError:
        raise NotReadyError(database="unreachable") from None
    if unapplied:
        raise NotReadyError(database="ok", unapplied=unapplied)
    return unknown


def unknown_migrations() -> list[str]:
    """Applied to the database, but not of this code: it was rolled back."""
    loader = MigrationLoader(connection)
    unknown = loader.applied_migrations.keys() - loader.disk_migrations.keys()
    return sorted(f"{app}.{name}" for app, name in unknown)


def unapplied_migrations() -> list[str]:
    """Labels such as `workouts.0001_initial`, in the order in which they would be applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]
