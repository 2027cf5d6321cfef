"""One step back and forward again, on a copy: do the old version's tables have the same data afterwards?"""

import psycopg
from psycopg import sql

from releases.rehearsal.databases import Databases
from releases.rehearsal.version import DeployError, Version

# Django's own records, and those of the release, say what was done; they differ.
COLUMNS = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname !~ '^(django|releases)_'
GROUP BY c.relname
"""
DIGEST = "SELECT count(*), coalesce(sum(hashtextextended(ROW({})::text, 0)), 0) FROM {}"
COPY = "stepping_back"

Columns = dict[str, list[str]]


class StepBackRefusedError(Exception):
    """The release cannot be undone: its RunPython has no reverse, for example. Says why."""


def columns_of(url: str) -> Columns:
    with psycopg.connect(url) as connection:
        return dict(connection.execute(COLUMNS).fetchall())


def changed_by_a_step_back(version: Version, name: str, before: Columns, databases: Databases) -> list[str]:
    """The tables whose rows differ in the columns that they had `before` the release.

    Nobody may be connected to the database `name`. Raises StepBackRefusedError, and DeployError if the release fails
    the second time.
    """
    url = databases.create(COPY, template=name)
    try:
        released = _digests(url, before)
        try:
            version.manage("rollback", "--noinput", "--reason", "rehearsed", **version.at(url))
        except DeployError as error:
            raise StepBackRefusedError(str(error)) from error
        version.release("forward again", **version.at(url))
        again = _digests(url, before)
    finally:
        databases.drop(COPY)
    return [table for table, digest in released.items() if again.get(table) != digest]


def _digests(url: str, columns: Columns) -> dict[str, tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        now: Columns = dict(connection.execute(COLUMNS).fetchall())
        kept = {table: [one for one in names if one in now[table]] for table, names in columns.items() if table in now}
        return {
            table: connection.execute(_digest(table, names)).fetchone() or () for table, names in kept.items() if names
        }


def _digest(table: str, names: list[str]) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    return sql.SQL(DIGEST).format(listed, sql.Identifier(table))
