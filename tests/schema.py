"""A database's tables as introspection sees them, for comparing two databases."""

from collections.abc import Callable
from typing import Any

Sql = Callable[..., list[tuple[Any, ...]]]

POSTGRESQL = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            CASE WHEN pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%' THEN NULL
            ELSE pg_get_expr(d.adbin, d.adrelid) END
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2""",
    "constraints": """
        SELECT conrelid::regclass::text, CASE contype WHEN 'f' THEN NULL ELSE conname END,
            replace(pg_get_constraintdef(oid), ' DEFERRABLE INITIALLY DEFERRED', '')
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 ORDER BY 1, 3""",
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "triggers": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
}


def describe(sql: Sql, engine: str, *, tables: str = "workout") -> dict[str, list[tuple[Any, ...]]]:
    """The tables whose names begin with `tables`: all but column order and the name of the old foreign key."""
    if engine == "postgresql":
        found = {kind: sql(query) for kind, query in POSTGRESQL.items()}
        return {kind: [row for row in rows if row[0].startswith(tables)] for kind, rows in found.items()}
    names = [
        name
        for (name,) in sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if name.startswith(tables)
    ]
    described: dict[str, list[tuple[Any, ...]]] = {"autoincrement": sql("SELECT 1 FROM sqlite_master WHERE 0")}
    for name in names:
        described[name] = [
            *sorted(row[1:] for row in sql(f'PRAGMA table_info("{name}")')),
            *sorted(row[2:] for row in sql(f'PRAGMA foreign_key_list("{name}")')),
            *sorted(row[1:] for row in sql(f'PRAGMA index_list("{name}")')),
        ]
        create = sql("SELECT sql FROM sqlite_master WHERE name = %s", name)[0][0]
        described["autoincrement"].append((name, "AUTOINCREMENT" in create))
    return described


def contents(sql: Sql, engine: str) -> dict[str, Any]:
    """Every table of the database with its definition and its rows, to assert that nothing was changed."""
    if engine == "postgresql":
        names = [name for (name,) in sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    else:
        names = [name for (name,) in sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = {name: sorted(map(repr, sql(f'SELECT * FROM "{name}"'))) for name in names}
    return {"schema": describe(sql, engine, tables=""), "rows": rows}
