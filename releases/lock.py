"""One release at a time: across containers by an advisory lock of PostgreSQL, on one machine by a file lock."""

import fcntl
import hashlib
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.limits import Deadline, Limits
from releases.postgres import Say, open_sessions, refuse_pooling
from releases.preflight.same_database import refuse_other_database
from releases.retry import LockLostError
from releases.sessions import Session, for_a_release, set_up
from releases.watch import Watcher

KEY = int.from_bytes(hashlib.sha256(b"django-migrations").digest()[:8], "big", signed=True)

HOLDER = """
SELECT a.pid, a.application_name, date_trunc('second', a.backend_start)
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND a.datname = current_database()
    AND (l.classid::bigint << 32) | l.objid::bigint = %s
"""


@contextmanager
def alone(connection: BaseDatabaseWrapper, say: Say) -> Iterator[None]:
    """Within, no release runs, and `connection` is as a release has it. For a command that does not try again."""
    limits = Limits.from_settings()
    deadline = Deadline(limits.deadline)
    if connection.vendor != "postgresql":
        with file_lock(str(connection.settings_dict["NAME"]), deadline, say):
            yield
        return
    with (
        for_a_release(connection),
        closing(open_sessions(connection, limits.database, say)) as companion,
        exclusively(connection, companion, limits, deadline, say),
    ):
        yield


@contextmanager
def exclusively(
    connection: BaseDatabaseWrapper, companion: Session, limits: Limits, deadline: Deadline, say: Say
) -> Iterator[tuple["MigrationLock", Watcher]]:
    """Within, this process holds the migration lock, and its two sessions are set up, watched and kept alive."""
    refuse_pooling(connection, companion)
    refuse_other_database(connection, say)
    set_up(connection, companion, limits, deadline)
    with Watcher(companion, connection, say) as watcher, MigrationLock(companion, deadline, say) as lock:
        yield lock, watcher


class MigrationLock:
    """Held from entering to leaving, or until its session ends: a holder that dies frees it.

    It polls. A session blocked inside pg_advisory_lock() holds a snapshot; a concurrent index build of the holder
    would wait for that snapshot, and the two would deadlock.
    """

    def __init__(self, session: Session, deadline: Deadline, say: Say) -> None:
        self._session, self._deadline, self._say = session, deadline, say
        self.waited = 0.0

    def __enter__(self) -> "MigrationLock":
        began, named = time.monotonic(), None
        while not self._try():
            holder = self._session.execute(HOLDER, [KEY]).fetchone()
            if holder and holder[0] != named:
                named = holder[0]
                self._say("Another release is running: pid {}, {}, since {}. Waiting for it.".format(*holder))
            if self._deadline.passed():
                raise CommandError(
                    f"Another release (pid {named}) still holds the migration lock. Nothing was changed by this one."
                    " See what it waits for, then run this again."
                )
            time.sleep(random.uniform(0.1, 0.4))  # noqa: S311  # no secret
        self.waited = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(psycopg.Error):  # a session that was ended has freed it already
            self._session.execute("SELECT pg_advisory_unlock(%s)", [KEY])

    def check(self) -> None:
        """Raises LockLostError unless the session that holds the lock lives."""
        try:
            self._session.execute("SELECT 1")
        except psycopg.Error as error:
            raise LockLostError("The session that held the migration lock was ended.") from error

    def _try(self) -> bool:
        return self._session.execute("SELECT pg_try_advisory_lock(%s)", [KEY]).fetchone() == (True,)


@contextmanager
def file_lock(database: str, deadline: Deadline, say: Say) -> Iterator[None]:
    """The same for an SQLite file. The kernel frees it with the process.

    The lock is on a file beside none of the user's: SQLite's own locks end when anybody closes the database's file.
    """
    name = hashlib.sha256(str(Path(database).resolve()).encode()).hexdigest()[:16]
    with Path(tempfile.gettempdir(), f"django-migrations-{name}.lock").open("a") as file:
        said = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if deadline.passed():
                    raise CommandError(
                        "Another release of this file is still running. Nothing was changed by this one."
                    ) from None
            if not said:
                say("Another release of this file is running. Waiting for it.")
                said = True
            time.sleep(random.uniform(0.05, 0.2))  # noqa: S311  # no secret
        yield
