"""AddUniqueConstraint accepts what already stands only when it is exactly the same."""

import pytest

from tests import legacy
from tests.conftest import Manage, Sql

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
def test_refuses_anything_else_of_that_name(manage: Manage, sql: Sql, definition: str) -> None:
    sql(f"ALTER TABLE workout_selections ADD CONSTRAINT {NAME} {definition}")

    result = manage("migrate")

    assert result.returncode == 1
    assert f"{NAME} on workout_selections is " in result.stderr
    assert "not UNIQUE (workout_id). Nothing was changed by this migration." in result.stderr
    assert "Traceback" not in result.stderr
