"""What PostgreSQL's catalogue says of tables: where else they stand."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

# pg_class shows the tables of every schema, also of those that the role may not use.
ELSEWHERE = """
SELECT c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = ANY (%s) AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND n.nspname <> ALL (current_schemas(true)) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
"""


def tables_elsewhere(connection: BaseDatabaseWrapper, names: Iterable[str]) -> dict[str, list[str]]:
    """The schemas that hold tables of these names and that search_path does not show, by name of the table.

    Only names that stand somewhere are keys. Empty but on PostgreSQL.
    """
    found: dict[str, list[str]] = {}
    if connection.vendor != "postgresql":
        return found
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, [list(names)])
        for name, schema in cursor.fetchall():
            found.setdefault(name, []).append(schema)
    return found
