"""One release: how `migrate` is run so that it waits, locks, tries again, and is recorded."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.utils import timezone

from releases import conf
from releases.applying import Applying, name_of
from releases.deadline import Deadline
from releases.lock import file_lock
from releases.models import Release
from releases.progress import Doing, Say
from releases.sessions import commit, deployment

if TYPE_CHECKING:
    from releases.postgresql.lock import MigrationLock

logger = logging.getLogger(__name__)


@dataclass
class Run:
    """What a release has done so far."""

    connection: BaseDatabaseWrapper
    say: Say
    direction: Release.Direction = Release.Direction.FORWARDS
    asked_by: str = ""
    reason: str = ""
    started: Any = field(default_factory=timezone.now)
    attempts: int = 0
    answers: bool = True  # whether the database does
    waited: float = 0
    autovacuum_yields_after: float | None = None  # seconds, where the last attempt met one that had not
    migrations: list[dict[str, Any]] = field(default_factory=list)
    current: Migration | None = None
    lock: "MigrationLock | None" = None
    record: Release | None = None
    schema: str = ""
    _began: float = field(default_factory=time.monotonic)
    _current_began: float = 0

    def doing(self) -> Doing:
        """The operation that is being applied."""
        applying: Applying | None = getattr(self.current, "applying", None)
        operation = applying and applying.operation
        return Doing(name_of(operation), type(operation).__name__) if operation else Doing()

    def migration_starts(self, migration: Migration) -> None:
        """Raises LockLostError when another release may have taken over meanwhile."""
        if self.lock:
            self.lock.check()
        self.current, self._current_began = migration, time.monotonic()

    def migration_succeeded(self, *, adopted: bool = False) -> None:
        """`adopted`: recorded and not run, because its tables were there already."""
        seconds = round(time.monotonic() - self._current_began, 3)
        self.migrations.append(
            {"name": str(self.current), "seconds": seconds, **({"adopted": True} if adopted else {})}
        )
        self.current = None
        self.start_record()

    def start_record(self) -> None:
        """Written as soon as the table can hold it, and kept up to date: a run that is killed leaves its row."""
        releases = Release.objects.using(self.connection.alias)
        if self.record:
            with suppress(Error):  # a step back may have taken the table away
                releases.filter(pk=self.record.pk).update(migrations=self.migrations)
            return
        if not releases.is_recordable():
            return
        releases.mark_interrupted()
        self.record = self._release()
        self.record.save(using=self.connection.alias)

    def finish(self, error: str = "") -> None:
        """Records the outcome and says it in one line; a database that does not take the record loses only that."""
        release = self.record or self._release()
        release.outcome = Release.Outcome.FAILED if error else Release.Outcome.SUCCEEDED
        release.finished = timezone.now()
        release.attempts, release.waited = self.attempts, round(self.waited, 2)
        release.migrations, release.error = self.migrations, error
        release.schema = self.schema
        connection = connections[self.connection.alias]  # of this thread, where the watchdog records
        try:
            if connection.in_atomic_block:  # SQLite's schema editor leaves it open where foreign keys do not hold
                connection.close()
                connection.connect()
            if self.answers and Release.objects.using(connection.alias).is_recordable():
                release.save(using=connection.alias)
        except Error:
            logger.warning("The release could not be recorded.")
        summary = {
            "outcome": release.outcome.value,
            "migrations": [migration["name"] for migration in self.migrations],
            "seconds": round(time.monotonic() - self._began, 2),
            "attempts": self.attempts,
            "waited": release.waited,
        }
        logger.log(
            logging.ERROR if error else logging.INFO,
            "%s %s: %d migrations in %.2f s, attempts: %d, waited %.1f s for locks",
            "Step back" if self.direction == Release.Direction.BACKWARDS else "Release",
            *(summary["outcome"], len(self.migrations), summary["seconds"], self.attempts, release.waited),
            extra=summary,
        )

    def _release(self) -> Release:
        return Release(
            commit=commit(),
            deployment=deployment(),
            started=self.started,
            migrations=self.migrations,
            direction=self.direction,
            asked_by=self.asked_by,
            reason=self.reason,
        )


def run_alone(run: Run, migrate: Callable[[], None]) -> None:
    """Runs `migrate` while no other release of this database, or of this file, runs."""
    given = conf.read()
    if run.connection.vendor == "postgresql":
        from releases.postgresql.attempts import run_alone_and_again

        run_alone_and_again(run, migrate, given)
        return
    run.attempts = 1
    with file_lock(run.connection, Deadline(given.deadline), run.say):
        migrate()
