"""What 0004 will do, computed beforehand with its own SQL. Only reads."""

from importlib import import_module

from django.db.backends.base.base import BaseDatabaseWrapper

deduplication = import_module("workouts.migrations.0004_deduplicate_selections")

DUPLICATE = "workout_id IN (SELECT workout_id FROM workout_selections GROUP BY workout_id HAVING count(*) > 1)"


def to_archive(connection: BaseDatabaseWrapper) -> str:
    """SQL for the selections that will be archived: id, kept_id, kept_updated_at, filled."""
    chosen = f"(SELECT * FROM workout_selections WHERE {DUPLICATE})"
    return str(deduplication.ranked(connection.vendor, chosen))


def count(connection: BaseDatabaseWrapper) -> tuple[int, int, int]:
    """Workouts with duplicate selections, rows that will be archived, and gaps that will be filled."""
    filled = " + ".join(f"CASE WHEN filled LIKE '%\"{name}\":%' THEN 1 ELSE 0 END" for name in deduplication.COLUMNS)
    rows = to_archive(connection)
    query = f"SELECT count(DISTINCT kept_id), count(*), coalesce(sum({filled}), 0) FROM ({rows}) AS to_archive"
    with connection.cursor() as cursor:
        cursor.execute(query)
        workouts, archived, gaps = cursor.fetchone()
    return workouts, archived, gaps
