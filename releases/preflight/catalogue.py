"""What PostgreSQL's catalogue says of tables: where else they stand, and what hangs on their columns."""

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

# pg_class shows the tables of every schema, also of those that the role may not use.
ELSEWHERE = """
SELECT c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = ANY (%s) AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND n.nspname <> ALL (current_schemas(true)) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
"""

# Whatever stops ALTER COLUMN ... TYPE, and the views on top of those views: the last to be made comes first, so that
# they can be dropped in this order.
DEPENDENTS = """
WITH RECURSIVE columns AS (
    SELECT attrelid, attnum FROM pg_attribute
    WHERE attrelid = to_regclass(%(table)s) AND attname = ANY (%(columns)s) AND NOT attisdropped
), direct AS (
    SELECT d.classid, d.objid FROM pg_depend d
    JOIN columns c ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.attrelid AND d.refobjsubid = c.attnum
    WHERE d.classid IN (
        'pg_rewrite'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass,
        'pg_publication_rel'::regclass)
), relations AS (
    SELECT r.ev_class AS relation, 1 AS depth FROM direct d JOIN pg_rewrite r ON r.oid = d.objid
    WHERE d.classid = 'pg_rewrite'::regclass AND r.ev_class <> to_regclass(%(table)s)
    UNION
    SELECT r.ev_class, v.depth + 1 FROM relations v
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.relation
        AND d.classid = 'pg_rewrite'::regclass AND d.deptype = 'n'
    JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.relation
)
SELECT pg_describe_object('pg_class'::regclass, relation, 0), max(depth) FROM relations GROUP BY relation
UNION
SELECT pg_describe_object(d.classid, d.objid, 0), 0 FROM direct d LEFT JOIN pg_rewrite r
    ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
WHERE r.oid IS NULL OR r.ev_class = to_regclass(%(table)s)
ORDER BY 2 DESC, 1
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


def dependents_of(connection: BaseDatabaseWrapper, table: str, columns: Iterable[str]) -> list[str]:
    """What keeps PostgreSQL from changing the type of these columns, as the server describes it: `view x`.

    Views, materialized views and rules; triggers on these columns or with a condition on them; policies; row filters of
    publications; functions with a body in SQL. Not indexes and constraints, which PostgreSQL builds anew. A view of a
    view comes before it. Empty but on PostgreSQL.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        wanted: dict[str, Any] = {"table": connection.ops.quote_name(table), "columns": list(columns)}
        cursor.execute(DEPENDENTS, wanted)
        return [description for description, _ in cursor.fetchall()]
