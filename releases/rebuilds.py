"""Keeps what SQLite would lose when Django rebuilds a table. Other databases lose nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ATTACHED = "SELECT name, sql FROM sqlite_master WHERE type = %s AND tbl_name = %s AND sql IS NOT NULL"


@contextmanager
def indexes_kept(connection: BaseDatabaseWrapper, table: str) -> Iterator[None]:
    """Creates indexes again that a rebuild within has dropped because no model declares them."""
    with _kept("index", connection, table):
        yield


@contextmanager
def triggers_kept(connection: BaseDatabaseWrapper, table: str) -> Iterator[None]:
    """Creates triggers again that a rebuild within has dropped."""
    with _kept("trigger", connection, table):
        yield


@contextmanager
def sequence_kept(schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> Iterator[None]:
    """Keeps the indexes, and the AUTOINCREMENT counter, which a rebuild resets to the highest existing id."""
    if schema_editor.connection.vendor != "sqlite" or schema_editor.collect_sql:
        yield
        return
    table = model._meta.db_table
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        before = cursor.fetchone()
        with indexes_kept(schema_editor.connection, table):
            yield
        if before:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, *before])


@contextmanager
def _kept(kind: str, connection: BaseDatabaseWrapper, table: str) -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(ATTACHED, [kind, table])
        before = dict(cursor.fetchall())
        yield
        cursor.execute(ATTACHED, [kind, table])
        for name in before.keys() - dict(cursor.fetchall()).keys():
            cursor.execute(before[name])
