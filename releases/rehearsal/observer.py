"""Looks at the server while a release runs: what it locks, who waits for it, what it wrote."""

import threading
from urllib.parse import urlsplit

import psycopg

from releases.rehearsal.databases import OLD_ROLE
from releases.rehearsal.recording import Lock, Recording, Snapshot

EVERY = 0.02  # seconds
# Ordinary statements hold no locks of tables that are stronger than RowExclusiveLock. Nobody else's autovacuum counts.
LOCKS = """
SELECT l.relation::regclass::text, l.mode, CASE WHEN l.granted THEN 0
    ELSE greatest(0.001, extract(epoch FROM clock_timestamp() - l.waitstart)) END::float8
FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_class c ON c.oid = l.relation
WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND a.backend_type = 'client backend' AND c.relkind IN ('r', 'p', 'm')
    AND c.relnamespace::regnamespace::text !~ '^pg_'
    AND (NOT l.granted AND a.usename = %(old)s
        OR l.granted AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))
UNION ALL
SELECT coalesce(nullif(left(regexp_replace(a.query, '\\s+', ' ', 'g'), 60), ''), 'a statement'), 'row',
    extract(epoch FROM clock_timestamp() - l.waitstart)::float8
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND l.locktype IN ('transactionid', 'tuple') AND a.usename = %(old)s AND l.waitstart IS NOT NULL
"""
# Neither of them waits for a lock of a table, as pg_relation_size() would.
FILES = """
SELECT c.oid::regclass::text, pg_relation_filenode(c.oid),
    coalesce((pg_stat_file(pg_relation_filepath(c.oid), true)).size, 0)
FROM pg_class c WHERE c.relkind IN ('r', 'm') AND c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
"""
# Also within functions and DO. A WITH that only reads writes nothing, and neither does COPY TO.
ROWS = r"""
SELECT coalesce(sum(rows), 0)::bigint FROM pg_stat_statements
WHERE userid = 'postgres'::regrole AND dbid = (SELECT oid FROM pg_database WHERE datname = %s)
    AND query ~* '^\s*((with\M.*\)\s*)?(insert|update|delete|merge)\M|copy\s+[^(].*\mfrom\M)'
    AND query !~ '"(django|releases)_'
"""
OBSERVED = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "all"}
"""The settings of a server that is observed."""


class Observer:
    """Within, notes the locks. `commit` is the release's, whose contract need not wait for this session."""

    def __init__(self, url: str, recording: Recording, commit: str) -> None:
        self._recording, self._name = recording, urlsplit(url).path[1:]
        self._database = psycopg.connect(url, autocommit=True, application_name=f"version {commit}")
        self._statements = psycopg.connect(url, dbname="postgres", autocommit=True)
        self._statements.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Observer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join()
        self._database.close()
        self._statements.close()

    def snapshot(self) -> Snapshot:
        files = {table: (file, size) for table, file, size in self._database.execute(FILES)}
        (size,) = self._statements.execute("SELECT pg_database_size(%s)", [self._name]).fetchone() or (0,)
        (rows,) = self._statements.execute(ROWS, [self._name]).fetchone() or (0,)
        return Snapshot(files, size, rows)

    def _watch(self) -> None:
        while not self._leaving.wait(EVERY):
            at, found = self._recording.now(), self._database.execute(LOCKS, {"old": OLD_ROLE}).fetchall()
            self._recording.locks += [Lock(at, *row) for row in found]
