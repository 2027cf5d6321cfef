"""AddUniqueConstraint accepts an existing constraint only if it is exactly the same."""

import re
from typing import Any

import pytest
from django.db import models

from releases.operations import AddUniqueConstraint
from tests import legacy
from tests.conftest import Manage, Sql

pytestmark = pytest.mark.proof

NAME = "uq_workout_selections_workout_id"


@pytest.fixture
def before_constraint(manage: Manage, sql: Sql, engine: str) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite rebuilds the table from the model's state")
    legacy.create(sql, engine)
    assert manage("migrate", "workouts", "0004", "--fake-initial").returncode == 0


@pytest.mark.usefixtures("before_constraint")
def test_accepts_the_very_constraint(manage: Manage, sql: Sql) -> None:
    sql(f"ALTER TABLE workout_selections ADD CONSTRAINT {NAME} UNIQUE (workout_id)")

    assert manage("migrate").returncode == 0


@pytest.mark.usefixtures("before_constraint")
@pytest.mark.parametrize(
    "definition",
    ["UNIQUE (id)", "UNIQUE (workout_id, id)", "UNIQUE (workout_id) DEFERRABLE", "CHECK (workout_id > 0)"],
)
def test_refuses_anything_else_with_that_name(manage: Manage, sql: Sql, definition: str) -> None:
    sql(f"ALTER TABLE workout_selections ADD CONSTRAINT {NAME} {definition}")

    result = manage("migrate")

    assert result.returncode == 1
    assert f"{NAME} exists with another definition: it is " in result.stderr
    assert "and wanted on workout_selections is UNIQUE" in result.stderr
    assert "Traceback" not in result.stderr
    sql(rename(result.stderr))
    assert manage("migrate").returncode == 0


def rename(printed: str) -> str:
    """The SQL that the refusal says to run."""
    found = re.search(r"Rename the existing one, with this SQL: (.*?;)", printed)
    assert found
    return found[1]


@pytest.mark.usefixtures("before_constraint")
@pytest.mark.parametrize(
    "index",
    [
        "UNIQUE INDEX {name} ON workout_selections (workout_id) WHERE is_selected",
        "UNIQUE INDEX {name} ON workout_selections (workout_id) NULLS NOT DISTINCT",
        "UNIQUE INDEX {name} ON workout_selections (workout_id) INCLUDE (id)",
        "UNIQUE INDEX {name} ON workout_selections ((workout_id + 0))",
        "INDEX {name} ON workout_selections (workout_id)",
        "UNIQUE INDEX {name} ON workouts (id)",
    ],
)
def test_refuses_an_index_with_that_name_that_is_not_its_own(manage: Manage, sql: Sql, index: str) -> None:
    sql(f"CREATE {index.format(name=NAME)}")

    result = manage("migrate")

    assert result.returncode == 1
    assert "exists with another definition" in result.stderr
    sql(rename(result.stderr))
    assert manage("migrate").returncode == 0


@pytest.mark.usefixtures("before_constraint")
def test_attaches_the_index_that_a_killed_release_had_finished(manage: Manage, sql: Sql) -> None:
    sql(f"CREATE UNIQUE INDEX {NAME} ON workout_selections (workout_id)")
    (before,) = sql("SELECT relfilenode FROM pg_class WHERE relname = %s", NAME)

    assert manage("migrate").returncode == 0

    assert sql("SELECT relfilenode FROM pg_class WHERE relname = %s", NAME) == [before]


@pytest.mark.usefixtures("before_constraint")
def test_drops_what_an_interrupted_build_left(manage: Manage, sql: Sql) -> None:
    sql(f"CREATE UNIQUE INDEX {NAME} ON workout_selections (workout_id)")
    sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", NAME)

    assert manage("migrate").returncode == 0

    assert sql("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", NAME) == [(True,)]


@pytest.mark.usefixtures("before_constraint")
def test_a_build_that_fails_leaves_no_index_behind(manage: Manage, sql: Sql) -> None:
    """Duplicates in spite of the guard: it was disabled."""
    sql("ALTER TABLE workout_selections DISABLE TRIGGER USER")
    sql("INSERT INTO workout_selections (workout_id) VALUES (1)")

    result = manage("migrate")

    assert result.returncode == 1
    assert "could not create unique index" in result.stderr
    assert sql("SELECT 1 FROM pg_class WHERE relname = %s", NAME) == []
    sql("DELETE FROM workout_selections WHERE workout_id = 1")
    assert manage("migrate").returncode == 0


@pytest.mark.usefixtures("before_constraint")
def test_sqlmigrate_shows_the_statements(manage: Manage) -> None:
    forwards = manage("sqlmigrate", "workouts", "0005").stdout
    build = f'CREATE UNIQUE INDEX CONCURRENTLY "{NAME}" ON "workout_selections" ("workout_id");'
    attach = f'ALTER TABLE "workout_selections" ADD CONSTRAINT "{NAME}" UNIQUE USING INDEX "{NAME}";'
    assert [line for line in forwards.splitlines() if NAME in line][-2:] == [build, attach]
    assert "DROP TRIGGER IF EXISTS" in forwards

    backwards = manage("sqlmigrate", "workouts", "0005", "--backwards").stdout
    assert f'ALTER TABLE "workout_selections" DROP CONSTRAINT "{NAME}";' in backwards
    assert "CREATE OR REPLACE TRIGGER" in backwards


@pytest.mark.usefixtures("before_constraint")
def test_back_and_forward_leaves_the_guard_while_the_constraint_is_gone(manage: Manage, sql: Sql) -> None:
    triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    guard = [("keep_one_workout_selection",)]
    assert sql(triggers) == guard
    assert manage("migrate").returncode == 0
    assert sql(triggers) == []
    assert manage("migrate", "workouts", "0004").returncode == 0
    assert sql(triggers) == guard
    assert manage("migrate", "workouts", "0003").returncode == 0
    assert sql(triggers) == []
    assert sql("SELECT 1 FROM pg_class WHERE relname = 'workout_selections_guard'") == []


@pytest.mark.usefixtures("before_constraint")
def test_going_back_is_repeatable(manage: Manage, sql: Sql) -> None:
    """Killed after the constraint was dropped and before the record was deleted."""
    assert manage("migrate").returncode == 0
    sql(f"ALTER TABLE workout_selections DROP CONSTRAINT {NAME}")

    result = manage("migrate", "workouts", "0004")

    assert result.returncode == 0, result.stderr
    assert sql("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == [("keep_one_workout_selection",)]


@pytest.mark.parametrize(
    "more",
    [
        {"fields": ["a"], "condition": models.Q(a=1)},
        {"fields": ["a"], "include": ["b"]},
        {"fields": ["a"], "deferrable": models.Deferrable.DEFERRED},
        {"fields": ["a"], "nulls_distinct": False},
    ],
)
def test_accepts_only_plain_unique_constraints(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"nothing more, unlike u\. Use migrations\.AddConstraint"):
        AddUniqueConstraint("m", models.UniqueConstraint(name="u", **more))


def test_expressions_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing more"):
        AddUniqueConstraint("m", models.UniqueConstraint(models.F("a"), name="u"))
