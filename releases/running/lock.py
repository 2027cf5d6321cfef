"""One release at a time: by a lock of PostgreSQL, or by a lock file beside the SQLite file."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from releases import conf
from releases.models import Release
from releases.running.deadline import Deadline
from releases.running.progress import Say


@contextmanager
def alone(connection: BaseDatabaseWrapper, say: Say) -> Iterator[None]:
    """Within, no release of this database runs, and `connection` is set up as for a release.

    On PostgreSQL and SQLite only. Raises CommandError if another release has not ended by the deadline.
    """
    if connection.vendor == "postgresql":
        from releases.postgresql.lock import alone_on_server

        with alone_on_server(connection, say):
            yield
    else:
        from releases.running.file_lock import file_lock

        with file_lock(connection, Deadline(conf.read().deadline), say):
            yield


def is_interrupted(connection: BaseDatabaseWrapper) -> bool:
    """Whether a release is `running` by its record, and none is at work."""
    releases = Release.objects.using(connection.alias)
    return releases.filter(outcome=Release.Outcome.RUNNING).exists() and not _is_held(connection)


def _is_held(connection: BaseDatabaseWrapper) -> bool:
    """True if that cannot be known."""
    if connection.vendor == "postgresql":
        from releases.postgresql.lock import is_held
    else:
        from releases.running.file_lock import is_held
    return is_held(connection)
