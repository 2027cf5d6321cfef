"""Connects a release to PostgreSQL. Waits for a server that is starting or full, and refuses poolers."""

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.core.management import CommandError
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from releases import conf
from releases.messages.errors import sqlstate
from releases.messages.naming import direct_place
from releases.postgresql.connecting import conninfo, why_refused
from releases.postgresql.sessions import Session
from releases.running.deadline import Deadline
from releases.running.progress import Say
from releases.running.retry import pauses
from releases.sessions import connecting_within
from releases.version import name_of_this_release

Opened = TypeVar("Opened")

TOO_MANY_CONNECTIONS, PROTOCOL_VIOLATION = "53300", "08P01"
DIAGNOSE_WITHIN = 1  # seconds to find out why a connection was refused

LIMITED = (
    "{} may open one connection only, and a release needs two: one migrates, the other holds the lock. Nothing was"
    " changed. Let a superuser run `{}`, then run this again."
)
SINGLE = """
SELECT format('The user %I', rolname), format('ALTER ROLE %I CONNECTION LIMIT 10', rolname)
FROM pg_roles WHERE rolname = session_user AND rolconnlimit = 1
UNION ALL
SELECT format('The database %I', datname), format('ALTER DATABASE %I CONNECTION LIMIT 10', datname)
FROM pg_database WHERE datname = current_database() AND datconnlimit = 1
"""


def open_sessions(connection: BaseDatabaseWrapper, seconds: float, say: Say) -> Session:
    """Connects both sessions of a release, and returns the companion."""
    deadline = Deadline(seconds)
    wait_until_it_answers(connection, seconds, say)
    return _patiently(connection, deadline, say, lambda: _open_companion(connection))


def wait_until_it_answers(connection: BaseDatabaseWrapper, seconds: float, say: Say) -> None:
    """Connects. Waits for a server that is down, starting or full; raises permanent errors at once."""
    _patiently(connection, Deadline(seconds), say, connection.ensure_connection)


def _patiently(connection: BaseDatabaseWrapper, deadline: Deadline, say: Say, connect: Callable[[], Opened]) -> Opened:
    reported = ""
    for pause in pauses():
        try:
            with connecting_within(connection, deadline.remaining()):
                return connect()
        except OperationalError as error:
            refusal = why_refused(conninfo(connection), DIAGNOSE_WITHIN)
            if refusal and refusal.cause == TOO_MANY_CONNECTIONS and connection.connection:
                _refuse_single_connection(connection)
            if refusal and (deadline.passed() or not refusal.is_transient):
                error.refusal = refusal  # type: ignore[attr-defined]  # for releases.messages.diagnosis
                raise
        if refusal and refusal.cause != reported:
            reported = refusal.cause
            why = "has no connection left" if reported == TOO_MANY_CONNECTIONS else "does not answer yet"
            say(f"The database {why}; waiting up to {deadline.seconds:{'.0f' if deadline.seconds > 10 else '.2g'}} s.")
        time.sleep(min(pause, deadline.remaining()))
    raise AssertionError("pauses() has no end")


def _open_companion(connection: BaseDatabaseWrapper) -> Session:
    """A second session, in autocommit: it holds no snapshot that a concurrent index build would wait for."""
    with connection.wrap_database_errors:
        return psycopg.connect(conninfo(connection), autocommit=True, application_name=name_of_this_release())


def _refuse_single_connection(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SINGLE)
        limited = cursor.fetchone()
    if limited:
        raise CommandError(LIMITED.format(*limited))


def refuse_pooling(connection: BaseDatabaseWrapper, companion: Session) -> None:
    """Raises CommandError if statements of one session reach different server processes.

    A pooler makes up the process id that it sends at connection time, so a direct connection is recognized at once.
    Behind a pooler, the server process of the idle companion either serves the other session's transaction or has
    changed afterwards.
    """
    if companion.info.backend_pid == _server_pid(companion):
        return
    for _ in range(10):
        before = _server_pid(companion)
        try:
            other = _server_pid_in_transaction(connection)
        except OperationalError as error:
            if sqlstate(error) == PROTOCOL_VIOLATION and _server_pid(companion):
                raise CommandError(_pooled("statement")) from error
            raise
        if other == before or _server_pid(companion) != before:
            raise CommandError(_pooled("transaction"))


def _pooled(mode: str) -> str:
    return (
        f"The database is behind a pooler in {mode} mode (PgBouncer): locks and settings of a session do not last"
        f" there. Nothing was changed. Set {direct_place()} to a direct connection, then run this again."
        f" {conf.read().direct_database_hint}"
    ).rstrip()


def _server_pid_in_transaction(connection: BaseDatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
        cursor.execute("ROLLBACK")
    return int(pid)


def _server_pid(session: Session) -> int:
    row = session.execute("SELECT pg_backend_pid()", prepare=False).fetchone()  # a pooler may not know it the next time
    assert row  # noqa: S101  # a SELECT without FROM has a row
    return int(row[0])
