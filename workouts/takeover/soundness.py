"""What a release would find at its end, when it compares the old tables with the models: PostgreSQL says it before."""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from workouts.takeover.legacy import LEGACY
from workouts.takeover.obstacle import Obstacle

NO_DEFAULT = """
SELECT 'workouts.is_custom does not have the default false', 'ALTER TABLE workouts ALTER is_custom SET DEFAULT false;'
FROM pg_attribute a LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = to_regclass('workouts') AND attname = 'is_custom'
    AND pg_get_expr(adbin, adrelid) IS DISTINCT FROM 'false'
"""
NOT_VALID = """
SELECT format('the foreign key %I of workout_selections does not hold for all rows', conname),
    format('ALTER TABLE workout_selections VALIDATE CONSTRAINT %I;', conname)
FROM pg_constraint WHERE conrelid = to_regclass('workout_selections') AND contype = 'f' AND NOT convalidated
"""
DANGLING = """
SELECT id FROM workout_selections s WHERE NOT EXISTS (SELECT FROM workouts w WHERE w.id = s.workout_id)
ORDER BY id LIMIT 10
"""
DELETE = "DELETE FROM workout_selections s WHERE NOT EXISTS (SELECT FROM workouts w WHERE w.id = s.workout_id);"
# A dry run may use a role that reads tables only.
NUMBERED = "SELECT s FROM pg_get_serial_sequence(%s, 'id') s WHERE has_sequence_privilege(s, 'SELECT')"
LAGS = """
SELECT coalesce(max(id) >= (SELECT last_value + is_called::int FROM {sequence}), false) FROM {table}
"""


def find_unsound(connection: BaseDatabaseWrapper) -> Iterator[Obstacle]:
    """Only reads. Elsewhere than on PostgreSQL there is nothing of the kind."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(NO_DEFAULT)
        yield from (Obstacle(*row) for row in cursor.fetchall())
        cursor.execute(NOT_VALID)
        if not_valid := cursor.fetchall():
            yield from _dangling(cursor)
        yield from (Obstacle(*row) for row in not_valid)
        for table in LEGACY:
            yield from _lagging(cursor, table)


def _dangling(cursor: CursorWrapper) -> Iterator[Obstacle]:
    cursor.execute(DANGLING)
    if ids := [str(selection) for (selection,) in cursor.fetchall()]:
        yield Obstacle(f"selections such as {', '.join(ids)} refer to workouts that do not exist", DELETE)


def _lagging(cursor: CursorWrapper, table: str) -> Iterator[Obstacle]:
    cursor.execute(NUMBERED, [table])
    numbered = cursor.fetchone()
    if numbered is None:
        return
    (sequence,) = numbered
    cursor.execute(LAGS.format(sequence=sequence, table=table))
    if cursor.fetchone() == (True,):
        what = f"the sequence {sequence} would give an id that a row of {table} has"
        yield Obstacle(what, f"SELECT setval('{sequence}', (SELECT max(id) FROM {table}));")
