"""Foreign keys of other software to selections that will be archived, whose rows cannot refer to the kept selection."""

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from workouts.migrations._references import Reference, find_references
from workouts.takeover.duplicates import deduplication, to_archive
from workouts.takeover.obstacle import Obstacle

RIGHTS = """
SELECT has_table_privilege(%(table)s, 'SELECT') AND has_column_privilege(%(table)s, attnum, 'UPDATE'),
    row_security_active(%(table)s), quote_ident(current_user)
FROM pg_attribute WHERE attrelid = to_regclass(%(table)s) AND quote_ident(attname) = %(column)s
"""

# The other columns of each unique index that has the referring column. Partial indexes are left to the rehearsal.
UNIQUE = """
SELECT ARRAY(
    SELECT quote_ident(attname) FROM pg_attribute
    WHERE attrelid = indrelid AND attnum = ANY (indkey) AND quote_ident(attname) <> %(column)s
)
FROM pg_index
WHERE indrelid = to_regclass(%(table)s) AND indisunique AND indpred IS NULL AND indexprs IS NULL
    AND EXISTS (SELECT FROM pg_attribute
        WHERE attrelid = indrelid AND attnum = ANY (indkey) AND quote_ident(attname) = %(column)s)
"""

# The kept selections to which more than one row would refer.
CONFLICTS = """
SELECT DISTINCT coalesce(archived.kept_id, referring.{column})
FROM {table} AS referring LEFT JOIN ({to_archive}) AS archived ON archived.id = referring.{column}
WHERE {present}
GROUP BY coalesce(archived.kept_id, referring.{column}){others} HAVING count(*) > 1
ORDER BY 1 LIMIT 10
"""

# For each selection that is deleted, the server looks for rows that refer to it: without an index, in the whole table.
SLOW = 100_000  # blocks read by a batch; they take about a second, and a writer of one of its selections waits
BLOCKS_TO_READ = """
SELECT pg_relation_size(c.oid) / current_setting('block_size')::int
FROM pg_class c JOIN pg_attribute ON attrelid = c.oid
WHERE c.oid = to_regclass(%(table)s) AND quote_ident(attname) = %(column)s AND NOT EXISTS (
    SELECT FROM pg_index WHERE indrelid = c.oid AND indkey[0] = attnum AND indisvalid AND indpred IS NULL
)
"""


def find_unfit_references(connection: BaseDatabaseWrapper) -> Iterator[Obstacle]:
    with connection.cursor() as cursor:
        for reference in find_references(cursor, connection):
            if obstacle := _rights(connection, cursor, reference) or _slow(connection, cursor, reference):
                yield obstacle
            elif _is_referred_to(connection, cursor, reference):
                yield from _unfit(connection, cursor, reference)


def _rights(connection: BaseDatabaseWrapper, cursor: Any, reference: Reference) -> Obstacle | None:
    """If the role cannot see the rows, it is unknown whether any of them matters."""
    if connection.vendor != "postgresql":
        return None
    cursor.execute(RIGHTS, {"table": reference.table, "column": reference.column})
    allowed, hides, role = cursor.fetchone()
    what = f"{reference.name} refers to selections, and role {role} "
    if not allowed:
        return Obstacle(f"{what}may not change it", f"GRANT SELECT, UPDATE ON {reference.table} TO {role};")
    if hides:
        statement = f"ALTER TABLE {reference.table} {{}} ROW LEVEL SECURITY;"
        return Obstacle(f"{what}cannot see all its rows", statement.format("DISABLE"), statement.format("ENABLE"))
    return None


def _slow(connection: BaseDatabaseWrapper, cursor: Any, reference: Reference) -> Obstacle | None:
    if connection.vendor != "postgresql":
        return None
    cursor.execute(BLOCKS_TO_READ, {"table": reference.table, "column": reference.column})
    (blocks,) = cursor.fetchone() or (0,)
    if blocks * deduplication.BATCH < SLOW:
        return None
    cursor.execute(f"SELECT count(*) FROM ({to_archive(connection)} LIMIT {deduplication.BATCH}) AS archived")
    if blocks * cursor.fetchone()[0] < SLOW:
        return None
    return Obstacle(
        f"{reference.name} refers to selections and has no index, so deleting a selection reads all of"
        f" {reference.table}, and writers would wait",
        f"CREATE INDEX CONCURRENTLY ON {reference.table} ({reference.column});",
    )


def _is_referred_to(connection: BaseDatabaseWrapper, cursor: Any, reference: Reference) -> bool:
    archived = f"SELECT id FROM ({to_archive(connection)}) AS archived"
    cursor.execute(f"SELECT 1 FROM {reference.table} WHERE {reference.column} IN ({archived}) LIMIT 1")
    return cursor.fetchone() is not None


def _unfit(connection: BaseDatabaseWrapper, cursor: Any, reference: Reference) -> Iterator[Obstacle]:
    if reference.key is None:
        yield Obstacle(
            f"{reference.name} refers to selections that will be archived, and without a primary key the archive cannot"
            " record which rows did",
            f"ALTER TABLE {reference.table} ADD PRIMARY KEY (...); over columns that identify its rows",
        )
    for others in _unique_indexes(connection, cursor, reference):
        columns = [f"referring.{column}" for column in others]
        query = CONFLICTS.format(
            table=reference.table,
            column=reference.column,
            to_archive=to_archive(connection),
            present=" AND ".join(f"{column} IS NOT NULL" for column in (f"referring.{reference.column}", *columns)),
            others="".join(f", {column}" for column in columns),
        )
        cursor.execute(query)
        if kept := [str(selection) for (selection,) in cursor.fetchall()]:
            workouts = f"SELECT workout_id FROM workout_selections WHERE id IN ({', '.join(kept)})"
            yield Obstacle(
                f"{reference.name} is unique, and more than one of its rows would refer to one selection",
                f"SELECT * FROM {reference.table} WHERE {reference.column} IN"
                f" (SELECT id FROM workout_selections WHERE workout_id IN ({workouts}));"
                " and keep one of those rows for each workout",
            )


def _unique_indexes(connection: BaseDatabaseWrapper, cursor: Any, reference: Reference) -> list[list[str]]:
    if connection.vendor == "postgresql":
        cursor.execute(UNIQUE, {"table": reference.table, "column": reference.column})
        return [others for (others,) in cursor.fetchall()]
    quote = connection.ops.quote_name
    cursor.execute(f"PRAGMA table_info({reference.table})")
    indexes = [[quote(name) for _, name, *_, key in cursor.fetchall() if key]]  # an integer key has no index
    cursor.execute(f"PRAGMA index_list({reference.table})")
    for _, name, unique, _, partial in cursor.fetchall():
        cursor.execute(f"PRAGMA index_info({quote(name)})")
        if unique and not partial:
            indexes.append([quote(column) for *_, column in cursor.fetchall() if column])
    return [[name for name in index if name != reference.column] for index in indexes if reference.column in index]
