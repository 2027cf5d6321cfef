"""The old version serves while a release runs: its statements work after every single migration."""

import sqlite3

import psycopg
import pytest

from tests import legacy
from tests.conftest import Manage, Sql

MIGRATIONS = (
    "0001_initial",
    "0002_legacy_column_types",
    "0003_archived_selection",
    "0004_deduplicate_selections",
    "0005_unique_selection_per_workout",
    "0006_workout_modified_at",
    "0007_change_history",
    "0008_week_targets",
    "0009_preferences_and_tokens",
    "0010_what_was_done",
    "0011_recorded_and_dropped",
    "0012_rename_import_to_upload",
    "0013_upload_purpose",
    "0014_purpose_of_uploads",
    "0015_done_and_started_at",
    "0016_week_start",
    "0017_availability_and_coachs_link",
    "0018_weekday_of_availability",
)


@pytest.mark.proof
@pytest.mark.parametrize("born", ["legacy", "fresh"])
def test_its_statements_work_after_every_migration(manage: Manage, sql: Sql, engine: str, born: str) -> None:
    if born == "legacy":
        legacy.create(sql, engine)
    for number, name in enumerate(MIGRATIONS, start=101):
        applied = manage("migrate", "workouts", name, "--fake-initial")
        assert applied.returncode == 0, applied.stderr
        use_as_the_old_version_did(sql, number)


def test_its_race_ends_in_an_error_and_a_retry_instead_of_duplicates(sql: Sql, migrated: None) -> None:
    """The old version responds with 500. A repeated request finds the row."""
    legacy.insert_workouts(sql, 1)
    row = legacy.Selection(1, 1, True, "2026-01-16", updated_at=legacy.NOON)
    legacy.insert_selections(sql, row)

    with pytest.raises((psycopg.errors.UniqueViolation, sqlite3.IntegrityError)):
        legacy.insert_selections(sql, row._replace(id=2, current_plan_day=None, time_of_day="morning"))

    sql("UPDATE workout_selections SET time_of_day = 'morning' WHERE workout_selections.id = 1")
    assert legacy.selections(sql) == {1: row._replace(time_of_day="morning")}


def use_as_the_old_version_did(sql: Sql, number: int) -> None:
    """SQLAlchemy's statements: all columns, explicit NULLs, rows by id."""
    legacy.insert_workouts(sql, number)
    row = legacy.Selection(number * 10, number, updated_at=legacy.NOON)
    legacy.insert_selections(sql, row)
    assert legacy.selections(sql)[row.id] == row
    sql("DELETE FROM workout_selections WHERE workout_selections.id = %s", row.id)
    sql(
        "INSERT INTO workout_selections (workout_id, is_selected, current_plan_day, time_of_day, user_notes,"
        " updated_at, workout_location) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        *row[1:5],
        row.user_notes,
        row.updated_at,
        row.workout_location,
    )
    (new_id,) = {selection.id for selection in legacy.selections(sql).values() if selection.workout_id == number}
    row = row._replace(id=new_id)
    assert number in {workout[0] for workout in legacy.workouts(sql)}

    sql(
        "UPDATE workout_selections SET is_selected = %s, current_plan_day = %s, time_of_day = %s, user_notes = %s,"
        " workout_location = %s, updated_at = %s WHERE workout_selections.id = %s",
        *(False, "2026-03-01", None, "späť", None, legacy.LATER, row.id),
    )
    assert legacy.selections(sql)[row.id] == row._replace(
        is_selected=False, current_plan_day="2026-03-01", user_notes="späť", updated_at=legacy.LATER
    )

    sql("DELETE FROM workout_selections WHERE workout_selections.id = %s", row.id)
    sql("DELETE FROM workouts WHERE workouts.id = %s", number)
