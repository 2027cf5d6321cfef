"""Whether the release goes where the project's tables are: the right database, the right schema, the right encoding."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.limits import Limits
from releases.postgres import Say, wait_until_it_answers
from releases.preflight.catalogue import tables_elsewhere
from releases.preflight.server import RECORDS, Server

HELD = """
SELECT count(*) > 0 FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND (classid::bigint << 32) | objid::bigint = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
PLACE = "SELECT coalesce(current_schema(), 'none'), to_regclass(%s)::oid"

START_ANEW = (
    'python manage.py shell -c "from django.db import connection;'
    " from django.db.migrations.recorder import MigrationRecorder;"
    ' MigrationRecorder(connection).ensure_schema()"'
)


def other_database(connection: BaseDatabaseWrapper, say: Say) -> Iterator[str]:
    """MIGRATION_DATABASE_URL has to lead to what the application uses, or that stays unmigrated.

    A lock that is taken through the one and seen through the other proves it. That needs no rights, and it works
    through every pooler: only the direct session holds the lock.
    """
    if not getattr(settings, "MIGRATION_DATABASE", None):
        return
    with closing(connections.create_connection(connection.alias)) as served:
        try:
            wait_until_it_answers(served, Limits.from_settings().database, say)
            same = _sees_lock(connection, served)
            places = [_place(one) for one in (connection, served)]
        except DatabaseError as error:
            reason = " ".join(str(error).split()).rstrip(".")
            yield (
                f"DATABASE_URL does not answer ({reason}), while MIGRATION_DATABASE_URL does. The application could not"
                " serve, and it cannot be seen that both are one database. Correct DATABASE_URL, or start what it"
                " leads to."
            )
            return
        if not same:
            yield (
                f"MIGRATION_DATABASE_URL leads to another database ({_name(connection)}) than DATABASE_URL"
                f" ({_name(served)}). Set it to a direct connection to the latter."
            )
        elif places[0] != places[1]:
            yield (
                f"MIGRATION_DATABASE_URL uses schema {places[0][0]} and DATABASE_URL schema {places[1][0]}, because"
                f" the search_path of their roles or options differ. Make them the same."
            )


def _sees_lock(direct: BaseDatabaseWrapper, served: BaseDatabaseWrapper) -> bool:
    key = secrets.randbits(63)
    with direct.cursor() as holder, served.cursor() as viewer:
        holder.execute("SELECT pg_advisory_lock(%s)", [key])
        try:
            viewer.execute(HELD, [key])
            return bool(viewer.fetchone()[0])
        finally:
            holder.execute("SELECT pg_advisory_unlock(%s)", [key])


def _place(connection: BaseDatabaseWrapper) -> tuple[str, int | None]:
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [RECORDS])
        schema, records = cursor.fetchone()
        return schema, records


def _name(connection: BaseDatabaseWrapper) -> str:
    parts = connection.settings_dict
    return f"{parts['NAME']} at {parts['HOST'] or 'localhost'}:{parts['PORT'] or 5432}"


def hidden_records(connection: BaseDatabaseWrapper, server: Server, variable: str) -> Iterator[str]:
    """Without Django's records in sight everything would be made anew, beside the tables that are there."""
    schemas = [] if server.has_records else tables_elsewhere(connection, [RECORDS]).get(RECORDS, [])
    if not schemas:
        return
    yield (
        f"{hidden(connection, server, RECORDS, schemas[0], variable)} A release would make all tables anew. Where that"
        f" is meant, type first: {START_ANEW}"
    )


def hidden(connection: BaseDatabaseWrapper, server: Server, names: str, schema: str, variable: str) -> str:
    """Where the tables `names` stand, and how search_path comes to show them."""
    path = ",".join(filter(None, (connection.ops.quote_name(schema), server.search_path.replace(", ", ","))))
    if server.search_path_source == "client":
        remedy = f"Give {variable} the parameter options=-csearch_path%3D{quote(path, safe=',')} instead."
    else:
        remedy = (
            f"Type, as that role or a superuser: ALTER ROLE {server.role} IN DATABASE {server.database}"
            f" SET search_path = {path};"
        )
    return (
        f"{names}: in schema {schema}, which the search_path ({server.search_path}) of role {server.role} does not"
        f" show. {remedy}"
    )


def wrong_encoding(server: Server) -> Iterator[str]:
    """Django stores UTF-8. A project that was begun in another encoding lives with it; a new one need not begin."""
    if server.has_records or server.encoding == "UTF8":
        return
    yield (
        f"The encoding of database {server.database} is {server.encoding}, and Django's is UTF8: text that"
        f" {server.encoding} does not have could not be stored. As a superuser: CREATE DATABASE {server.database}_utf8"
        f" OWNER {server.role} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0; Copy what is there with:"
        f" pg_dump --encoding=UTF8 {server.database} | psql {server.database}_utf8 Then set DATABASE_URL to it."
    )
