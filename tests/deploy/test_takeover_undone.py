"""A takeover is a release like any other: `rollback` undoes it."""

from tests import legacy
from tests.conftest import Manage, Sql


def test_a_takeover_is_undone_to_the_row(manage: Manage, sql: Sql, engine: str) -> None:
    """It can then be repeated. 0001_initial is not undone: the tables are the old application's."""
    legacy.create(sql, engine)
    before = legacy.selections(sql), legacy.workouts(sql)
    assert manage("migrate", "-v0", "--fake-initial").returncode == 0

    result = manage("rollback", "--noinput")

    assert result.returncode == 0, result.stderr
    assert "workouts.0001_initial" not in result.stdout
    assert (legacy.selections(sql), legacy.workouts(sql)) == before
    assert sql("SELECT app, name FROM django_migrations") == [("workouts", "0001_initial")]
    assert manage("migrate", "-v0", "--fake-initial").returncode == 0
    assert legacy.selections(sql) == legacy.settle(legacy.SELECTIONS)[0]
