"""Describes what exists on PostgreSQL, from its catalogue, and what is declared, as the catalogue would show it."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from releases.judge.declared import schema_and_name
from releases.schema.declared import Declaration
from releases.schema.description import Column, Rule, Table

Row = tuple[str, str, str]

# One row for each table, column, index and constraint: the table, what it is, and a JSON object that describes it.
CATALOGUE = """
WITH wanted AS (
    SELECT name, to_regclass(relation) AS oid FROM unnest(%s::text[], %s::text[]) AS w (name, relation)
)
SELECT w.name, 'table', json_build_object('kind', c.relkind)::text
FROM wanted w JOIN pg_class c ON c.oid = w.oid
UNION ALL
SELECT w.name, 'column', json_build_object(
    'name', a.attname,
    'type', format_type(a.atttypid, a.atttypmod),
    'collation', o.collname,
    'nullable', NOT a.attnotnull OR EXISTS (
        SELECT FROM pg_constraint n
        WHERE n.conrelid = w.oid AND n.contype = 'n' AND n.conkey = ARRAY[a.attnum] AND NOT n.convalidated),
    'default', CASE WHEN s.oid IS NULL AND a.attgenerated = '' THEN pg_get_expr(d.adbin, w.oid) END,
    'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, w.oid) END,
    'automatic', s.oid IS NOT NULL,
    'sequence', s.oid::regclass::text)::text
FROM wanted w JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_collation o ON o.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_attrdef d ON d.adrelid = w.oid AND d.adnum = a.attnum
LEFT JOIN LATERAL (
    SELECT q.oid FROM pg_depend p JOIN pg_class q ON q.relkind = 'S' AND q.oid IN (p.objid, p.refobjid)
    WHERE (p.classid = 'pg_class'::regclass AND p.refobjid = w.oid AND p.refobjsubid = a.attnum AND p.deptype = 'i')
        OR (p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid AND p.refclassid = 'pg_class'::regclass)
    LIMIT 1
) s ON true
UNION ALL
SELECT w.name, 'index', json_build_object(
    'name', c.relname,
    'kind', CASE n.contype WHEN 'p' THEN 'primary key' WHEN 'x' THEN 'exclusion'
        ELSE CASE WHEN i.indisunique THEN 'unique' ELSE 'index' END END,
    'definition', CASE n.contype WHEN 'x' THEN pg_get_constraintdef(n.oid) ELSE pg_get_indexdef(i.indexrelid) END,
    'valid', i.indisvalid AND i.indisready AND i.indislive,
    'constrains', n.oid IS NOT NULL,
    'deferral', CASE WHEN n.condeferred THEN 'DEFERRABLE INITIALLY DEFERRED'
        WHEN n.condeferrable THEN 'DEFERRABLE' ELSE '' END)::text
FROM wanted w JOIN pg_index i ON i.indrelid = w.oid JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_constraint n ON n.conindid = i.indexrelid AND n.conrelid = w.oid AND n.contype IN ('p', 'u', 'x')
UNION ALL
SELECT w.name, 'constraint', json_build_object(
    'name', n.conname,
    'kind', CASE n.contype WHEN 'c' THEN 'check' ELSE 'foreign key' END,
    'definition', CASE n.contype WHEN 'c' THEN pg_get_constraintdef(n.oid) ELSE format('(%%s) to %%s (%%s)',
        (SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(n.conkey) WITH ORDINALITY k (number, place)
            JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attnum = k.number),
        (SELECT CASE WHEN pg_table_is_visible(r.oid) THEN '' ELSE r.relnamespace::regnamespace || '.' END || r.relname
            FROM pg_class r WHERE r.oid = n.confrelid),
        (SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(n.confkey) WITH ORDINALITY k (number, place)
            JOIN pg_attribute a ON a.attrelid = n.confrelid AND a.attnum = k.number)) END,
    'valid', n.convalidated AND coalesce((to_jsonb(n) ->> 'conenforced')::boolean, true))::text
