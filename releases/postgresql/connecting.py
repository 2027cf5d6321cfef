"""Why PostgreSQL refused a connection, determined by SQLSTATE and by the socket, never by the message.

libpq does not offer the SQLSTATE of a failed connection, and the server's messages are in the language of
`lc_messages`. So a failed connection is tried once more, with libpq set to print the SQLSTATE alone.
"""

import ctypes
import importlib
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import pq
from psycopg.conninfo import make_conninfo

from releases.messages.refusals import (
    NO_ANSWER,
    NO_CERTIFICATE,
    NO_PASSWORD,
    NO_TLS,
    NOTHING_LISTENS,
    REFUSED,
    UNKNOWN_HOST,
    UNTRUSTED,
    Refusal,
)

SQLSTATE_ALONE = 3  # PQERRORS_SQLSTATE
SQLSTATE = re.compile(r":  ([0-9A-Z]{5})$", re.MULTILINE)
SSL_REQUEST = bytes.fromhex("00000008 04d2162f")
TLS_MODES = ("require", "verify-ca", "verify-full")


def conninfo(connection: BaseDatabaseWrapper) -> str:
    """The parameters of Django's connection as a connection string of libpq."""
    parameters = connection.get_connection_params()
    not_libpq = ("cursor_factory", "context", "prepare_threshold")
    return make_conninfo(**{name: value for name, value in parameters.items() if name not in not_libpq})


def why_refused(conninfo: str, seconds: float = 5) -> Refusal | None:
    """Connects once more and returns why that fails; None if it succeeds. Waits for about `seconds` at most."""
    attempt = pq.PGconn.connect_start(conninfo.encode())
    try:
        _print_the_sqlstate(attempt)
        answer = _poll(attempt, time.monotonic() + seconds)
        if answer == pq.PollingStatus.OK:
            return None
        parameters = {one.keyword.decode(): (one.val or b"").decode() for one in attempt.info}
        stated = SQLSTATE.findall(attempt.get_error_message())
        cause = stated[-1] if stated else _without_sqlstate(attempt, parameters, seconds)
    finally:
        attempt.finish()
    where = {name: parameters[name] for name in ("host", "port", "user", "sslmode")}
    file = _missing_certificate(parameters) if cause == NO_CERTIFICATE else ""
    return Refusal(cause, **where, database=parameters["dbname"], file=file)


def _print_the_sqlstate(attempt: pq.abc.PGconn) -> None:
    """psycopg does not wrap this function of libpq; `pgconn_ptr` is documented for such cases."""
    module = importlib.import_module(type(attempt).__module__)
    with suppress(OSError, AttributeError):  # another build of psycopg: only the causes without SQLSTATE
        libpq = getattr(module, "impl", None) or ctypes.CDLL(module.__file__)
        set_verbosity = libpq.PQsetErrorVerbosity
        set_verbosity.argtypes, set_verbosity.restype = (ctypes.c_void_p, ctypes.c_int), ctypes.c_int
        set_verbosity(attempt.pgconn_ptr, SQLSTATE_ALONE)  # type: ignore[attr-defined]


def _poll(attempt: pq.abc.PGconn, end: float) -> pq.PollingStatus | None:
    """Lets libpq connect until it has succeeded or failed; None if the time is up."""
    if attempt.status == pq.ConnStatus.BAD:
        return pq.PollingStatus.FAILED
    while True:
        status = attempt.connect_poll()
        if status in (pq.PollingStatus.OK, pq.PollingStatus.FAILED):
            return pq.PollingStatus(status)
        event = EVENT_READ if status == pq.PollingStatus.READING else EVENT_WRITE
        with DefaultSelector() as waiting:
            waiting.register(attempt.socket, event)
            if not waiting.select(max(0, end - time.monotonic())):
                return None


def _without_sqlstate(attempt: pq.abc.PGconn, parameters: dict[str, str], seconds: float) -> str:
    if attempt.needs_password:
        return NO_PASSWORD
    causes = [_of_one(host, port, parameters, seconds) for host, port in _addresses(parameters)]
    # Of several hosts, the one that got furthest says most.
    return min(causes, key=(NO_CERTIFICATE, UNTRUSTED, NO_TLS, REFUSED, NO_ANSWER, NOTHING_LISTENS, UNKNOWN_HOST).index)


def _addresses(parameters: dict[str, str]) -> Iterator[tuple[str, str]]:
    hosts = (parameters["hostaddr"] or parameters["host"] or "localhost").split(",")
    ports = (parameters["port"] or "5432").split(",")
    for place, host in enumerate(hosts):
        yield host, (ports[place] if len(ports) == len(hosts) else ports[0]) or "5432"


def _of_one(host: str, port: str, parameters: dict[str, str], seconds: float) -> str:
    cause, has_tls = _ask_for_tls(host, port, seconds)
    if cause:
        return cause
    if parameters["sslmode"] not in TLS_MODES or host.startswith("/"):
        return REFUSED
    if not has_tls:
        return NO_TLS
    return NO_CERTIFICATE if _missing_certificate(parameters) else UNTRUSTED


def _ask_for_tls(host: str, port: str, seconds: float) -> tuple[str, bool]:
    """The cause (empty if it answers), and whether the server has TLS, which is its first byte."""
    try:
        with _connected(host, port, seconds) as session:
            session.sendall(SSL_REQUEST)
            answer = session.recv(1)
    except socket.gaierror:
        return UNKNOWN_HOST, False
    except (ConnectionRefusedError, FileNotFoundError):
        return NOTHING_LISTENS, False
    except (ValueError, OverflowError):  # no such port
        return REFUSED, False
    except OSError:
        return NO_ANSWER, False
    # A proxy whose server is down closes the socket without an answer.
    return ("", answer == b"S") if answer in (b"S", b"N") else (NO_ANSWER, False)


def _connected(host: str, port: str, seconds: float) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, int(port)), timeout=seconds)
    session = socket.socket(socket.AF_UNIX)
    session.settimeout(seconds)
    try:
        session.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        session.close()
        raise
    return session


def _missing_certificate(parameters: dict[str, str]) -> str:
    """`sslrootcert=/the/path` if the connection needs a file that cannot be read; otherwise empty."""
    wanted = {"sslkey": parameters.get("sslkey")}
    if parameters["sslmode"].startswith("verify"):
        wanted["sslrootcert"] = parameters.get("sslrootcert") or str(Path.home() / ".postgresql/root.crt")
    for name, path in wanted.items():
        if path and path != "system" and not os.access(path, os.R_OK):
            return f"{name}={path}"
    return ""
