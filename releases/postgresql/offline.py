"""A connection to PostgreSQL without a server: its schema editor collects statements, and its queries find nothing.

Which tables there are, and their constraints and indexes, it knows from the facts.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.introspection import TableInfo
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from releases.judge.facts import Facts, Table
from releases.judge.sql import parse
from releases.postgresql.quoted import qualifying

NEWEST = 180000  # of the server, where there is none to ask
QUERIES = ("SELECT", "SHOW")
HARMLESS = ("SET", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def offline(connection: BaseDatabaseWrapper, facts: Callable[[], Facts]) -> Iterator[BaseDatabaseWrapper]:
    """Within, the alias of `connection` leads to a connection without a server, so that no operation can reach one.

    `facts` is called for what an operation asks about its table.
    """
    from django.db.backends.postgresql.base import DatabaseWrapper

    connection = connections[connection.alias]  # it may be django.db's proxy for the default one
    on_postgresql = connection.vendor == "postgresql"
    given = type(connection) if on_postgresql else DatabaseWrapper
    kind: Any = type("OfflineWrapper", (_Offline, given), {"SchemaEditorClass": _editor(given.SchemaEditorClass)})
    made = kind(connection.settings_dict, connection.alias)
    made.pg_version = connection.pg_version if on_postgresql and connection.connection else NEWEST  # type: ignore[attr-defined]
    made.created = set()
    made.introspection.get_constraints = lambda _, table: _constraints(facts(), table)
    made.introspection.get_table_list = lambda _: _tables([*facts().tables, *made.created])
    connections[connection.alias] = made
    try:
        yield made
    finally:
        connections[connection.alias] = connection


class _Offline:
    """Beside a backend's DatabaseWrapper."""

    connection = None
    wrote = False  # whether anything was sent past the schema editor that may change data or the schema
    asked = False  # whether anything was queried
    created: set[str]  # tables

    def ensure_connection(self) -> None:
        pass

    def cursor(self, *args: Any, **kwargs: Any) -> "_Cursor":
        return _Cursor(self)

    chunked_cursor = cursor

    def _set_autocommit(self, autocommit: bool) -> None:
        pass


class _Cursor:
    description = None
    rowcount = 0

    def __init__(self, connection: _Offline) -> None:
        self._connection = connection

    def __enter__(self) -> "_Cursor":
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def execute(self, sql: object, *args: Any) -> None:
        text = str(sql).lstrip().upper()
        self._connection.asked |= text.startswith(QUERIES)
        self._connection.wrote |= not text.startswith((*QUERIES, *HARMLESS))

    executemany = execute

    def close(self) -> None:
        pass

    def fetchone(self) -> None:
        return None

    def fetchmany(self, size: int = 0) -> list[Any]:
        return []

    fetchall = fetchmany


class _Editor:
    """Beside a backend's schema editor."""

    connection: Any

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection, collect_sql=True, atomic=False)  # type: ignore[call-arg]
        self.collected_sql: list[str] = []
        self.deferred_sql: list[Any] = []

    def execute(self, sql: object, params: Any = ()) -> None:
        text = str(sql)
        if isinstance(params, Mapping):
            text %= {name: self.quote_value(value) for name, value in params.items()}
        elif params:
            text %= tuple(map(self.quote_value, params))
        elif params is not None:
            text = text.replace("%%", "%")
        self.collected_sql.append(text)

    def create_model(self, model: Any) -> None:
        super().create_model(model)  # type: ignore[misc]
        self.connection.created.add(model._meta.db_table)

    def delete_model(self, model: Any) -> None:
        super().delete_model(model)  # type: ignore[misc]
        self.connection.created.discard(model._meta.db_table)

    def quote_value(self, value: Any) -> str:
        from django.db.backends.postgresql.psycopg_any import get_adapters_template, sql

        return str(sql.quote(value, get_adapters_template(settings.USE_TZ, self.connection.timezone)))

    def _constraint_names(self, model: Any, column_names: Any = None, **kinds: Any) -> list[str]:
        """Where the facts have none, it is of this plan: any name does, since its table or column is new."""
        names = super()._constraint_names(model, column_names, **kinds)  # type: ignore[misc]
        return names or [self._create_index_name(model._meta.db_table, column_names or ["pkey"])]  # type: ignore[attr-defined]


def _editor(given: type[BaseDatabaseSchemaEditor]) -> type[Any]:
    return type("OfflineEditor", (_Editor, qualifying(given)), {})


def _tables(names: list[str]) -> list[TableInfo]:
    """What introspection.get_table_list() would find: those in the search path."""
    return [TableInfo(name, "t") for name in dict.fromkeys(names) if "." not in name]


def _constraints(facts: Facts, name: str) -> dict[str, dict[str, Any]]:
    """What introspection.get_constraints() would find."""
    table = facts.tables.get(name.replace('"', ""))
    return {**_of_table(table), **_indexes(facts, table)} if table else {}


def _of_table(table: Table) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "columns": list(one.columns),
            "primary_key": one.kind == "p",
            "unique": one.kind in "pu",
            "foreign_key": one.kind == "f",
            "check": one.kind == "c",
            "index": False,
            "type": None,
        }
        for name, one in table.constraints.items()
    }


def _indexes(facts: Facts, table: Table) -> dict[str, dict[str, Any]]:
    found = {}
    for name, index in facts.indexes_of(table).items():
        own = name.rpartition(".")[2]
        if own not in table.constraints:
            statement = parse(index.definition)[0]
            found[own] = {
                "columns": [one.index_elem.name for one in statement.index_params],
                "primary_key": False,
                "unique": index.unique,
                "foreign_key": None,
                "check": False,
                "index": True,
                "type": "idx" if statement.access_method == "btree" else statement.access_method,
            }
    return found
