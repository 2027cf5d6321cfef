"""`manage.py rollback`: Alembic's `downgrade -1`."""

import subprocess

import pytest
from django.db.migrations import Migration
from django.db.migrations.operations import RunSQL

from releases.steps import irreversible
from tests import legacy
from tests.conftest import ROOT, Manage, Sql


@pytest.fixture
def released(manage: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)
    assert manage("migrate", "-v0", "--fake-initial").returncode == 0


def applied(sql: Sql, app: str = "workouts") -> list[str]:
    return [name for (name,) in sql("SELECT name FROM django_migrations WHERE app = %s ORDER BY name", app)]


@pytest.mark.usefixtures("released")
def test_shows_and_undoes_the_last_migration(manage: Manage, sql: Sql) -> None:
    result = manage("rollback", "--noinput")

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(
        "To be undone, in this order:\n"
        "  workouts.0009_preferences_and_tokens\n"
        "    The athlete's units and times of day, and the digests of the secrets for the calendar feed and the API.\n"
        "    - undo: Create model Preferences (preferences: 0 rows)\n"
    )
    assert applied(sql)[-1] == "0008_week_targets"


@pytest.mark.usefixtures("released")
def test_several_steps_restore_the_duplicates(manage: Manage, sql: Sql) -> None:
    result = manage("rollback", "workouts", "--steps", "6", "--noinput")

    assert result.returncode == 0, result.stderr
    assert (
        "    - undo: Create constraint uq_workout_selections_workout_id on model workoutselection"
        " (workout_selections: 8 rows)\n"
    ) in result.stdout
    assert applied(sql)[-1] == "0003_archived_selection"
    assert legacy.selections(sql) == {row.id: row for row in legacy.SELECTIONS}


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize(("answer", "last"), [("n\n", "0009"), ("", "0009"), ("y\n", "0008")])
def test_asks(environment: dict[str, str], sql: Sql, answer: str, last: str) -> None:
    result = subprocess.run(
        ["python", "manage.py", "rollback"],
        cwd=ROOT,
        env=environment,
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == (0 if last == "0008" else 1)
    assert ("Nothing was changed." in result.stderr) == (last == "0009")
    assert applied(sql)[-1].startswith(last)


def test_irreversible_steps_are_refused() -> None:
    """None of ours is; what rollback asks of a migration before it starts."""

    class Both(Migration):
        operations = [RunSQL("SELECT 1", reverse_sql="SELECT 1")]

    class Forwards(Migration):
        operations = [*Both.operations, RunSQL("SELECT 1")]

    assert not irreversible(Both("m", "a"))
    assert irreversible(Forwards("m", "a"))


def test_nothing_to_undo(manage: Manage) -> None:
    for arguments, words in ((["workouts"], "No migration is recorded"), (["--steps", "0"], "--steps takes 1 or more")):
        result = manage("rollback", *arguments, "--noinput")
        assert result.returncode == 1
        assert words in result.stderr
        assert "Nothing was changed." in result.stderr
