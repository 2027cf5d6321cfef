"""Which tables a migration creates, and whether `--fake-initial` may adopt them instead. Queries no database."""

from collections.abc import Container, Iterator, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import CreateModel, Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState

from releases.applying.parts import on_database
from releases.preflight.pending import Pending


def created(operations: Sequence[Operation], migration: Migration) -> Iterator[ModelState]:
    """The models of which they create the tables."""
    for one in on_database(operations):
        if isinstance(one, CreateModel):
            yield ModelState(migration.app_label, one.name, one.fields, dict(one.options))


def is_waiting(table: str, connection: BaseDatabaseWrapper, waiting: Container[tuple[str, str, str]]) -> bool:
    """Whether the contract drops it. `waiting` are the keys of its items."""
    return ("table", connection.ops.quote_name(table), "") in waiting


def takes_back(migration: Migration, connection: BaseDatabaseWrapper, waiting: Container[tuple[str, str, str]]) -> bool:
    """Whether it creates a table that waits to be dropped: adopted, that would still be dropped."""
    pending = Pending(connection)
    tables = (name for model in created(migration.operations, migration) for name in pending.tables(model))
    return any(is_waiting(name, connection, waiting) for name in tables)
