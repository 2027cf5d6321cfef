"""Refuses a direct connection to another database than the application's, which would stay unmigrated."""

import secrets
from contextlib import closing

from django.core.management import CommandError
from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from releases import conf
from releases.messages.naming import direct_place, direct_settings, served_place
from releases.postgresql.holder import holder
from releases.postgresql.opening import wait_until_it_answers
from releases.preflight.places import to_show
from releases.preflight.server import read_server
from releases.running.progress import Say


def refuse_other_database(connection: BaseDatabaseWrapper, say: Say) -> None:
    """Raises CommandError unless the direct `connection` and the application's settings reach the same database.

    Also if the application cannot connect: then this is unknown, and it could not serve.
    """
    if not direct_settings(connection.alias):
        return
    with closing(connections.create_connection(connection.alias)) as served:
        served.alias = (
            "application"  # a release sets up what is opened by its own alias, and a pooler would hand that on
        )
        try:
            wait_until_it_answers(served, conf.read().database_wait, say)
            difference = _difference(connection, served)
        except Error as error:
            reason = " ".join(str(error).split()).rstrip(".")
            raise CommandError(
                f"{served_place()} does not answer ({reason}), while {direct_place()} does. The application could not"
                f" serve, and it is unknown whether both are one database. Nothing was changed. Correct"
                f" {served_place()}, or start its server, then run this again."
            ) from error
    if difference:
        happened, remedy = difference
        raise CommandError(f"{happened} Nothing was changed. {remedy} Then run this again.")


def _difference(connection: BaseDatabaseWrapper, served: BaseDatabaseWrapper) -> tuple[str, str] | None:
    """What differs, and what to do; None if both use the same tables."""
    same, direct, its = _sees_lock(connection, served), read_server(connection), read_server(served)
    if its.standby and not direct.standby:
        return f"{served_place()} points to a standby, which accepts no changes.", "Set it to the primary server."
    if not same:
        return (
            f"{direct_place()} points to another database ({_name(connection)}) than {served_place()}"
            f" ({_name(served)}).",
            "Set it to a direct connection to the latter.",
        )
    if its.place is None:
        return (
            f"search_path ({its.search_path}) shows the application no schema that its role {its.role} may use.",
            f"Type, as a superuser: GRANT USAGE ON SCHEMA {direct.place} TO {its.role};",
        )
    if its.place != direct.place:
        return (
            f"The application's tables are in schema {its.place}, and {direct_place()} uses schema {direct.place}.",
            to_show(direct, its.place, direct_place()),
        )
    return None


def _sees_lock(direct: BaseDatabaseWrapper, served: BaseDatabaseWrapper) -> bool:
    """A lock that is taken through one and seen through the other proves that both reach one database of one server.

    This needs no rights, unlike pg_control_system(), distinguishes a copy from its original, and works through every
    pooler, because the direct session holds the lock.
    """
    key = secrets.randbits(63)
    with direct.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        try:
            return holder(served, key) is not None
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _name(connection: BaseDatabaseWrapper) -> str:
    parts = connection.settings_dict
    return f"{parts['NAME']} at {parts['HOST'] or 'localhost'}:{parts['PORT'] or 5432}"
