"""Every command reports a database that is absent, unmigrated or inaccessible, and says what to type."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.conftest import Manage, Sql, execute
from tests.releases.test_causes import as_user, type_what_it_says

DJANGOS = ("migrate", "makemigrations")  # under a thin subclass
OURS = sorted(name for name, app in get_commands().items() if app in ("releases", "workouts") and name not in DJANGOS)
NEED_TABLES = ["create_admin", "create_athlete", "load_demo_week", "releases"]
COMMAND = "run: python manage.py migrate --noinput --fake-initial"
TARGETS = '{"week_start_date": "2026-03-02", "weekly_targets": {"tss": 400}}'
PLAN = "Title,WorkoutType,WorkoutDay\nRun,Run,2026-03-02\n"


def arguments(command: str, plan: Path) -> list[str]:
    plan.write_text(PLAN)
    targets = plan.with_suffix(".json")
    targets.write_text(TARGETS)
    more = {
        "api_token": ["athlete"],
        "import_targets": [str(targets)],
        "import_workouts": [str(plan)],
        "rollback": ["--noinput"],
        "takeover": ["--dry-run"],
    }
    return [command, *more.get(command, [])]


@pytest.mark.proof
def test_an_empty_database(manage: Manage, tmp_path: Path) -> None:
    for command in OURS:
        result = manage(*arguments(command, tmp_path / "plan.csv"))

        assert "Traceback" not in result.stderr, command
        if command in (*NEED_TABLES, "api_token", "export_planner", "import_targets", "import_workouts"):
            assert result.returncode == 1
            assert result.stderr.startswith("CommandError: The command failed: "), command
            assert " has no tables of this code. If it is the wrong database, correct DATABASE_URL; " in (result.stderr)
            assert f"otherwise {COMMAND}\n" in result.stderr

    assert manage("migrate", "--noinput", "--fake-initial", "-v0").returncode == 0
    assert manage("create_athlete").returncode == 0


@pytest.mark.either_engine
def test_a_database_that_is_not_there(manage: Manage, tmp_path: Path) -> None:
    for command in OURS:
        result = manage(
            *arguments(command, tmp_path / "plan.csv"),
            DATABASE_URL="postgresql://a:hunter2@127.0.0.1:1/x",
            RELEASE_DATABASE_WAIT="0",
        )

        assert result.returncode == 1, command
        assert result.stderr.count("Nothing listens on 127.0.0.1, port 1.") == 1, command
        assert "Traceback" not in result.stderr
        assert "hunter2" not in result.stdout + result.stderr


def test_a_database_of_an_older_version(manage: Manage) -> None:
    assert manage("migrate", "workouts", "0002", "-v0").returncode == 0

    result = manage("create_admin")

    assert result.returncode == 1
    assert " migrations of this code, beginning with " in result.stderr
    assert COMMAND in result.stderr.replace("Run:", "run:")


def test_a_schema_that_search_path_does_not_show(role: str, manage: Manage, database_url: str, migrated: None) -> None:
    execute(database_url, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    execute(database_url, f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
    execute(database_url, f"ALTER ROLE {role} SET search_path = elsewhere")
    url = as_user(database_url, role, role)

    result = manage("create_admin", DATABASE_URL=url)

    assert result.returncode == 1
    assert "django_migrations: in schema public, which is not in the search_path (elsewhere)" in result.stderr
    assert COMMAND not in result.stderr
    (statement,) = re.findall(r"(ALTER ROLE .*?;)", result.stderr)
    execute(database_url, statement)
    assert manage("create_admin", DATABASE_URL=url).returncode == 0


@pytest.mark.parametrize("closed", ["tables", "read-only"])
def test_tables_that_are_closed_to_the_role(
    role: str, manage: Manage, database_url: str, migrated: None, closed: str
) -> None:
    if closed == "read-only":
        execute(database_url, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        execute(database_url, f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
        execute(database_url, f"ALTER ROLE {role} SET default_transaction_read_only = on")
    url = as_user(database_url, role, role)

    result = manage("create_admin", DATABASE_URL=url)

    assert result.returncode == 1
    assert "Nothing was changed. " in result.stderr
    type_what_it_says(result.stderr, database_url)
    assert manage("create_admin", DATABASE_URL=url).returncode == 0


def test_a_table_that_was_dropped_by_hand(manage: Manage, sql: Sql, migrated: None) -> None:
    sql("DROP TABLE preferences")
    sql("DROP TABLE workout_selections_archive")

    result = manage("export_planner")

    assert result.returncode == 1
    (command,) = re.findall(r"something was removed by hand. Run: python manage.py (.*)", result.stderr)
    assert manage(*command.split()).returncode == 0
    assert manage("export_planner").returncode == 0
