"""The PostgreSQL sessions of a release: the one that migrates, and a companion that locks and watches."""

import os
import socket
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import CommandError
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.limits import Deadline, Limits
from releases.retry import pauses

Say = Callable[[str], None]

POOLED = (
    "The database is behind a pooler in transaction mode (PgBouncer): locks and settings of a session do not hold"
    " there. Nothing was changed. Set MIGRATION_DATABASE_URL to a direct connection, then run the release again."
    " On Railway: railway variable set 'MIGRATION_DATABASE_URL=${{Postgres.DATABASE_URL}}'"
)


def use_direct_connection(connection: BaseDatabaseWrapper) -> None:
    """Points `connection` at `settings.MIGRATION_DATABASE`, where the application itself goes through a pooler.

    The settings of the application stay: its database is compared with this one (releases.preflight).
    """
    direct = getattr(settings, "MIGRATION_DATABASE", None)
    if direct:
        connection.close()
        connection.settings_dict = {**connection.settings_dict, **direct}


def wait_until_it_answers(connection: BaseDatabaseWrapper, seconds: float, say: Say) -> None:
    """Connects. Waits for a server that is down or starting; raises at once what waiting does not cure."""
    deadline, said = Deadline(seconds), False
    for pause in pauses():
        try:
            connection.ensure_connection()
        except OperationalError:
            if _accepts_connections(connection) or deadline.passed():
                raise
            if not said:
                say(f"The database does not answer yet; waiting up to {seconds:g} s.")
                said = True
            time.sleep(min(pause, deadline.remaining()))
        else:
            return


def _accepts_connections(connection: BaseDatabaseWrapper) -> bool:
    """libpq's ping needs no right password: the server is up, so the connection was refused for good."""
    return psycopg.pq.PGconn.ping(_conninfo(connection).encode()) == psycopg.pq.Ping.OK


def _conninfo(connection: BaseDatabaseWrapper) -> str:
    parameters = connection.get_connection_params()
    not_libpq = ("cursor_factory", "context", "prepare_threshold")
    return psycopg.conninfo.make_conninfo(
        **{name: value for name, value in parameters.items() if name not in not_libpq}
    )


def open_companion(connection: BaseDatabaseWrapper) -> "psycopg.Connection[Any]":
    """A second session in autocommit: it holds no snapshot, so a concurrent index build need not wait for it.

    Keep-alives let the server notice within half a minute that this host is gone, and free the lock.
    """
    name = f"release {os.environ.get('RAILWAY_DEPLOYMENT_ID') or socket.gethostname()} {os.getpid()}"
    companion = psycopg.connect(_conninfo(connection), autocommit=True, application_name=name)
    for setting in ("tcp_keepalives_idle = 15", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3"):
        companion.execute(f"SET {setting}")
    companion.execute("SET idle_session_timeout = 0")
    return companion


def prepare(connection: BaseDatabaseWrapper, limits: Limits) -> None:
    """Ordinary statements wait briefly for locks, and nothing else of the role's settings cuts them short."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{limits.lock:g}s'")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET idle_in_transaction_session_timeout = 0")


def refuse_transaction_pooling(connection: BaseDatabaseWrapper, companion: "psycopg.Connection[Any]") -> None:
    """Raises CommandError when statements of one session reach changing servers.

    A pooler invents the process id that it tells at connection time, so a direct connection is known at once. Behind
    one, the server of the idle companion either serves the other session's transaction or has changed afterwards.
    """
    if companion.info.backend_pid == _server_pid(companion):
        return
    for _ in range(10):
        before = _server_pid(companion)
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_backend_pid()")
            other = cursor.fetchone()
            cursor.execute("ROLLBACK")
        if other == (before,) or _server_pid(companion) != before:
            raise CommandError(POOLED)


def _server_pid(session: "psycopg.Connection[Any]") -> int:
    row = session.execute("SELECT pg_backend_pid()").fetchone()
    assert row  # noqa: S101  # a SELECT without FROM has a row
    return int(row[0])
