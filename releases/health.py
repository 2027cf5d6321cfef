"""Whether the database is ready for this code."""

import threading
import time

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from releases.messages.errors import reason, was_cut
from releases.record.pending import known_to
from releases.schema import verify


class NotReadyError(Exception):
    """This code cannot serve on this database. `details` says why, without secrets."""

    def __init__(self, **details: object) -> None:
        super().__init__(details)
        self.details = details


class SchemaGate:
    """Verifies the schema once per process, and again after a failure, however often it is probed."""

    PAUSE = 2  # seconds between two verifications while something is missing

    def __init__(self) -> None:
        self._verifying = threading.Lock()
        self._forget()

    def shut(self) -> None:
        """Call this when the database was not ready: it may have been replaced."""
        if self._whole:
            self._forget()

    def check(self) -> None:
        """Raises NotReadyError while something that the models declare is missing."""
        if not self._whole and self._verifying.acquire(blocking=False):
            try:
                self._verify()
            finally:
                self._verifying.release()
        if not self._whole:
            raise NotReadyError(database="ok", missing=self._missing)

    def _forget(self) -> None:
        self._whole, self._missing, self._again_at = False, ["not verified yet"], 0.0

    def _verify(self) -> None:
        if time.monotonic() < self._again_at:
            return
        verdict = verify(connection)
        self._whole, self._missing = verdict.whole, verdict.sentences
        self._again_at = time.monotonic() + self.PAUSE


gate = SchemaGate()


def check_ready() -> list[str]:
    """Returns the applied migrations unknown to this code, which are no obstacle because migrations only widen.

    Raises NotReadyError unless the database answers, has every migration of this code, and holds what they made.
    """
    try:
        executor = MigrationExecutor(connection)
        if unapplied := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise NotReadyError(database="ok", unapplied=[str(migration) for migration, _ in unapplied])
        gate.check()
    except DatabaseError as error:
        gate.shut()
        raise NotReadyError(database="unreachable" if was_cut(error) else reason(error)) from None
    except NotReadyError:
        gate.shut()
        raise
    return unknown_to(executor.loader)


def unknown_to(loader: MigrationLoader) -> list[str]:
    """Labels such as `shop.0001_initial` of migrations that are applied, and missing from this (older) code."""
    return sorted(f"{app}.{name}" for app, name in loader.applied_migrations.keys() - known_to(loader))
