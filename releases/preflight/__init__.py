"""Finds and reports the obstacles to a release before anything is changed."""

from collections.abc import Iterable, Iterator

from django.core.management import CommandError
from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from releases.messages.naming import place_of
from releases.preflight.backfills import faulty_backfills
from releases.preflight.catalogue import tables_elsewhere
from releases.preflight.conflicts import conflict_message, inspect_tables
from releases.preflight.dependents import dependents_of
from releases.preflight.half_run import obstructing
from releases.preflight.pending import read_pending
from releases.preflight.places import hidden_records, hidden_tables, wrong_encoding
from releases.preflight.rebuilding import not_rebuildable
from releases.preflight.rights import missing_rights
from releases.preflight.server import read_server
from releases.preflight.writable import read_only_file, read_only_server

__all__ = [
    "conflict_message",
    "dependents_of",
    "hidden_tables",
    "inspect_tables",
    "tables_elsewhere",
]


def refuse_obstacles(connection: BaseDatabaseWrapper, app_label: str | None) -> None:
    """Raises CommandError that names all obstacles to the pending migrations (of one app, or of all)."""
    if connection.vendor == "postgresql":
        _refuse(_on_postgresql(connection, app_label))
    elif connection.vendor == "sqlite":
        _refuse(_on_sqlite(connection, app_label))


def refuse_closed_file(connection: BaseDatabaseWrapper) -> None:
    """Raises CommandError if a transaction on an SQLite file cannot even begin.

    Call this before the system checks: they begin a transaction, too, and report its failure as an SQLite without JSON.
    """
    if connection.vendor != "sqlite":
        return
    obstacles = list(read_only_file(connection))  # before SQLite removes journals
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_master")
    except OperationalError:
        _refuse(obstacles)
        raise


def refuse_closed_directory(connection: BaseDatabaseWrapper) -> None:
    """Raises CommandError if this user may not write to the directory of an SQLite file."""
    _refuse(read_only_file(connection))


def _refuse(obstacles: Iterable[str]) -> None:
    if listed := "\n".join(f"- {obstacle}" for obstacle in obstacles):
        raise CommandError(f"The release cannot begin. Nothing was changed.\n{listed}\nThen run the release again.")


def _on_postgresql(connection: BaseDatabaseWrapper, app_label: str | None) -> Iterator[str]:
    server = read_server(connection)
    # If the records cannot be read, every migration may be pending.
    pending = read_pending(connection, MigrationLoader(connection if server.may_read_records else None), app_label)
    if pending is None:
        return
    yield from read_only_server(server, place_of(connection))
    yield from hidden_records(connection, server)
    yield from wrong_encoding(server)
    yield from missing_rights(connection, server, pending)
    if server.may_read_records:
        yield from obstructing(connection, app_label)


def _on_sqlite(connection: BaseDatabaseWrapper, app_label: str | None) -> Iterator[str]:
    if read_pending(connection, MigrationLoader(connection), app_label):
        if obstacles := list(read_only_file(connection)):
            yield from obstacles
        else:
            yield from not_rebuildable(connection)
            yield from faulty_backfills(connection, app_label)
            yield from obstructing(connection, app_label)
