"""What stands in the database before a release: tables and their sizes, columns, constraints, indexes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from postgast import PgQueryError

from releases import conf
from releases.judge.declared import Key, database_defaults, unique_keys
from releases.judge.objects import Object
from releases.judge.sql import is_stable, parse, touched

READ = """
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


@dataclass(frozen=True)
class Column:
    type: str
    not_null: bool = False
    has_default: bool = False
    default: str = ""  # its expression
    collation: str = ""  # if it is not that of the type
    dependents: tuple[Object, ...] = ()  # because of which the server refuses to change its type

    @property
    def is_constant(self) -> bool:
        """Whether its default gives the same value to all rows of a statement."""
        return bool(self.default) and is_stable(parse(f"SELECT {self.default}")[0])


@dataclass(frozen=True)
class Constraint:
    kind: str  # of pg_constraint: c, f, n, p, u, x
    definition: str = ""
    columns: tuple[str, ...] = ()  # in its order


@dataclass(frozen=True)
class Index:
    table: str
    unique: bool = False
    definition: str = ""
    valid: bool = True


@dataclass(frozen=True)
class Table:
    bytes: int
    is_large: bool  # whether work on all of its rows would be felt by others
    rows: int = 0
    columns: Mapping[str, Column] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    added: Mapping[str, Column] = field(default_factory=dict)  # by this release: no running version depends on them
    is_partitioned: bool = False
    triggers: tuple[str, ...] = ()  # that run for each row whatever column is updated

    def column(self, name: str) -> Column | None:
        """Whether it was there before or not."""
        return self.columns.get(name) or self.added.get(name)

    @property
    def primary_key(self) -> str:
        """The name of its constraint; empty if it has none."""
        return next((name for name, one in self.constraints.items() if one.kind == "p"), "")


@dataclass(frozen=True)
class Facts:
    """`tables` and `indexes` by name; by schema and name (`sales.box`) outside the search path. Tables that this
    release creates are not here: no running version depends on them. `unique` are the keys that the models declare, by
    table, and `database_defaults` the columns with a default there."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    indexes: Mapping[str, Index] = field(default_factory=dict)
    unique: Mapping[str, frozenset[Key]] = field(default_factory=dict)
    database_defaults: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def table(self, name: str, schema: str = "") -> Table | None:
        return self.tables.get(f"{schema}.{name}" if schema else name)

    def index(self, name: str, schema: str = "") -> Index | None:
        """A schema of the search path may be named, or another one."""
        if schema and (elsewhere := self.indexes.get(f"{schema}.{name}")):
            return elsewhere
        index = self.indexes.get(name)
        return index if index and self.table(index.table, schema) is self.table(index.table) else None

    def indexes_of(self, table: Table) -> dict[str, Index]:
        return {name: one for name, one in self.indexes.items() if self.tables.get(one.table) is table}

    def touched_by(self, text: str) -> list[str]:
        """The names of the tables that SQL names, or whose index it names; none if it cannot be parsed."""
        try:
            names = touched(text)
        except PgQueryError:
            return []
        tables = (self.indexes[name].table if name in self.indexes else name for name in names)
        return [name for name in tables if name in self.tables]


def read_facts(connection: BaseDatabaseWrapper) -> Facts:
    """Reads the catalogues of PostgreSQL."""
    with connection.cursor() as cursor:

        def read(sql: str, parameters: Any = None) -> list[Any]:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

        found = read(READ)
        oids = [[oid for oid, *_ in found]]
        columns, constraints, indexes = read(COLUMNS, oids), read(CONSTRAINTS, oids), read(INDEXES, oids)
        dependents, triggers = read(DEPENDENTS, oids), read(TRIGGERS, oids)
    parts: dict[int, tuple[dict[str, Column], dict[str, Constraint]]] = {oid: ({}, {}) for oid, *_ in found}
    for oid, name, *rest in columns:
        parts[oid][0][name] = Column(*rest)
    for oid, name, kind, relation, own in dependents:
        column, found_there = parts[oid][0][name], ("view", relation) if kind == "view" else (kind, relation, own)
        parts[oid][0][name] = replace(column, dependents=tuple({*column.dependents, found_there}))
    for oid, name, kind, definition, listed in constraints:
        parts[oid][1][name] = Constraint(kind, definition, tuple(listed))
    tables, schemas, names, large = {}, {}, {}, conf.read().large_table
    for oid, name, schema, visible, size, rows, is_partitioned in found:
        schemas[oid] = "" if visible else f"{schema}."
        names[oid] = schemas[oid] + name
        tables[f"{schema}.{name}"] = tables[names[oid]] = Table(
            *(size, size >= large, rows, *parts[oid]),
            is_partitioned=is_partitioned,
            triggers=tuple(trigger for table, trigger in triggers if table == oid),
        )
    read_indexes = {schemas[oid] + name: Index(names[oid], *rest) for oid, name, *rest in indexes}
    return Facts(tables, read_indexes, unique_keys(), database_defaults())
