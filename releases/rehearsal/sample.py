"""A part of a large database: as much of each large table, without rows whose references would be missing."""

from pathlib import Path

import psycopg
from psycopg import sql

from releases.rehearsal.source import READ_ONLY, dump_of, restore, url_in

LARGE = 10_000  # rows, as the server estimates them; smaller tables are copied whole
# A row is in the sample by its primary key, or by a reference to another large table: so that both rows are in it.
TABLES = """
SELECT n.nspname, c.relname, c.reltuples > %(large)s,
    (SELECT array_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
    coalesce(
        (SELECT a.attname FROM pg_constraint f JOIN pg_class r ON r.oid = f.confrelid
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.conkey[1]
         WHERE f.conrelid = c.oid AND f.contype = 'f' AND r.oid <> c.oid AND r.reltuples > %(large)s
         ORDER BY f.oid LIMIT 1),
        (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
         WHERE i.indrelid = c.oid AND i.indisprimary))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
REFERENCES = """
SELECT f.conrelid::regclass::text, f.confrelid::regclass::text,
    string_agg(format('a.%I = b.%I', x.attname, y.attname), ' AND '),
    string_agg(format('a.%I IS NOT NULL', x.attname), ' AND ')
FROM pg_constraint f, unnest(f.conkey, f.confkey) AS k(own, other), pg_attribute x, pg_attribute y
WHERE f.contype = 'f' AND f.conparentid = 0 AND x.attrelid = f.conrelid AND x.attnum = k.own
    AND y.attrelid = f.confrelid AND y.attnum = k.other
GROUP BY f.oid, f.conrelid, f.confrelid
"""
SEQUENCES = (
    "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences WHERE last_value IS NOT NULL"
)
PART = "SELECT {} FROM ONLY {} WHERE abs(hashtext({}::text)::bigint) % 10000 < {}"


def sample(variable: str, percent: float, url: str, folder: Path) -> None:
    """Copies about `percent` of each large table of the database of that variable. Raises CannotRehearseError."""
    restore(dump_of(variable, folder, "--section=pre-data"), url)
    with psycopg.connect(url_in(variable), options=READ_ONLY) as source, psycopg.connect(url) as target:
        source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        target.execute("SET session_replication_role = replica")  # no triggers
        for schema, table, is_large, columns, key in source.execute(TABLES, {"large": LARGE}).fetchall():
            name, listed = sql.Identifier(schema, table), sql.SQL(", ").join(map(sql.Identifier, columns))
            rows = sql.SQL("SELECT {} FROM ONLY {}").format(listed, name)
            if is_large and key:
                rows = sql.SQL(PART).format(listed, name, sql.Identifier(key), sql.Literal(int(percent * 100)))
            _copy(source, rows, target, sql.SQL("{} ({})").format(name, listed))
        references = source.execute(REFERENCES).fetchall()
        while sum(target.execute(_orphans(*one)).rowcount for one in references):
            pass
        for sequence, value in source.execute(SEQUENCES).fetchall():
            target.execute("SELECT setval(%s::regclass, %s)", [sequence, value])
    restore(dump_of(variable, folder, "--section=post-data"), url)


def _copy(source: psycopg.Connection, rows: sql.Composed, target: psycopg.Connection, into: sql.Composed) -> None:
    reading = source.cursor().copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(rows))
    writing = target.cursor().copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(into))
    with reading as read, writing as write:
        for data in read:
            write.write(data)


def _orphans(table: str, other: str, matches: str, given: str) -> bytes:
    """Deletes rows whose reference is missing."""
    missing = f"NOT EXISTS (SELECT FROM {other} b WHERE {matches})"
    return f"DELETE FROM ONLY {table} a WHERE {given} AND {missing}".encode()
