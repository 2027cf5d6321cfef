"""Reads the facts from the catalogues of PostgreSQL."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from releases import conf
from releases.judge.declared import database_defaults, unique_keys
from releases.judge.facts import Column, Constraint, Facts, Index, Table

TABLES = """
SELECT c.oid::int8, c.relname, n.nspname, pg_table_is_visible(c.oid),
    CASE c.relkind WHEN 'p' THEN (SELECT coalesce(sum(pg_relation_size(relid)), 0) FROM pg_partition_tree(c.oid))
        ELSE pg_relation_size(c.oid) END::int8,
    greatest(c.reltuples, 0)::int8, c.relkind = 'p'
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'
"""
COLUMNS = """
SELECT attrelid::int8, attname, format_type(atttypid, atttypmod), attnotnull, atthasdef OR attidentity <> '',
    coalesce(pg_get_expr(adbin, adrelid), ''), coalesce(collname, '')
FROM pg_attribute LEFT JOIN pg_attrdef ON atthasdef AND adrelid = attrelid AND adnum = attnum
LEFT JOIN pg_type t ON t.oid = atttypid LEFT JOIN pg_collation k ON k.oid = nullif(attcollation, typcollation)
WHERE attnum > 0 AND NOT attisdropped AND attrelid = ANY (%s)
"""
CONSTRAINTS = """
SELECT conrelid::int8, conname, contype, pg_get_constraintdef(oid),
    ARRAY(
        SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place
    )
FROM pg_constraint WHERE conrelid = ANY (%s)
"""
TRIGGERS = """
SELECT tgrelid::int8, tgname FROM pg_trigger
WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 17 = 17 AND cardinality(tgattr) = 0
    AND tgname !~ '^releases_' AND tgrelid = ANY (%s) ORDER BY 2
"""
DEPENDENTS = """
SELECT refobjid::int8, attname, kind, relname, name
FROM pg_depend JOIN (
    SELECT 'pg_rewrite'::regclass, oid, CASE rulename WHEN '_RETURN' THEN 'view' ELSE 'rule' END, ev_class, rulename
    FROM pg_rewrite
    UNION ALL SELECT 'pg_trigger'::regclass, oid, 'trigger', tgrelid, tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'pg_policy'::regclass, oid, 'policy', polrelid, polname FROM pg_policy
    UNION ALL SELECT 'pg_attrdef'::regclass, d.oid, 'generated column', adrelid, attname
    FROM pg_attrdef d JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum AND attgenerated <> ''
) AS dependent (classid, objid, kind, relation, name) USING (classid, objid)
JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid JOIN pg_class c ON c.oid = relation
WHERE refclassid = 'pg_class'::regclass AND refobjid = ANY (%s) AND (relation <> refobjid OR name <> attname)
"""
INDEXES = """
SELECT i.indrelid::int8, c.relname, i.indisunique, pg_get_indexdef(i.indexrelid), i.indisvalid
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ANY (%s)
"""

Row = tuple[Any, ...]


def read_facts(connection: BaseDatabaseWrapper) -> Facts:
    with connection.cursor() as cursor:

        def read(sql: str, parameters: Any = None) -> list[Row]:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

        found = read(TABLES)
        oids = [[oid for oid, *_ in found]]
        columns = _columns(read(COLUMNS, oids), read(DEPENDENTS, oids))
        constraints, triggers = _constraints(read(CONSTRAINTS, oids)), read(TRIGGERS, oids)
        indexes = read(INDEXES, oids)
    tables, schemas, names, large = {}, {}, {}, conf.read().large_table
    for oid, name, schema, visible, size, rows, is_partitioned in found:
        schemas[oid] = "" if visible else f"{schema}."
        names[oid] = schemas[oid] + name
        tables[f"{schema}.{name}"] = tables[names[oid]] = Table(
            *(size, size >= large, rows, columns.get(oid, {}), constraints.get(oid, {})),
            is_partitioned=is_partitioned,
            triggers=tuple(trigger for table, trigger in triggers if table == oid),
        )
    read_indexes = {schemas[oid] + name: Index(names[oid], *rest) for oid, name, *rest in indexes}
    return Facts(tables, read_indexes, unique_keys(), database_defaults())


def _columns(rows: Iterable[Row], dependents: Iterable[Row]) -> dict[int, dict[str, Column]]:
    """By table and name."""
    found: dict[int, dict[str, Column]] = {}
    for oid, name, *rest in rows:
        found.setdefault(oid, {})[name] = Column(*rest)
    for oid, name, kind, relation, own in dependents:
        column, dependent = found[oid][name], ("view", relation) if kind == "view" else (kind, relation, own)
        found[oid][name] = replace(column, dependents=tuple({*column.dependents, dependent}))
    return found


def _constraints(rows: Iterable[Row]) -> dict[int, dict[str, Constraint]]:
    """By table and name."""
    found: dict[int, dict[str, Constraint]] = {}
    for oid, name, kind, definition, columns in rows:
        found.setdefault(oid, {})[name] = Constraint(kind, definition, tuple(columns))
    return found
