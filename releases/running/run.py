"""One release: runs `migrate` with a lock and retries, and records it."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.utils import timezone

from releases import conf
from releases.applying.migration import Applying
from releases.applying.parts import name_of
from releases.messages.counting import counted
from releases.models import LONGEST_ID, Release
from releases.record.pending import is_initial
from releases.running.deadline import Deadline
from releases.running.progress import Doing, Say
from releases.sessions import commit, deployment

if TYPE_CHECKING:
    from releases.postgresql.lock import MigrationLock
    from releases.postgresql.watch import Watcher

logger = logging.getLogger(__name__)

RECORD_EVERY = 0.5  # seconds: many fast migrations would otherwise spend a tenth of their time on it


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
    is_reached: bool = True  # whether the application's database is the one that answers
    waited: float = 0  # for locks, in the attempts that have ended
    autovacuum_yields_after: float | None = None  # seconds, if the last attempt waited for autovacuum
    migrations: list[dict[str, Any]] = field(default_factory=list)
    verdicts: dict[str, list[dict[str, str]]] = field(default_factory=dict)  # by migration
    current: Migration | None = None
    lock: "MigrationLock | None" = None
    watcher: "Watcher | None" = None
    record: Release | None = None
    schema: str = ""
    is_served: bool = False  # a version uses the database
    is_finished: bool = False  # its outcome is recorded
    deadline: Deadline = field(default_factory=lambda: Deadline(conf.read().deadline))
    settle: Callable[[], None] = lambda: None  # called when it has succeeded
    _began: float = field(default_factory=time.monotonic)
    _current_began: float = 0
    _recorded: float = 0

    def doing(self) -> Doing:
        """The operation that is being applied."""
        applying: Applying | None = getattr(self.current, "applying", None)
        operation = applying and applying.operation
        return Doing(name_of(operation), type(operation).__name__) if operation else Doing()

    def migration_starts(self, migration: Migration) -> None:
        """Raises LockLostError if another release may have taken over."""
        if self.lock:
            self.lock.check()
        self.current, self._current_began = migration, time.monotonic()
        if self.watcher:
            self.watcher.begin()

    def migration_succeeded(self, *, adopted: bool = False) -> None:
        """`adopted`: recorded and not run, because its tables already existed."""
        assert self.current  # noqa: S101
        migration = self.current
        self._note({"adopted": True} if adopted else {})
        now = time.monotonic()
        is_due = self.is_served or now - self._recorded > RECORD_EVERY or is_initial(migration)  # may be adopted
        if migration.app_label == Release._meta.app_label or (self.record and is_due):
            self.start_record()

    def _note(self, marks: Mapping[str, bool]) -> None:
        """How the current migration went."""
        name, seconds = str(self.current), round(time.monotonic() - self._current_began, 3)
        entry: dict[str, Any] = {"name": name, "after": round(self._current_began - self._began, 3), "seconds": seconds}
        if self.watcher:
            entry |= self.watcher.seen()
        entry |= marks
        if verdicts := self.verdicts.get(name):
            entry["verdicts"] = verdicts
        self.migrations.append(entry)
        self.current = None

    def start_record(self) -> None:
        """Creates the record as soon as its table exists, or updates it: a killed run leaves its row."""
        releases, self._recorded = Release.objects.using(self.connection.alias), time.monotonic()
        if self.record:
            with suppress(Error):  # a step back may have dropped the table
                releases.filter(pk=self.record.pk).update(migrations=self.migrations)
            return
        if not releases.is_recordable():
            return
        releases.mark_interrupted()
        self.record = self._release()
        self.record.save(using=self.connection.alias)

    def undone_meanwhile(self) -> set[str]:
        """What steps back have undone between the attempts of this release."""
        if not self.record or self.direction == Release.Direction.BACKWARDS:
            return set()
        later = Release.objects.using(self.connection.alias).filter(pk__gt=self.record.pk)
        steps_back = later.filter(direction=Release.Direction.BACKWARDS)
        return {one["name"] for step in steps_back for one in step.applied}

    def finish(self, error: str = "") -> None:
        """Records the outcome if the database can, and logs it in one line in any case. Only the first time."""
        if self.is_finished:
            return
        self.is_finished = True
        if not error:
            self.settle()
        applied = [migration["name"] for migration in self.migrations]
        if error and self.current:
            self._note({"failed": True})
        release = self.record or self._release()
        release.outcome = Release.Outcome.FAILED if error else Release.Outcome.SUCCEEDED
        release.finished = timezone.now()
        release.attempts, release.waited = self.attempts, round(self._waited_in_all(), 2)
        release.migrations, release.error = self.migrations, error
        release.schema = self.schema
        connection = connections[self.connection.alias]  # this thread's own: the watchdog may call this
        try:
            if connection.in_atomic_block:  # left open by SQLite's schema editor if foreign keys are violated
                connection.close()
                connection.connect()
            if self.is_reached and Release.objects.using(connection.alias).is_recordable():
                release.save(using=connection.alias)
        except Error:
            logger.warning("The release could not be recorded.")
        summary = {
            "outcome": release.outcome.value,
            "migrations": applied,
            "seconds": round(time.monotonic() - self._began, 2),
            "attempts": self.attempts,
            "waited": release.waited,
        }
        logger.log(
            logging.ERROR if error else logging.INFO,
            "%s %s: %s in %.2f s, attempts: %d, waited %.1f s for locks",
            "Step back" if self.direction == Release.Direction.BACKWARDS else "Release",
            *(
                summary["outcome"],
                counted(len(applied), "migration"),
                summary["seconds"],
                self.attempts,
                release.waited,
            ),
            extra=summary,
        )

    def _waited_in_all(self) -> float:
        under_way = self.lock.waited + self.watcher.waited if self.lock and self.watcher else 0
        return self.waited + under_way

    def _release(self) -> Release:
        return Release(
            commit=commit()[:LONGEST_ID],
            deployment=deployment()[:LONGEST_ID],
            started=self.started,
            migrations=self.migrations,
            direction=self.direction,
            asked_by=self.asked_by,
            reason=self.reason,
        )


def run_alone(run: Run, migrate: Callable[[], None]) -> None:
    """Runs `migrate` while no other release of this database runs."""
    if run.connection.vendor == "postgresql":
        from releases.postgresql.attempts import run_with_retries

        run_with_retries(run, migrate, conf.read())
        return
    from releases.running.file_lock import file_lock

    run.attempts = 1
    with file_lock(run.connection, run.deadline, run.say):
        migrate()
