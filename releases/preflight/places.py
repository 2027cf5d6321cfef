"""Whether the release goes where the project's tables are, and whether these can hold its text."""

from collections.abc import Iterator
from urllib.parse import quote

from django.db.backends.base.base import BaseDatabaseWrapper

from releases.naming import Place, place_of, served_place
from releases.preflight.catalogue import tables_elsewhere
from releases.preflight.server import RECORDS, Server, ask_server

START_ANEW = (
    'python manage.py shell -c "from django.db import connection;'
    " from django.db.migrations.recorder import MigrationRecorder;"
    ' MigrationRecorder(connection).ensure_schema()"'
)


def hidden_records(connection: BaseDatabaseWrapper, server: Server) -> Iterator[str]:
    """Without Django's records in sight everything would be made anew, beside the tables that are there."""
    schemas = [] if server.has_records else tables_elsewhere(connection, [RECORDS]).get(RECORDS, [])
    if not schemas:
        return
    yield (
        f"{hidden(connection, RECORDS, schemas[0])} A release would make all tables anew. Where that"
        f" is meant, type first: {START_ANEW}"
    )


def hidden(connection: BaseDatabaseWrapper, names: str, schema: str) -> str:
    """Where the tables `names` stand, and how search_path comes to show them."""
    server = ask_server(connection)
    return (
        f"{names}: in schema {schema}, which the search_path ({server.search_path}) of role {server.role} does not"
        f" show. {to_show(server, connection.ops.quote_name(schema), place_of(connection))}"
    )


def to_show(server: Server, schema: str, place: Place) -> str:
    """What makes `schema` the first of search_path. What the URL sets comes before what the role has."""
    path = ",".join(filter(None, (schema, server.search_path.replace(", ", ","))))
    if server.search_path_source == "client":
        if not place.is_url:
            return f'Set "options" to "-csearch_path={path}" in the OPTIONS of {place} instead.'
        return f"Give {place} the parameter options=-csearch_path%3D{quote(path, safe=',')} instead."
    return (
        f"Type, as that role or a superuser: ALTER ROLE {server.role} IN DATABASE {server.database}"
        f" SET search_path = {path};"
    )


def wrong_encoding(server: Server) -> Iterator[str]:
    """Django stores UTF-8. A project that was begun in another encoding lives with it; a new one need not begin."""
    if server.has_records or server.encoding == "UTF8":
        return
    yield (
        f"The encoding of database {server.database} is {server.encoding}, and Django's is UTF8: text that"
        f" {server.encoding} does not have could not be stored. As a superuser: CREATE DATABASE {server.database}_utf8"
        f" OWNER {server.role} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0; Copy what is there with:"
        f" pg_dump --encoding=UTF8 {server.database} | psql {server.database}_utf8 Then set {served_place()} to it."
    )
