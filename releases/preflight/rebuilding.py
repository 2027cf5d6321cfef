"""What in an SQLite file would stop Django from rebuilding a table, as most of its migrations there do."""

from collections.abc import Iterator

from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TRIED = ('CREATE TABLE "releases rebuilding" (id)', 'ALTER TABLE "releases rebuilding" RENAME TO "releases rebuilt"')
REBUILT = """
SELECT name FROM sqlite_master
WHERE type = 'table' AND name LIKE 'new\\_\\_%' ESCAPE '\\' AND substr(name, 6) IN (SELECT name FROM sqlite_master)
"""


def not_rebuildable(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """A view or trigger that names what does not exist, and tables with the names that Django gives to new ones."""
    yield from _broken(connection)
    with connection.cursor() as cursor:
        cursor.execute(REBUILT)
        for (name,) in cursor.fetchall():
            quoted = connection.ops.quote_name(name)
            yield (
                f"To change the table {name[5:]}, Django creates one of the name {name}, which exists. If nothing needs"
                f" it, drop it: DROP TABLE {quoted};"
            )


def _broken(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """SQLite itself is asked: it checks all views and triggers when any table is renamed."""
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            for statement in TRIED:
                cursor.execute(statement)
            transaction.set_rollback(True, connection.alias)
    except OperationalError as error:
        with connection.cursor() as cursor:
            cursor.execute("SELECT type, name FROM sqlite_master WHERE type IN ('view', 'trigger')")
            for kind, name in cursor.fetchall():
                if str(error).startswith(f"error in {kind} {name}: "):
                    drop = f"DROP {kind.upper()} {connection.ops.quote_name(name)};"
                    yield f"SQLite renames no table: {error}. Correct this {kind}, or drop it: {drop}"
