"""What a project may tell a rehearsal: its data, and what its users do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

# Those with a key of one column, and their columns as an ORM names them. Nobody rewrites rows of django_migrations.
TABLES = """
SELECT n.nspname, c.relname, k.attname, k.atthasdef OR k.attidentity <> '',
    (SELECT array_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
WHERE i.indisprimary AND i.indnkeyatts = 1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND n.nspname !~ '^(pg_|information_schema$)' AND c.relname !~ '^(django|releases)_'
ORDER BY 1, 2
"""
KEYS = 1000  # of each table, that are read and written


class CannotRehearseError(Exception):
    """Something is missing: a file, a program, a table. Says what."""


@dataclass(frozen=True)
class Statement:
    """What the old version sends, with `%(id)s` for one of `ids`. If `undone`, it is rolled back."""

    text: str
    ids: Sequence[object]
    undone: bool = False


@dataclass(frozen=True)
class Request:
    """What a user sends, with `%d` in path and body for one of `ids`, or for a number from 1 to `ids`.

    Another answer than `expected` is a failure.
    """

    method: str
    path: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    ids: int | Sequence[int] = 1
    expected: range = range(200, 300)


class Scenario:
    """Override what your project knows better, and name the class: `--scenario package.module.Class`."""

    def fill(self, url: str, rows: int) -> None:
        """Makes up data in an empty database, if there is no dump. The old version is released after that."""

    def statements(self, url: str) -> list[Statement]:
        """What the old version sends if its server does not run: it reads, writes and inserts rows of each table."""
        with psycopg.connect(url) as connection:
            found = connection.execute(TABLES).fetchall()
            return [
                one
                for schema, table, *row in found
                for one in _of_a_table(connection, sql.Identifier(schema, table), *row)
            ]

    def requests(self, shell: Callable[[str], str]) -> list[Request]:
        """What users send. `shell` runs code in the version's own `manage.py shell`, and returns what it prints."""
        return [Request("GET", "/", expected=range(200, 400))]

    def findings(self, url: str) -> list[str]:
        """Sentences for the report about the data after the release."""
        return []


def _of_a_table(
    connection: psycopg.Connection, table: sql.Identifier, key: str, is_filled: bool, columns: list[str]
) -> list[Statement]:
    own = sql.Identifier(key)
    ids = [one for (one,) in connection.execute(sql.SQL("SELECT {} FROM {} LIMIT %s").format(own, table), [KEYS])]
    others = [sql.Identifier(one) for one in columns if one != key]
    if not ids or not others:
        return []
    names, where = sql.SQL(", ").join(others), sql.SQL("FROM {} WHERE {} = %(id)s").format(table, own)
    same = sql.SQL(", ").join(sql.SQL("{0} = {0}").format(one) for one in others)
    texts = [
        (sql.SQL("SELECT {}, {} {}").format(own, names, where), False),
        (sql.SQL("UPDATE {} SET {} WHERE {} = %(id)s").format(table, same, own), False),
        (sql.SQL("INSERT INTO {} ({}) SELECT {} {}").format(table, names, names, where), True),
    ]
    return [Statement(text.as_string(connection), ids, undone) for text, undone in texts if is_filled or not undone]
