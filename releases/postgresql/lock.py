"""One release at a time, across containers: an advisory lock of the database."""

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import psycopg
from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper

from releases import conf
from releases.conf import Conf
from releases.postgresql.holder import HOLDER, holder
from releases.postgresql.opening import open_sessions, refuse_pooling
from releases.postgresql.same_database import refuse_other_database
from releases.postgresql.sessions import Session, set_up
from releases.postgresql.table_locks import short_table_locks
from releases.postgresql.watch import WATCH_EVERY, Watcher
from releases.running.deadline import Deadline
from releases.running.progress import Doing, Say
from releases.running.retry import LockLostError
from releases.sessions import for_a_release

KEY = int.from_bytes(hashlib.sha256(b"django-migrations").digest()[:8], "big", signed=True)


@contextmanager
def alone_on_server(connection: BaseDatabaseWrapper, say: Say) -> Iterator[None]:
    """The lock for a command that does not retry."""
    given = conf.read()
    with for_a_release(connection), closing(open_sessions(connection, given.database_wait, say)) as companion:
        refuse_wrong_sessions(connection, companion, say)
        with exclusively(connection, companion, given, Deadline(given.deadline), say):
            yield


def refuse_wrong_sessions(connection: BaseDatabaseWrapper, companion: Session, say: Say) -> None:
    """Raises CommandError if they do not reach the application's database, or only through a pooler."""
    refuse_pooling(connection, companion)
    refuse_other_database(connection, say)


@contextmanager
def exclusively(
    connection: BaseDatabaseWrapper,
    companion: Session,
    conf: Conf,
    deadline: Deadline,
    say: Say,
    doing: Callable[[], Doing] = Doing,
) -> Iterator[tuple["MigrationLock", Watcher]]:
    """Within, this process holds the migration lock, and its two sessions are set up, watched and kept alive.

    Call refuse_wrong_sessions() first. Raises Stalled if it made others wait longer than the stall budget.
    """
    set_up(connection, companion, conf, deadline)
    with (
        Watcher(companion, connection, say, conf.stall_budget, doing) as watcher,
        MigrationLock(companion, deadline, say) as lock,
        short_table_locks(connection, conf.table_lock_timeout),
    ):
        try:
            yield lock, watcher
        except Exception as error:
            if stalled := watcher.stalls.error():
                raise stalled from error
            raise


def is_held(connection: BaseDatabaseWrapper) -> bool:
    """Whether a release of this database is at work."""
    return holder(connection, KEY) is not None


class MigrationLock:
    """Held within the context, or until its session ends: a process that dies frees it.

    It polls, because a session that waits in pg_advisory_lock() holds a snapshot. A concurrent index build of the
    holder would wait for that snapshot, and the two would deadlock.
    """

    def __init__(self, session: Session, deadline: Deadline, say: Say) -> None:
        self._session, self._deadline, self._say = session, deadline, say
        self.waited, self._checked = 0.0, 0.0

    def __enter__(self) -> "MigrationLock":
        began, named = time.monotonic(), None
        while not self._try():
            other = self._session.execute(HOLDER, [KEY]).fetchone()
            if other and other[0] != named:
                named = other[0]
                self._say("Another release is running: pid {}, {}, since {}. Waiting for it.".format(*other))
            if self._deadline.passed():
                raise CommandError(
                    f"Another release (pid {named}) still holds the migration lock. Nothing was changed by this one."
                    " Find out what it waits for, then run this again."
                )
            time.sleep(random.uniform(0.1, 0.4))  # noqa: S311  # no secret
        self.waited = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(psycopg.Error):  # if the session was ended, the lock is free
            self._session.execute("SELECT pg_advisory_unlock(%s)", [KEY])

    def check(self) -> None:
        """Raises LockLostError if the session that holds the lock was ended. Asks no more often than the watcher."""
        if time.monotonic() - self._checked < WATCH_EVERY:
            return
        self._checked = time.monotonic()
        try:
            self._session.execute("SELECT 1")
        except psycopg.Error as error:
            raise LockLostError("The session that held the migration lock was ended.") from error

    def _try(self) -> bool:
        return self._session.execute("SELECT pg_try_advisory_lock(%s)", [KEY]).fetchone() == (True,)