FROM wanted w JOIN pg_constraint n ON n.conrelid = w.oid AND n.contype IN ('c', 'f')
ORDER BY 1, 2, 3
"""

KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized view", "f": "foreign table"}


def read_catalogue(connection: BaseDatabaseWrapper, tables: Sequence[str], schema: str = "") -> list[Row]:
    """The rows of CATALOGUE for `tables`, found through search_path or in `schema`."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE, [list(tables), [f"{schema}{quote(table)}" for table in tables]])
        rows: list[Row] = cursor.fetchall()
    return rows


def describe(rows: Sequence[Row]) -> dict[str, Table]:
    """The tables that CATALOGUE found, by name."""
    objects: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for table, what, text in rows:
        objects.setdefault(table, []).append((what, json.loads(text)))
    return {table: _table(table, found) for table, found in objects.items()}


def _table(name: str, objects: list[tuple[str, dict[str, Any]]]) -> Table:
    columns = [Column(**found) for what, found in objects if what == "column"]
    rules = [_rule(found) for what, found in objects if what in ("index", "constraint")]
    kind = next(found["kind"] for what, found in objects if what == "table")
    return Table(name, {column.name: column for column in columns}, tuple(rules), KINDS.get(kind, "relation"))


def _rule(found: dict[str, Any]) -> Rule:
    """An index is compared from USING on, without storage parameters. NOT VALID is in `valid` already."""
    definition = found.pop("definition")
    if found["kind"] in ("primary key", "unique", "index"):
        definition = definition.partition(" USING ")[2]
        before, stored, after = definition.partition(" WITH (")
        definition = before + after.partition(")")[2] if stored else before
    return Rule(**found, definition=definition.removesuffix(" NOT VALID").removesuffix(" NOT ENFORCED"))


def read_declaration(connection: BaseDatabaseWrapper, declaration: Declaration) -> dict[str, Table]:
    """Creates the declared tables as temporary ones, reads the catalogue, and rolls back.

    So the server itself normalizes types, defaults, conditions and expressions, and they can be compared as text. What
    it refuses to create cannot exist either. A schema in `db_table` is left out, because such a table would not be
    temporary; of one with the name of another table only the columns are compared.
    """
    names = _without_schema(declaration.models)
    quote = connection.ops.quote_name
    left_out = [quote(table) for table in declaration.models if table not in names.values()]
    statements = [sql for sql in declaration.statements if not any(table in sql for table in left_out)]
    for name, table in names.items():
        if quote(name) != quote(table):
            statements = [sql.replace(quote(table), quote(name)) for sql in statements]
    with transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('search_path', 'pg_temp, ' || current_setting('search_path'), true)")
            _create(cursor, connection.alias, statements)
        described = describe(read_catalogue(connection, list(names), "pg_temp."))
        transaction.set_rollback(True, using=connection.alias)
    return {names[name]: replace(found, name=names[name]) for name, found in described.items()}


def _without_schema(tables: Iterable[str]) -> dict[str, str]:
    """The tables by the last part of their names, without those that would have the name of another one."""
    parts = {table: schema_and_name(table) for table in tables}
    counts = Counter(name for _, name in parts.values())
    return {name: table for table, (schema, name) in parts.items() if not schema or counts[name] == 1}


def _create(cursor: CursorWrapper, alias: str, statements: Sequence[str]) -> None:
    """In one round trip; statement by statement only if one fails.

    The first table belongs to no model: it raises the error if the role may not create temporary tables.
    """
    cursor.execute("CREATE TEMPORARY TABLE releases_may_create ()")
    try:
        with transaction.atomic(using=alias):
            cursor.execute("\n".join(statements))
        return
    except DatabaseError:
        pass
    for statement in statements:
        with suppress(DatabaseError), transaction.atomic(using=alias):
            cursor.execute(statement)
