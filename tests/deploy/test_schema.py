"""The planner's own schema, verified and repaired."""

import re
import time
from pathlib import Path

import pytest

from tests.conftest import Manage, Sql
from tests.server import serving, web


def test_the_release_and_readyz_fail_until_the_schema_is_repaired(
    release: Manage, manage: Manage, sql: Sql, environment: dict[str, str], tmp_path: Path, migrated: None
) -> None:
    sql("DROP TABLE tokens")
    for _ in range(2):
        result = release()
        assert result.returncode == 1
        assert result.stdout.startswith("The schema is not whole. To see what is missing, run: python manage.py verify")
        assert result.stderr.count("- the table tokens is missing\n") == 1
    with serving(web(), {**environment, "WEB_CONCURRENCY": "1"}, tmp_path / "log") as server:
        status, _, body = server.get("/readyz", Host="healthcheck.railway.app")
        assert (status, body) == (
            503,
            '{"status": "unavailable", "database": "ok", "missing": ["the table tokens is missing"]}',
        )
        assert manage("verify_schema", "--repair").returncode == 0
        for _ in range(50):
            status, _, body = server.get("/readyz", Host="healthcheck.railway.app")
            if status == 200:
                break
            time.sleep(0.2)
        assert (status, body) == (200, '{"status": "ok"}')
        sql("DROP TABLE preferences")
        assert server.get("/readyz", Host="healthcheck.railway.app")[0] == 200, "looked at once in a process"
    assert release().returncode == 1


@pytest.mark.parametrize(
    "instead",
    ["UNIQUE INDEX u ON workout_selections (workout_id) WHERE is_selected", "INDEX u ON workout_selections (id)"],
)
def test_something_weaker_does_not_count(
    manage: Manage, sql: Sql, postgresql: None, migrated: None, instead: str
) -> None:
    sql("ALTER TABLE workout_selections DROP CONSTRAINT uq_workout_selections_workout_id")
    sql(f"CREATE {instead}")

    assert "unique (workout_id) on workout_selections (uq_workout_selections_workout_id) is missing" in (
        manage("verify_schema").stderr
    )


def test_unapplied_migrations_are_reported_first_and_alone(manage: Manage, migrated: None, sql: Sql) -> None:
    assert manage("migrate", "workouts", "0003").returncode == 0
    sql("DROP TABLE workout_selections_archive")

    result = manage("verify_schema")

    assert result.returncode == 1
    assert result.stderr.startswith(
        "CommandError: Not applied yet: workouts.0004_deduplicate_selections, workouts.0005"
    )
    assert "Nothing was compared. Run: python manage.py migrate --noinput --fake-initial" in result.stderr
    assert "archive is missing" not in result.stderr


def test_an_empty_database(manage: Manage) -> None:
    result = manage("verify_schema")
    assert result.returncode == 1
    assert result.stderr.startswith("CommandError: Not applied yet: ")
    (command,) = re.findall(r"Run: python manage\.py (migrate --noinput --fake-initial)", result.stderr)
    assert manage(*command.split()).returncode == 0
    assert manage("verify_schema").returncode == 0
