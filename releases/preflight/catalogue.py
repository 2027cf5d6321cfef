"""Which names are taken, and where else tables exist, by the catalogue."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

# Tables, views, sequences, indexes and types share one namespace per schema.
EXISTING = {
    "postgresql": """
SELECT concat(schema, relname), CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
    WHEN 'S' THEN 'SEQUENCE' WHEN 'i' THEN 'INDEX' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END
FROM pg_class JOIN (
    SELECT oid, concat(nspname, '.') FROM pg_namespace UNION SELECT to_regnamespace(current_schema()), NULL
) AS n (oid, schema) ON n.oid = relnamespace
UNION SELECT typname, 'TYPE' FROM pg_type
WHERE typnamespace = to_regnamespace(current_schema()) AND typrelid = 0 AND typcategory <> 'A'
""",
    "sqlite": "SELECT name, upper(type) FROM sqlite_master WHERE type <> 'trigger'",
}

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
