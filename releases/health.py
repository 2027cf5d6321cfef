"""Is the database where this code needs it?"""

import threading

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from releases.schema import verify


class NotReadyError(Exception):
    """This code cannot serve on this database. `details` says why, without secrets."""

    def __init__(self, **details: object) -> None:
        super().__init__(details)
        self.details = details


class SchemaGate:
    """Looks at the schema once in a process, and again after every failure. One thread looks at a time."""

    def __init__(self) -> None:
        self._whole = False
        self._looking = threading.Lock()

    def shut(self) -> None:
        self._whole = False

    def check(self) -> None:
        """Raises NotReadyError while something that the models declare is missing."""
        if self._whole:
            return
        with self._looking:
            if self._whole:
                return
            verdict = verify(connection)
            if not verdict.whole:
                raise NotReadyError(database="ok", missing=verdict.sentences)
            self._whole = True


gate = SchemaGate()


def check_ready() -> list[str]:
    """Returns the applied migrations that this code does not know: no obstacle, because migrations only widen.

    Raises NotReadyError unless the database answers, has every migration of this code, and holds what they made.
    """
    try:
        executor = MigrationExecutor(connection)
        if unapplied := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise NotReadyError(database="ok", unapplied=[str(migration) for migration, _ in unapplied])
        gate.check()
    except DatabaseError:
        gate.shut()
        raise NotReadyError(database="unreachable") from None
    except NotReadyError:
        gate.shut()
        raise
    return unknown_to(executor.loader)


def unknown_to(loader: MigrationLoader) -> list[str]:
    """Labels such as `workouts.0001_initial`: applied to the database, but not of this code, which was rolled back."""
    unknown = loader.applied_migrations.keys() - loader.disk_migrations.keys()
    return sorted(f"{app}.{name}" for app, name in unknown)
