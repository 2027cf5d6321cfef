"""Objects that depend on the two tables and would prevent a change, interfere with the deduplication, or be lost."""

import re
from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from releases.preflight import dependents_of
from workouts.takeover.legacy import LEGACY
from workouts.takeover.obstacle import Obstacle

TIMESTAMPS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND atttypid = 'timestamp'::regtype AND attnum > 0 AND NOT attisdropped
"""

# A rule replaces or repeats statements: the guard's and the planner's are refused on such a table (0A000).
RULES = """
SELECT format('the rule %%I of %%s rewrites what the release and the planner write', rulename, ev_class::regclass),
    format('DROP RULE %%I ON %%s;', rulename, ev_class::regclass), ''
FROM pg_rewrite
WHERE ev_enabled <> 'D' AND (
    ev_class = to_regclass('workout_selections') OR (ev_class = to_regclass('workouts') AND is_instead)
)
"""

ROW_SECURITY = """
SELECT format('row-level security hides rows of %%s from role %%I', oid::regclass, current_user),
    format('ALTER TABLE %%s %%s ROW LEVEL SECURITY;', oid::regclass,
        CASE WHEN owned THEN 'NO FORCE' ELSE 'DISABLE' END),
    format('ALTER TABLE %%s %%s ROW LEVEL SECURITY;', oid::regclass, CASE WHEN owned THEN 'FORCE' ELSE 'ENABLE' END)
FROM (SELECT oid, pg_has_role(relowner, 'USAGE') AS owned FROM pg_class) AS tables
WHERE oid IN (to_regclass('workouts'), to_regclass('workout_selections')) AND row_security_active(oid)
"""

REPLICA_IDENTITY = """
SELECT format('publication %%I publishes updates and deletes of %%s, which has no replica identity, so they fail',
        pubname, c.oid::regclass),
    format('ALTER TABLE %%s REPLICA IDENTITY DEFAULT;', c.oid::regclass), ''
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_publication_tables t ON t.schemaname = n.nspname AND t.tablename = c.relname
JOIN pg_publication USING (pubname)
WHERE c.oid = to_regclass('workout_selections') AND (pubupdate OR pubdelete) AND (
    relreplident = 'n'
    OR (relreplident = 'i' AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisreplident))
)
LIMIT 1
"""

INHERITANCE = """
SELECT format('%%s inherits from %%s, and no key is unique across both', inhrelid::regclass, inhparent::regclass),
    format('ALTER TABLE %%s NO INHERIT %%s;', inhrelid::regclass, inhparent::regclass), ''
FROM pg_inherits
WHERE ARRAY[inhrelid, inhparent] && ARRAY[to_regclass('workouts')::oid, to_regclass('workout_selections')::oid]
"""

# SQLite rebuilds both tables. That fails if a view or trigger mentions them, and drops the triggers on them.
SQLITE_OBJECTS = """
SELECT type, name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY type DESC, name
"""


def find_dependents(connection: BaseDatabaseWrapper) -> Iterator[Obstacle]:
    """What would make 0002 fail, or would be lost by it."""
    if connection.vendor == "sqlite":
        yield from _sqlite_dependents(connection)
        return
    for table in LEGACY:
        with connection.cursor() as cursor:
            cursor.execute(TIMESTAMPS, [table])
            columns = [column for (column,) in cursor.fetchall()]
        for found in dependents_of(connection, table, columns):
            what = f"{found.description} depends on {table}.{', '.join(columns)}, whose type changes"
            yield Obstacle(what, found.drop, found.create)


def find_interfering(connection: BaseDatabaseWrapper) -> Iterator[Obstacle]:
    """What would keep 0004 from changing rows, or 0005 from enforcing one selection per workout."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for query in (RULES, ROW_SECURITY, REPLICA_IDENTITY, INHERITANCE):
            cursor.execute(query, [])
            for row in cursor.fetchall():
                yield Obstacle(*row)


def _sqlite_dependents(connection: BaseDatabaseWrapper) -> Iterator[Obstacle]:
    with connection.cursor() as cursor:
        cursor.execute(SQLITE_OBJECTS)
        objects = cursor.fetchall()
    mentioned = set(LEGACY)
    # A view of such a view fails too, so names are added until no more are found.
    while found := {name for _, name, sql in objects if name not in mentioned and _mentions(sql, mentioned)}:
        mentioned |= found
    for kind, name, sql in objects:
        if name in mentioned:
            what = (
                f"SQLite rebuilds the tables, and the {kind} {name}, which mentions them, would prevent that or be lost"
            )
            yield Obstacle(what, f'DROP {kind.upper()} "{name}";', f"{sql};")


def _mentions(sql: str, names: set[str]) -> bool:
    words = set(re.findall(r"\w+", sql.lower()))
    return any(name.lower() in words for name in names)
