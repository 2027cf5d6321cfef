"""The old tables in a schema that is not in search_path: no empty planner is created in another schema."""

import re

import pytest

from tests import legacy
from tests.conftest import Manage, Sql


@pytest.fixture(autouse=True)
def postgresql_only(engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("SQLite knows no schemas")


def test_they_are_found_and_the_printed_command_takes_them_over(
    release: Manage, manage: Manage, sql: Sql, engine: str
) -> None:
    legacy.create(sql, engine)
    sql("CREATE SCHEMA flask")
    for table in ("workouts", "workout_selections", "alembic_version"):
        sql(f"ALTER TABLE {table} SET SCHEMA flask")

    result = release()

    assert result.returncode == 1
    assert "alembic_version, workout_selections, workouts: in schema flask" in result.stderr
    assert "Nothing was changed." in result.stderr
    assert sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(1,)]
    assert "in schema flask" in manage("takeover", "--dry-run").stderr
    (statement,) = re.findall(r"ALTER ROLE [^;]+;", result.stderr)
    sql(statement)

    result = release()

    assert result.returncode == 0, result.stderr
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)


def test_an_alembic_version_of_other_software_is_ignored(release: Manage, sql: Sql) -> None:
    sql("CREATE SCHEMA other")
    sql("CREATE TABLE other.alembic_version (version_num text)")

    assert release().returncode == 0
