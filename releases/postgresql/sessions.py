"""Sets up the sessions of a release, the one that migrates and its companion, and keeps them alive."""

import os
import socket
from contextlib import suppress
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import PipelineStatus, TransactionStatus

from releases.conf import Conf
from releases.running.deadline import Deadline
from releases.sessions import PAUSE, SILENCE, receiver_of

Session = psycopg.Connection[Any]

# Settings of a role or a database that would end a healthy release, change what its statements mean, or make psycopg
# fail. search_path, row_security and default_transaction_read_only are left as the operator set them.
SERVER = {
    # A healthy release is never silent for so long: `beat` sends something while Python computes. Outside a transaction
    # the limit is longer: the companion's idle session holds the migration lock, and a release that wakes up without
    # it must not find its other session alive.
    "idle_in_transaction_session_timeout": f"{PAUSE}s",
    "idle_session_timeout": f"{SILENCE}s",  # from 14
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": f"{SILENCE}s",
    "client_connection_check_interval": "5s",  # from 14: also ends the statement of a killed client
    "transaction_timeout": "0",  # from 17
    "default_transaction_isolation": "read committed",  # an older snapshot misses concurrent writes
    "deadlock_timeout": "100ms",  # autovacuum yields after that; superusers only
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",  # floats are read as stored
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",  # names are compared
    "array_nulls": "on",
}

# Leaves out what this version does not know or this role may not set. Only servers on Linux notice a closed socket.
SET = """
SELECT set_config(wanted.name, value, false)
FROM unnest(%s::text[], %s::text[]) AS wanted (name, value) JOIN pg_settings s USING (name)
    JOIN pg_roles ON rolname = current_user
WHERE (context = 'user' OR rolsuper) AND (name <> 'client_connection_check_interval' OR version() ~ 'linux')
"""

IDLE = (TransactionStatus.IDLE, TransactionStatus.INTRANS, TransactionStatus.INERROR)


def set_up(connection: BaseDatabaseWrapper, companion: Session, conf: Conf, deadline: Deadline) -> None:
    """Sets up both sessions, and from now on each session that `connection` opens.

    Call refuse_pooling() first: a pooler would pass the settings on to the application's sessions.
    """

    def opened(connection: BaseDatabaseWrapper, **_: object) -> None:
        if connection.alias == alias:
            _set(connection.connection, conf, deadline)

    alias = connection.alias
    connection_created.connect(opened, weak=False, dispatch_uid=receiver_of(connection))
    _set(connection.connection, conf, deadline)
    _set(companion, conf, deadline)


def beat(session: Session | None) -> None:
    """Tells the server that this process is alive, if its session is idle and would be ended for that.

    A migration may compute for longer than PAUSE between two statements of its transaction. An empty statement takes
    no snapshot, changes nothing and is allowed in a failed transaction. A running statement, COPY or stream is not
    disturbed.
    """
    if session is None or session.closed or not session.lock.acquire(blocking=False):
        return
    try:
        pgconn = session.pgconn
        if pgconn.transaction_status in IDLE and pgconn.pipeline_status == PipelineStatus.OFF:
            pgconn.exec_(b"-- the release is alive")
    finally:
        session.lock.release()


def cut(session: Session | None) -> None:
    """Makes a thread that uses `session` fail with OperationalError, even if the network is silent."""
    if session is None or session.closed:
        return
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(session.fileno())) as own:
        own.shutdown(socket.SHUT_RDWR)


def _set(session: Session, conf: Conf, deadline: Deadline) -> None:
    """statement_timeout is a last resort that ends the statement of a dead release, hence later than the deadline."""
    timeouts = {"lock_timeout": conf.lock_timeout, "statement_timeout": deadline.remaining() + SILENCE}
    wanted = {**SERVER, **{name: f"{seconds * 1000:.0f}ms" for name, seconds in timeouts.items()}}
    session.execute(SET, [list(wanted), list(wanted.values())])
