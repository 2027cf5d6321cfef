"""A release that fails says what happened, what was left untouched and what to do, and starts no server."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests import legacy
from tests.conftest import ROOT, Manage, Sql

UNREACHABLE = "postgresql://planner:hunter2@127.0.0.1:1/planner"


def test_unreachable_server(release: Manage) -> None:
    result = release(DATABASE_URL=UNREACHABLE, RELEASE_DATABASE_WAIT="1")

    assert result.returncode == 1
    assert "The database did not answer: " in result.stderr
    assert "Nothing was changed. Check that the database is up and that DATABASE_URL names" in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stdout + result.stderr


def test_wrong_password(release: Manage, database_url: str, engine: str) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite has no passwords")
    parts = urlsplit(database_url)
    wrong = parts._replace(netloc=f"{parts.username}:hunter2@{parts.hostname}:{parts.port}")

    result = release(DATABASE_URL=urlunsplit(wrong))

    assert result.returncode == 1
    assert "password authentication failed" in result.stderr
    assert "Nothing was changed. Check that the database is up" in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr


def test_a_file_that_is_no_database(release: Manage, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear coach, " * 100)

    result = release(DATABASE_URL=f"sqlite:///{tmp_path}/letter.txt")

    assert result.returncode == 1
    assert "The database did not answer: file is not a database. Nothing was changed." in result.stderr
    assert "Traceback" not in result.stderr


def test_a_migration_that_raises(release: Manage, manage: Manage, sql: Sql, engine: str) -> None:
    """A table in the way stops 0003; once it is gone, the same command finishes."""
    legacy.create(sql, engine)
    sql("CREATE TABLE workout_selections_archive (id integer)")

    result = release()

    assert result.returncode == 1
    assert "Migration workouts.0003_archived_selection failed: " in result.stderr
    assert "It was rolled back; the migrations before it stay applied" in result.stderr
    assert "Traceback" not in result.stderr
    assert " [ ] 0003_archived_selection" in manage("showmigrations", "workouts").stdout
    assert legacy.selections(sql) == {row.id: row for row in legacy.SELECTIONS}

    sql("DROP TABLE workout_selections_archive")
    assert release().returncode == 0
    assert legacy.selections(sql) == legacy.settle(legacy.SELECTIONS)[0]


def test_traceback_shows_where_it_was_raised(manage: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)
    sql("CREATE TABLE workout_selections_archive (id integer)")

    result = manage("migrate", "--fake-initial", "--traceback")

    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_refusals_keep_their_own_words(manage: Manage) -> None:
    assert manage("migrate", "nonsense").stderr == "CommandError: No installed app with label 'nonsense'.\n"


def test_check_is_silent(manage: Manage) -> None:
    unapplied = manage("migrate", "--check")
    assert (unapplied.returncode, unapplied.stdout, unapplied.stderr) == (1, "", "")
    assert manage("migrate", "-v0").returncode == 0
    applied = manage("migrate", "--check")
    assert (applied.returncode, applied.stdout, applied.stderr) == (0, "", "")


def test_start_does_not_serve_when_the_release_failed(environment: dict[str, str]) -> None:
    result = subprocess.run(
        ["bin/start"],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": UNREACHABLE, "RELEASE_DATABASE_WAIT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode == 1
    assert "gunicorn" not in result.stdout + result.stderr
