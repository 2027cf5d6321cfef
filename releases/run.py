"""One release: how `migrate` is run so that it waits, locks, tries again, and is recorded."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.utils import timezone

from releases.limits import Deadline, Limits
from releases.lock import MigrationLock
from releases.models import Release
from releases.postgres import (
    Say,
    open_companion,
    prepare,
    refuse_transaction_pooling,
    use_direct_connection,
    wait_until_it_answers,
)
from releases.retry import is_passing, pauses
from releases.watch import Watcher

logger = logging.getLogger(__name__)


@dataclass
class Run:
    """What a release has done so far."""

    connection: BaseDatabaseWrapper
    say: Say
    started: Any = field(default_factory=timezone.now)
    attempts: int = 0
    waited: float = 0
    migrations: list[dict[str, Any]] = field(default_factory=list)
    current: Migration | None = None
    lock: MigrationLock | None = None
    record: Release | None = None
    schema: str = ""
    _began: float = field(default_factory=time.monotonic)
    _current_began: float = 0

    def migration_starts(self, migration: Migration) -> None:
        """Raises LockLostError when another release may have taken over meanwhile."""
        if self.lock:
            self.lock.check()
        self.current, self._current_began = migration, time.monotonic()

    def migration_succeeded(self) -> None:
        seconds = round(time.monotonic() - self._current_began, 3)
        self.migrations.append({"name": str(self.current), "seconds": seconds})
        self.current = None
        self.start_record()

    def start_record(self) -> None:
        """Written as soon as the table can hold it: a release that is killed leaves its row."""
        if self.record or not self._is_recordable():
            return
        releases = Release.objects.using(self.connection.alias)
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
        try:
            if self._is_recordable():
                release.save(using=self.connection.alias)
        except DatabaseError:
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
            "Release %s: %d migrations in %.2f s, attempts: %d, waited %.1f s for locks",
            *(summary["outcome"], len(self.migrations), summary["seconds"], self.attempts, release.waited),
            extra=summary,
        )

    def _is_recordable(self) -> bool:
        """Whether the table is there with every column, which the migrations of this very run may have to see to."""
        table, introspection = Release._meta.db_table, self.connection.introspection
        with self.connection.cursor() as cursor:
            if table not in introspection.table_names(cursor):
                return False
            columns = {info.name for info in introspection.get_table_description(cursor, table)}
        return columns >= {field.column for field in Release._meta.local_concrete_fields}

    def _release(self) -> Release:
        return Release(
            commit=os.environ.get("RAILWAY_GIT_COMMIT_SHA", ""),
            deployment=os.environ.get("RAILWAY_DEPLOYMENT_ID", ""),
            started=self.started,
        )


def run_alone_and_again(run: Run, migrate: Callable[[], None], limits: Limits) -> None:
    """Runs `migrate` on PostgreSQL: under the migration lock, and again after an error that passes.

    Raises what does not pass, and what has not passed by the deadline.
    """
    deadline = Deadline(limits.deadline)
    use_direct_connection(run.connection)
    for pause in pauses():
        wait_until_it_answers(run.connection, min(limits.database, deadline.remaining()), run.say)
        run.attempts += 1
        try:
            _attempt(run, migrate, limits, deadline)
        except Exception as error:
            run.connection.close()
            if not is_passing(error) or deadline.passed():
                raise
            reason = " ".join(str(error).split()).rstrip(".")
            run.say(f"\nAttempt {run.attempts} was stopped: {reason}. Trying again in {pause:.1f} s.")
            time.sleep(min(pause, deadline.remaining()))
        else:
            return


def _attempt(run: Run, migrate: Callable[[], None], limits: Limits, deadline: Deadline) -> None:
    with closing(open_companion(run.connection)) as companion:
        refuse_transaction_pooling(run.connection, companion)
        with MigrationLock(companion, deadline, run.say) as lock:
            run.lock = lock
            prepare(run.connection, limits)
            with run.connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (pid,) = cursor.fetchone()
            watcher = Watcher(companion, pid, run.say)
            try:
                with watcher:
                    run.start_record()
                    migrate()
            finally:
                run.waited += lock.waited + watcher.waited
