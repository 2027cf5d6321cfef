"""How both sessions of a release are set up, the one that migrates and its companion, each time one is opened."""

import os
import socket
from contextlib import suppress
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import PipelineStatus, TransactionStatus

from releases.conf import Conf
from releases.deadline import Deadline
from releases.sessions import SILENCE, receiver_of

Session = psycopg.Connection[Any]

# Only what would end a healthy release, change what its statements mean, or make psycopg fail, where a role or a
# database has it otherwise. search_path, row_security and default_transaction_read_only are the operator's intention.
SERVER = {
    # A healthy release is never silent for so long: `beat` speaks up while Python computes. Outside a transaction,
    # too: the companion's idle session holds the migration lock, and a release that wakes up without that lock must
    # not find its other session alive.
    "idle_in_transaction_session_timeout": f"{SILENCE}s",
    "idle_session_timeout": f"{SILENCE}s",  # from 14
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": f"{SILENCE}s",
    "client_connection_check_interval": "5s",  # from 14: a killed client's statement ends, too
    "transaction_timeout": "0",  # from 17
    "default_transaction_isolation": "read committed",  # an older snapshot would not see what writers add meanwhile
    "deadlock_timeout": "100ms",  # autovacuum gives way to whoever has waited for it so long; for superusers alone
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",  # a float comes back as it was stored
    "standard_conforming_strings": "on",
    "array_nulls": "on",
}

# What this version does not know, or this role may not set, is left out. Servers on other systems cannot see that a
# client's socket is closed.
SET = """
SELECT set_config(wanted.name, value, false)
FROM unnest(%s::text[], %s::text[]) AS wanted (name, value) JOIN pg_settings s USING (name)
    JOIN pg_roles ON rolname = current_user
WHERE (context = 'user' OR rolsuper) AND (name <> 'client_connection_check_interval' OR version() ~ 'linux')
"""

IDLE = (TransactionStatus.IDLE, TransactionStatus.INTRANS, TransactionStatus.INERROR)


def set_up(connection: BaseDatabaseWrapper, companion: Session, conf: Conf, deadline: Deadline) -> None:
    """Sets up both sessions, and from now on whatever session `connection` opens.

    Not before it is known that no pooler hands the settings on to the application's sessions.
    """

    def opened(connection: BaseDatabaseWrapper, **_: object) -> None:
        if connection.alias == alias:
            _set(connection.connection, conf, deadline)

    alias = connection.alias
    connection_created.connect(opened, weak=False, dispatch_uid=receiver_of(connection))
    _set(connection.connection, conf, deadline)
    _set(companion, conf, deadline)


def beat(session: Session | None) -> None:
    """Tells the server that this process lives, where its session is idle and would be ended for that.

    A migration may compute for longer than SILENCE between two statements of its transaction. An empty statement takes
    no snapshot, changes nothing and is allowed in a failed transaction. A statement, a COPY or a stream that is under
    way is left alone.
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
    """Ends what a thread does with `session`, even where the network is silent: it gets an OperationalError."""
    if session is None or session.closed:
        return
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(session.fileno())) as own:
        own.shutdown(socket.SHUT_RDWR)


def _set(session: Session, conf: Conf, deadline: Deadline) -> None:
    """No statement outlives the release, where nobody tells the server that it has ended: it is late on purpose."""
    timeouts = {"lock_timeout": conf.lock_timeout, "statement_timeout": deadline.remaining() + SILENCE}
    wanted = {**SERVER, **{name: f"{seconds * 1000:.0f}ms" for name, seconds in timeouts.items()}}
    session.execute(SET, [list(wanted), list(wanted.values())])
