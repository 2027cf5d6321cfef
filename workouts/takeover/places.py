"""Finds the old tables in a schema that is not in search_path: a release would create an empty planner elsewhere."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from releases.preflight import hidden_tables, tables_elsewhere
from workouts.takeover.legacy import LEGACY

REVISION = "alembic_version"


def find_hidden_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """Hidden tables of the old application, in words.

    A schema with migration records of its own belongs to another planner. If the visible schema has migration records,
    it was chosen deliberately.
    """
    if connection.vendor != "postgresql":
        return []
    records = MigrationRecorder.Migration._meta.db_table
    with connection.cursor() as cursor:
        shown = set(connection.introspection.table_names(cursor))
    elsewhere = tables_elsewhere(connection, [*LEGACY, REVISION, records])
    taken = set(elsewhere.pop(records, []))
    hidden = {name: set(schemas) - taken for name, schemas in elsewhere.items() if name not in shown}
    schemas = sorted(set().union(*(hidden.get(name, set()) for name in LEGACY)))
    if LEGACY.keys() <= shown:
        schemas = sorted(hidden.get(REVISION, set()))
    if records in shown or not schemas:
        return []
    names = ", ".join(sorted(name for name, found in hidden.items() if schemas[0] in found))
    return [hidden_tables(connection, names, schemas[0]).rstrip(".")]
