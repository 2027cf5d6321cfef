"""The lock file beside an SQLite file. Not imported for PostgreSQL: its library takes 10 ms."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from filelock import FileLock, Timeout

from releases.preflight import refuse_closed_directory
from releases.preflight.writable import is_file
from releases.running.deadline import Deadline
from releases.running.progress import Say


@contextmanager
def file_lock(connection: BaseDatabaseWrapper, deadline: Deadline, say: Say) -> Iterator[None]:
    """Held within; a process that dies frees it. Does nothing if the database is not a file.

    The lock file is beside the database, so containers that share its volume share the lock. SQLite's own locks would
    end as soon as anything in the process closes the database's file.
    """
    if not is_file(connection):
        yield
        return
    lock = FileLock(f"{connection.settings_dict['NAME']}.lock")
    try:
        _acquire(lock, deadline, say)
    except OSError:
        refuse_closed_directory(connection)
        raise
    try:
        yield
    finally:
        lock.release()


def is_held(connection: BaseDatabaseWrapper) -> bool:
    """True if that cannot be known."""
    path = Path(f"{connection.settings_dict['NAME']}.lock")
    if not is_file(connection) or not path.exists():
        return False
    try:
        with FileLock(path).acquire(timeout=0):
            return False
    except (Timeout, OSError):
        return True


def _acquire(lock: FileLock, deadline: Deadline, say: Say) -> None:
    try:
        lock.acquire(timeout=0)
        return
    except Timeout:
        say("Another release of this file is running. Waiting for it.")
    try:
        lock.acquire(timeout=deadline.remaining(), poll_interval=0.1)
    except Timeout:
        raise CommandError("Another release of this file is still running. Nothing was changed by this one.") from None
