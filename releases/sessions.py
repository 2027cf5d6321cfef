"""The connection of a release: its parameters, and how long connecting may take."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from releases import conf
from releases.messages.naming import direct_settings

# Seconds of silence after which either end considers the other dead. So whatever happens to a release (SIGSTOP, a dead
# host or network, a proxy that forwards nothing more), the server frees its locks within a minute.
SILENCE = 45

# Seconds after which the server ends a transaction in which nothing is sent: nobody waits longer for its locks.
PAUSE = 10

KEEP_ALIVE = {
    "keepalives_idle": 15,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": SILENCE * 1000,
}


def commit() -> str:
    return os.environ.get(conf.read().commit_variable, "")


def deployment() -> str:
    """The platform's id of the deployment; empty if none is known."""
    return os.environ.get(conf.read().deployment_variable, "")


@contextmanager
def for_a_release(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within, `connection` is a release's: to the direct database, if there is one, and with TCP keepalives.

    Afterwards it is closed, and its settings are restored.
    """
    given = connection.settings_dict
    _close(connection)
    connection.settings_dict = {**given, **direct_settings(connection.alias)}
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"] = {**KEEP_ALIVE, **connection.settings_dict["OPTIONS"]}
    try:
        yield
    finally:
        connection_created.disconnect(dispatch_uid=receiver_of(connection))
        _close(connection)
        connection.settings_dict = given


@contextmanager
def connecting_within(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    """Within, an attempt to connect lasts `seconds` at most, although libpq applies its timeout to each address.

    A host seldom has more than two addresses, IPv4 and IPv6. libpq's minimum timeout is 2 s.
    """
    if connection.vendor != "postgresql":
        yield
        return
    given = connection.settings_dict["OPTIONS"]
    hosts = str(given.get("host", connection.settings_dict["HOST"])).split(",")
    share = max(2, int(seconds / (2 * len(hosts))))
    own = int(given.get("connect_timeout", 0))  # 0 or less: no limit
    connection.settings_dict["OPTIONS"] = {**given, "connect_timeout": min(own, share) if own > 0 else share}
    try:
        yield
    finally:
        connection.settings_dict["OPTIONS"] = given


def receiver_of(connection: BaseDatabaseWrapper) -> str:
    """The dispatch_uid of what sets up each session that `connection` opens during a release."""
    return f"releases.sessions {connection.alias}"


def _close(connection: BaseDatabaseWrapper) -> None:
    if not connection.in_atomic_block:
        connection.close()
