"""Whether the release would reach the project's tables, and whether the database can store its text."""

import json
from collections.abc import Iterator
from urllib.parse import quote

from django.db.backends.base.base import BaseDatabaseWrapper

from releases.messages.naming import Place, place_of, served_place
from releases.preflight.catalogue import tables_elsewhere
from releases.preflight.server import RECORDS, Server, read_closed_schemas, read_server

START_ANEW = (
    'python manage.py shell -c "from django.db import connection;'
    " from django.db.migrations.recorder import MigrationRecorder;"
    ' MigrationRecorder(connection).ensure_schema()"'
)


def hidden_records(connection: BaseDatabaseWrapper, server: Server) -> Iterator[str]:
    """Without Django's records in search_path, all tables would be created again beside the existing ones."""
    for schema in records_elsewhere(connection, server)[:1]:
        again = f" A release would create all tables again. If that is intended, type first: {START_ANEW}"
        yield f"{hidden_tables(connection, RECORDS, schema)}{again if server.schema else ''}"


def records_elsewhere(connection: BaseDatabaseWrapper, server: Server) -> list[str]:
    """Schemas with Django's records that search_path leaves out; none if it names only such as this role may not use.

    What is missing then is the right.
    """
    if server.has_records or (server.schema is None and read_closed_schemas(connection)):
        return []
    return tables_elsewhere(connection, [RECORDS]).get(RECORDS, [])


def hidden_tables(connection: BaseDatabaseWrapper, names: str, schema: str) -> str:
    """A sentence: where the tables `names` are, and how to make search_path include them."""
    server = read_server(connection)
    return (
        f"{names}: in schema {schema}, which is not in the search_path ({server.search_path}) of role {server.role}."
        f" {to_show(server, connection.ops.quote_name(schema), place_of(connection))}"
    )


def to_show(server: Server, schema: str, place: Place) -> str:
    """How to put `schema` first in search_path. The URL's setting overrides that of the role."""
    path = ",".join((schema, *server.searched))
    if server.search_path_source == "client":
        escaped = path.replace("\\", r"\\").replace(" ", r"\ ")  # libpq splits options at spaces
        if not place.is_url:
            return f'Set "options" to {json.dumps(f"-csearch_path={escaped}")} in the OPTIONS of {place} instead.'
        return f"Give {place} the parameter options=-csearch_path%3D{quote(escaped, safe=',')} instead."
    return (
        f"Type, as that role or a superuser: ALTER ROLE {server.role} IN DATABASE {server.database}"
        f" SET search_path = {path};"
    )


def wrong_encoding(server: Server) -> Iterator[str]:
    """Django stores UTF-8. A project that began in another encoding keeps it; a new one is refused."""
    if server.has_records or server.encoding == "UTF8":
        return
    yield (
        f"The encoding of database {server.database} is {server.encoding}, and Django's is UTF8: text that"
        f" {server.encoding} lacks could not be stored. As a superuser: CREATE DATABASE {server.database}_utf8 OWNER"
        f" {server.role} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0; Copy the data with: pg_dump --encoding=UTF8"
        f" {server.database} | psql -1 -v ON_ERROR_STOP=1 {server.database}_utf8 Then set {served_place()} to it."
    )
