"""A part of a large database: as much of each large table, without rows whose references would be missing."""

from pathlib import Path

import psycopg

from releases.rehearsal.source import READ_ONLY, dump_of, restore, url_in

LARGE = 10_000  # rows, as the server estimates them; smaller tables are copied whole
# A row is in the sample by its primary key, or by a reference to another large table: so that both rows are in it.
TABLES = """
WITH sampled AS (
    SELECT c.oid, coalesce(
        (SELECT a.attname FROM pg_constraint f JOIN pg_class r ON r.oid = f.confrelid
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.conkey[1]
         WHERE f.conrelid = c.oid AND f.contype = 'f' AND r.oid <> c.oid AND r.reltuples > %(large)s
         ORDER BY f.oid LIMIT 1),
        (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
         WHERE i.indrelid = c.oid AND i.indisprimary)) AS key
    FROM pg_class c WHERE c.reltuples > %(large)s)
SELECT format('COPY (SELECT %%s FROM ONLY %%I.%%I', columns, n.nspname, c.relname)
    || coalesce(' WHERE abs(hashtext(' || quote_ident(s.key) || '::text)::bigint) %% 10000 < ' || %(share)s::int, '')
    || ') TO STDOUT (FORMAT binary)',
    format('COPY %%I.%%I (%%s) FROM STDIN (FORMAT binary)', n.nspname, c.relname, columns)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN sampled s ON s.oid = c.oid,
    LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns FROM pg_attribute a
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)' AND columns <> ''
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
# Deletes rows whose reference is missing. The rows of a partitioned table are those of its partitions.
ORPHANS = """
SELECT format('DELETE FROM %s %s a WHERE NOT EXISTS (SELECT FROM %s %s b WHERE %s) AND %s',
    CASE own.relkind WHEN 'r' THEN 'ONLY' END, own.oid::regclass,
    CASE other.relkind WHEN 'r' THEN 'ONLY' END, other.oid::regclass,
    string_agg(format('a.%I = b.%I', x.attname, y.attname), ' AND '),
    string_agg(format('a.%I IS NOT NULL', x.attname), ' AND '))
FROM pg_constraint f JOIN pg_class own ON own.oid = f.conrelid JOIN pg_class other ON other.oid = f.confrelid,
    unnest(f.conkey, f.confkey) AS k(own, other), pg_attribute x, pg_attribute y
WHERE f.contype = 'f' AND f.conparentid = 0 AND x.attrelid = f.conrelid AND x.attnum = k.own
    AND y.attrelid = f.confrelid AND y.attnum = k.other
GROUP BY f.oid, own.oid, own.relkind, other.oid, other.relkind
"""
SEQUENCES = """
SELECT format('SELECT setval(%L, %s)', format('%I.%I', schemaname, sequencename), last_value)
FROM pg_sequences WHERE last_value IS NOT NULL
"""


def sample(variable: str, percent: float, url: str, folder: Path) -> None:
    """Copies about `percent` of each large table of the database of that variable. Raises CannotRehearseError."""
    restore(dump_of(variable, folder, "--section=pre-data"), url)
    with psycopg.connect(url_in(variable), options=READ_ONLY) as source, psycopg.connect(url) as target:
        source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        target.execute("SET session_replication_role = replica")  # no triggers
        for reading, writing in source.execute(TABLES, {"large": LARGE, "share": percent * 100}).fetchall():
            with source.cursor().copy(reading.encode()) as read, target.cursor().copy(writing.encode()) as write:
                for data in read:
                    write.write(data)
        orphans = [statement.encode() for (statement,) in source.execute(ORPHANS).fetchall()]
        while sum(target.execute(statement).rowcount for statement in orphans):
            pass
        for (statement,) in source.execute(SEQUENCES).fetchall():
            target.execute(statement.encode())
    restore(dump_of(variable, folder, "--section=post-data"), url)
