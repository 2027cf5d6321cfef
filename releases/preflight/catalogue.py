"""Where else tables exist, by PostgreSQL's catalogue."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

# pg_class lists the tables of every schema, even if the role may not use it.
ELSEWHERE = """
SELECT c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = ANY (%s) AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND n.nspname <> ALL (current_schemas(true)) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
"""


def tables_elsewhere(connection: BaseDatabaseWrapper, names: Iterable[str]) -> dict[str, list[str]]:
    """By table name, the schemas outside search_path that have a table of that name.

    Names that are found nowhere are left out. Empty on other databases than PostgreSQL.
    """
    found: dict[str, list[str]] = {}
    if connection.vendor != "postgresql":
        return found
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, [list(names)])
        for name, schema in cursor.fetchall():
            found.setdefault(name, []).append(schema)
    return found
