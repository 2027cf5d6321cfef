"""Properties of a PostgreSQL server, of this role, and of tables."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

ELEMENT = re.compile(r'"(?:[^"]|"")*"|[^\s,"]+')  # of search_path; one in quotes may contain commas
RECORDS = MigrationRecorder.Migration._meta.db_table

SERVER = """
SELECT quote_ident(current_user) AS role, quote_ident(current_database()) AS database,
    quote_ident(current_schema()) AS schema, current_setting('search_path') AS search_path,
    (SELECT source FROM pg_settings WHERE name = 'search_path') AS search_path_source,
    pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only,
    (SELECT source FROM pg_settings WHERE name = 'default_transaction_read_only') AS read_only_source,
    current_setting('server_encoding') AS encoding,
    has_database_privilege(current_database(), 'TEMPORARY') AS may_create_temporary,
    (SELECT quote_ident(nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE c.oid = to_regclass(%(records)s)) AS records_schema,
    coalesce(has_table_privilege(to_regclass(%(records)s), 'SELECT'), true) AS may_read_records
"""

TABLES = """
SELECT name, quote_ident(n.nspname), quote_ident(n.nspname) || '.' || quote_ident(c.relname),
    quote_ident(pg_get_userbyid(c.relowner)),
    pg_has_role(c.relowner, 'USAGE'), rolinherit AND NOT pg_has_role(c.relowner, me.oid, 'MEMBER'),
    has_table_privilege(c.oid, 'REFERENCES'),
    has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles me ON rolname = current_user
JOIN unnest(%s::text[]) AS wanted (name)
    ON name = n.nspname || '.' || c.relname OR (name = c.relname AND pg_table_is_visible(c.oid))
WHERE c.relkind IN ('r', 'p')
ORDER BY 1
"""

# Of some existing schemas, those in which this role may create nothing.
BARRED_SCHEMAS = """
SELECT quote_ident(nspname) FROM pg_namespace
WHERE ARRAY[nspname::text, quote_ident(nspname)] && %s::text[] AND NOT has_schema_privilege(oid, 'CREATE') ORDER BY 1
"""

# Existing schemas in search_path that this role may not use.
CLOSED_SCHEMAS = """
SELECT quote_ident(nspname)
FROM regexp_split_to_table(current_setting('search_path'), '\\s*,\\s*') WITH ORDINALITY AS p (name, place)
JOIN pg_namespace ON nspname = replace(trim(BOTH '"' FROM name), '$user', current_user)
WHERE NOT has_schema_privilege(nspname, 'USAGE') ORDER BY place
"""


@dataclass(frozen=True)
class Server:
    """Names of roles, databases and schemas are quoted if necessary."""

    role: str
    database: str
    schema: str | None  # where tables are created
    search_path: str
    search_path_source: str
    standby: bool
    read_only: bool
    read_only_source: str
    encoding: str
    may_create_temporary: bool
    records_schema: str | None
    may_read_records: bool

    @property
    def has_records(self) -> bool:
        return self.records_schema is not None

    @property
    def searched(self) -> list[str]:
        """The elements of search_path. An empty one, which stands for no schema, cannot be set beside others."""
        return [one for one in ELEMENT.findall(self.search_path) if one != '""']

    @property
    def grant_temporary(self) -> str:
        """The statement that lets this role create temporary tables."""
        return f"GRANT TEMPORARY ON DATABASE {self.database} TO {self.role};"

    @property
    def place(self) -> str | None:
        """The schema of the project's tables."""
        return self.records_schema or self.schema


@dataclass(frozen=True)
class Table:
    """A table, and what this role may do with it. Outside search_path its name begins with its schema."""

    name: str
    schema: str
    quoted: str
    owner: str
    owned: bool
    kept_by_owner: bool  # who would lose every right on it with the ownership, and may be the old version
    may_refer: bool
    may_write: bool


def read_server(connection: BaseDatabaseWrapper) -> Server:
    with connection.cursor() as cursor:
        cursor.execute(SERVER, {"records": RECORDS})
        return Server(*cursor.fetchone())


def read_tables(connection: BaseDatabaseWrapper, names: Iterable[str]) -> dict[str, Table]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [list(names)])
        return {row[0]: Table(*row) for row in cursor.fetchall()}


def read_barred_schemas(connection: BaseDatabaseWrapper, schemas: Iterable[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(BARRED_SCHEMAS, [list(schemas)])
        return [schema for (schema,) in cursor.fetchall()]


def read_closed_schemas(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(CLOSED_SCHEMAS)
        return [schema for (schema,) in cursor.fetchall()]
