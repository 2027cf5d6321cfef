"""Keeps what SQLite would lose when Django rebuilds a table."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL"


@contextmanager
def indexes_kept(connection: BaseDatabaseWrapper, table: str) -> Iterator[None]:
    """Creates indexes again that a rebuild within has dropped because no model declares them. For SQLite only."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [table])
        before = dict(cursor.fetchall())
        yield
        cursor.execute(INDEXES, [table])
        for name in before.keys() - dict(cursor.fetchall()).keys():
            cursor.execute(before[name])
