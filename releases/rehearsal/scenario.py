"""What a project may tell a rehearsal: its data, and what its users do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg

# Of each table with a key of one column: its keys, and statements on one of them that name all columns, as an ORM does.
# Nobody rewrites rows of django_migrations.
TABLES = """
SELECT format('SELECT %I FROM %s LIMIT 1000', k.attname, c.oid::regclass), ARRAY[
    format('SELECT %I, %s FROM %s WHERE %1$I = ', k.attname, names, c.oid::regclass),
    format('UPDATE %s SET (%s) = ROW(%2$s) WHERE %3$I = ', c.oid::regclass, names, k.attname),
    format('INSERT INTO %s (%s) SELECT %2$s FROM %1$s WHERE %3$I = ', c.oid::regclass, names, k.attname)]
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0],
    LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS names FROM pg_attribute a
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attnum <> k.attnum AND NOT a.attisdropped AND a.attgenerated = '')
WHERE i.indisprimary AND i.indnkeyatts = 1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND n.nspname !~ '^(pg_|information_schema$)' AND c.relname !~ '^(django|releases)_' AND names <> ''
ORDER BY n.nspname, c.relname
"""
LOST_A_RACE = psycopg.errors.UniqueViolation, psycopg.errors.ExclusionViolation
"""As the old version would have lost the other's change without the constraint."""


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
        """What the old version sends if its server does not run: it reads, writes and inserts rows of each table.

        What fails already, at a trigger or for want of a default, it does not send.
        """
        with psycopg.connect(url) as connection:
            found = [
                Statement(f"{text.replace('%', '%%')}%(id)s", ids, undone=text.startswith("INSERT"))
                for keys, texts in connection.execute(TABLES).fetchall()
                if (ids := [one for (one,) in connection.execute(keys)])
                for text in texts
            ]
            return [one for one in found if _succeeds(connection, one)]

    def requests(self, shell: Callable[[str], str]) -> list[Request]:
        """What users send. `shell` runs code in the version's own `manage.py shell`, and returns what it prints."""
        return [Request("GET", "/", expected=range(200, 400))]

    def findings(self, url: str) -> list[str]:
        """Sentences for the report about the data after the release."""
        return []


def _succeeds(connection: psycopg.Connection, statement: Statement) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.text, {"id": statement.ids[0]})
    except LOST_A_RACE:
        return True
    except psycopg.Error:
        return False
    return True
