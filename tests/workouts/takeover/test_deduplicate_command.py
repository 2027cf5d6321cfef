"""`manage.py deduplicate_selections`: the remedy if the unique constraint was dropped by hand."""

import pytest

from tests import legacy
from tests.conftest import Manage, Sql
from tests.legacy import NOON, Selection


def test_duplicates_that_came_without_the_constraint_are_archived_and_it_is_built(
    release: Manage, manage: Manage, sql: Sql, engine: str
) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite cannot drop a constraint")
    legacy.create(sql, engine)
    assert release().returncode == 0
    sql("ALTER TABLE workout_selections DROP CONSTRAINT uq_workout_selections_workout_id")
    before = legacy.archive(sql)
    for row in (Selection(900, 1, None, None, "7am", None, "late", NOON), Selection(901, 3)):
        legacy.insert_selections(sql, row)
    sql("SELECT setval('workout_selections_id_seq', 901)")
    live, archived = legacy.settle(list(legacy.selections(sql).values()))
    assert "several rows have the same values" in manage("verify_schema", "--repair").stderr

    result = manage("deduplicate_selections")

    assert result.stdout.endswith(
        "Workouts with duplicate selections: 1; rows archived: 1; gaps filled: 3.\n"
        "To build the unique constraint, run: python manage.py verify_schema --repair\n"
    )
    assert legacy.selections(sql) == live
    assert legacy.archive(sql) == before | archived
    assert manage("verify_schema", "--repair").returncode == 0
    assert release().returncode == 0
