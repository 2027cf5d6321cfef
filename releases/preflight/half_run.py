"""Half-run migrations with which this code cannot go on."""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from releases.applying.half_run import half_run_keys
from releases.applying.journal import Journal, half_run
from releases.messages.naming import rollback_command
from releases.record.pending import pending_migrations


def obstructing(connection: BaseDatabaseWrapper, app_label: str | None = None) -> Iterator[str]:
    """Those that this code does not have, of an app in which it has something to apply: that was written for another
    state of the tables. Raises CommandError for one that was edited.

    The older code, which has nothing to apply, is brought back all the same.
    """
    if not half_run(connection):
        return
    loader = MigrationLoader(connection)
    keys = half_run_keys(connection, loader)
    pending = {(one.app_label, one.name): one for one in pending_migrations(connection, app_label)}
    for key in keys:
        if key in pending:
            Journal(connection, pending[key]).open()
        elif key not in loader.graph.nodes and any(key[0] == app for app, _ in pending):
            undo = rollback_command(connection.alias)
            yield (
                f"Migration {'.'.join(key)} is half-run, and this code does not have it, or only within a squash."
                " Put it back as it was, and the release goes on with it"
                + (f"; or undo it, from the version that has it, with: {undo}" if undo else ".")
            )
