"""What a backfill owes to those who use the database meanwhile."""

import time
from collections.abc import Callable
from itertools import islice
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.messages.errors import sqlstate
from releases.running.progress import Say
from releases.running.retry import pauses

# Seconds that a batch waits for a row that another session has locked, while that one may need rows of the batch.
# Less than deadlock_timeout: so it is never the other session that is ended.
ROW_TIMEOUT = 0.1
TRIES = 20
LOCKED = {"55P03", "40P01"}  # lock_not_available, deadlock_detected

LAG = "SELECT coalesce(extract(epoch FROM max(replay_lag)), 0)::float8 FROM pg_stat_replication"
MOST_LAG = 1.0  # seconds that replicas may be behind
LONGEST_PAUSE = 1.0
PATIENCE = 60.0  # seconds of pauses for replicas in all: one that is deliberately late never catches up


class Courtesy:
    """On a database that tells nothing about its sessions."""

    def patiently(self, batch: Callable[..., int], *args: Any) -> int:
        """Runs `batch`, and again if it waited for a row."""
        return batch(*args)

    def begin(self) -> None:
        """Call this first in the transaction of a batch."""

    def pause(self, committing: float) -> None:
        """Call this after each batch, whose commit took `committing` seconds."""


class OnPostgreSQL(Courtesy):
    def __init__(self, connection: BaseDatabaseWrapper, say: Say) -> None:
        self._connection, self._say = connection, say
        self._patience = PATIENCE

    def patiently(self, batch: Callable[..., int], *args: Any) -> int:
        for pause in islice(pauses(longest=1), TRIES):
            try:
                return batch(*args)
            except OperationalError as error:
                if sqlstate(error) not in LOCKED:
                    raise
            time.sleep(pause)
        return batch(*args)

    def begin(self) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{ROW_TIMEOUT * 1000:.0f}ms"])

    def pause(self, committing: float) -> None:
        """As long as the commit took, which is as slow for all who write; and while replicas are behind."""
        time.sleep(min(committing, LONGEST_PAUSE))
        if self._patience > 0 and self._lag() > MOST_LAG:
            self._patience -= LONGEST_PAUSE
            time.sleep(LONGEST_PAUSE)
            if self._patience <= 0:
                self._say(f"Replicas are still more than {MOST_LAG:g} s behind. The backfill no longer waits for them.")

    def _lag(self) -> float:
        """Of the slowest replica, in seconds; 0 where there is none, or where the role may not see it."""
        with self._connection.cursor() as cursor:
            cursor.execute(LAG)
            return float(cursor.fetchone()[0])


def courtesy_of(connection: BaseDatabaseWrapper, say: Say) -> Courtesy:
    """Inside a transaction nothing can be repeated, and no pause frees a lock."""
    online = connection.vendor == "postgresql" and not connection.in_atomic_block
    return OnPostgreSQL(connection, say) if online else Courtesy()
