"""A throwaway PostgreSQL 18, in memory if there is plenty, and a standby of it."""

import contextlib
import copy
import shutil
from collections.abc import Iterator

from releases.rehearsal import postgres
from releases.rehearsal.postgres import PROGRAMS, ThrowawayPostgres, die_with_parent, free_port
from tests.memory import TEMPORARY

__all__ = [
    "PROGRAMS",
    "ThrowawayPostgres",
    "die_with_parent",
    "free_port",
    "standby_of",
    "throwaway_postgres",
]


def throwaway_postgres(**settings: str) -> contextlib.AbstractContextManager[ThrowawayPostgres]:
    return postgres.throwaway_postgres(TEMPORARY, **settings)


@contextlib.contextmanager
def standby_of(primary: ThrowawayPostgres) -> Iterator[ThrowawayPostgres]:
    """Copies a server, which must be stopped, to a standby: read-only, waiting for changes that never arrive."""
    standby = copy.copy(primary)
    standby.data, standby.port = primary.data.with_name("standby"), free_port()
    shutil.copytree(primary.data, standby.data)
    (standby.data / "standby.signal").touch()
    for path in (standby.data, *standby.data.rglob("*")):
        shutil.chown(path, standby.user) if standby.user else None
    standby.url = primary.url.replace(f":{primary.port}/", f":{standby.port}/")
    standby.start()
    try:
        yield standby
    finally:
        standby.stop()
