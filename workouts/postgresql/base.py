"""The engine: `ENGINE = "workouts.postgresql"`. Django looks for `DatabaseWrapper` in a module `base`."""

import select
import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg.pq import TransactionStatus

from workouts.postgresql.far_dates import read_far_dates

TRUSTED_SECONDS = 1.0
"""A connection that answered within this time is not asked again, unless something has come in. One that was idle for
longer may have been dropped by a network that tells neither end, which only a question shows."""


class DatabaseWrapper(base.DatabaseWrapper):
    _answered = float("-inf")

    def get_new_connection(self, conn_params: dict[str, Any]) -> "Connection[Any]":
        connection: Connection[Any] = super().get_new_connection(conn_params)
        read_far_dates(connection)
        return connection

    def is_usable(self) -> bool:
        """Asks the server, as Django does before the first query of each request, except if it answered just now.

        A server that ends a session says so, or closes the socket; either can be seen without asking.
        """
        trusted = time.monotonic() - self._answered < TRUSTED_SECONDS and not self.errors_occurred
        if trusted and self.connection is not None and _is_quiet(self.connection):
            return True
        usable: bool = super().is_usable()
        if usable:
            self._answered = time.monotonic()
        return usable


def _is_quiet(connection: "Connection[Any]") -> bool:
    """Whether it is open and outside a transaction, and nothing has come in."""
    if connection.info.transaction_status != TransactionStatus.IDLE:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
