"""Tries the deduplication and rolls it back, if something could prevent it: a trigger, rule, policy or foreign key.

The effect of a trigger can only be found out by trying. Without any of these nothing is tried, which saves time.
"""

from typing import Any

from django.db import DatabaseError, OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from workouts.migrations._checks import PreventedError, preventing
from workouts.migrations._references import Reference, find_references
from workouts.takeover.duplicates import deduplication
from workouts.takeover.obstacle import Obstacle

# Hides the permanent table with this name, which 0003 may not have created yet.
ARCHIVE = """
CREATE TEMPORARY TABLE workout_selections_archive (
    selection_id integer, workout_id integer, is_selected boolean, current_plan_day date, time_of_day text,
    workout_location text, user_notes text, updated_at timestamp, kept_selection_id integer, filled {json},
    archived_at timestamp with time zone
)
"""


def rehearse(connection: BaseDatabaseWrapper) -> list[Obstacle]:
    """Tries each batch as 0004 does, and rolls it back. Raises OperationalError if the database is busy."""
    with connection.cursor() as cursor:
        references = find_references(cursor, connection)
        suspects = preventing(cursor, connection, [reference.table for reference in references])
    if not suspects and not references:
        return []
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            _try_all(connection, cursor, references)
            transaction.set_rollback(True, using=connection.alias)
    except PreventedError as error:
        return [_obstacle(error.what, suspects)]
    except OperationalError:
        raise
    except DatabaseError as error:
        said, *_ = str(error).partition("\nCONTEXT:")
        return [_obstacle(" ".join(said.split()), suspects)]
    return []


def _try_all(connection: BaseDatabaseWrapper, cursor: Any, references: list[Reference]) -> None:
    cursor.execute(ARCHIVE.format(json={"postgresql": "jsonb", "sqlite": "text"}[connection.vendor]))
    with deduplication.work_tables(cursor, connection):
        cursor.execute("SELECT count(DISTINCT batch) FROM duplicate_selections")
        for batch in range(cursor.fetchone()[0]):
            with transaction.atomic(using=connection.alias):
                deduplication.deduplicate_batch(cursor, connection, batch, references)
                if connection.vendor == "postgresql":
                    connection.check_constraints()
                transaction.set_rollback(True, using=connection.alias)


def _obstacle(what: str, suspects: list[tuple[str, str]]) -> Obstacle:
    by = f". What can prevent it: {', '.join(name for name, _ in suspects)}" if suspects else ""
    remedy = " ".join(statement for _, statement in suspects)
    return Obstacle(
        f"The deduplication, tried and rolled back, failed: {what}{by}", remedy, remedy.replace("DISABLE", "ENABLE")
    )
