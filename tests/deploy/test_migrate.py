"""A failed release says what happened, what was left untouched and what to do, and starts no server."""

import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests import legacy
from tests.conftest import ROOT, Manage, Sql, procfile
from tests.postgres import throwaway_postgres

UNREACHABLE = "postgresql://planner:hunter2@127.0.0.1:1/planner"


def test_unreachable_server(release: Manage) -> None:
    result = release(DATABASE_URL=UNREACHABLE, RELEASE_DATABASE_WAIT="1")

    assert result.returncode == 1
    assert result.stdout.startswith("The database did not answer: ")
    assert result.stderr.count("The database did not answer: ") == 1
    assert " Nothing was changed. Nothing listens on 127.0.0.1, port 1. Start the database, or " in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stdout + result.stderr


def test_wrong_password(release: Manage, database_url: str, engine: str) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite has no passwords")
    parts = urlsplit(database_url)
    wrong = parts._replace(netloc=f"{parts.username}:hunter2@{parts.hostname}:{parts.port}")

    result = release(DATABASE_URL=urlunsplit(wrong))

    assert result.returncode == 1
    assert result.stdout.startswith("The database refused the connection: ")
    assert result.stderr.count("password authentication failed") == 1
    assert "or the password is wrong. Correct both in DATABASE_URL. Then run this again." in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr


def test_a_file_that_is_not_a_database(release: Manage, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear coach, " * 100)

    result = release(DATABASE_URL=f"sqlite:///{tmp_path}/letter.txt")

    assert result.returncode == 1
    assert result.stderr.count("The release failed: file is not a database. Nothing was changed. ") == 1
    assert "Traceback" not in result.stderr


def test_traceback_shows_where_it_was_raised(manage: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)
    sql("CREATE TABLE workout_selections_archive (id integer)")

    result = manage("migrate", "--fake-initial", "--traceback")

    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_refusals_keep_their_own_message(manage: Manage) -> None:
    assert manage("migrate", "nonsense").stderr == "CommandError: No installed app with label 'nonsense'.\n"


def test_a_database_that_starts_meanwhile_leaves_no_error_behind(environment: dict[str, str], engine: str) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite has no server")
    with throwaway_postgres() as server:
        server.stop()
        release = subprocess.Popen(
            ["sh", "-c", procfile()["release"]],
            cwd=ROOT,
            env={**environment, "DATABASE_URL": server.url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert release.stdout
        first = release.stdout.readline()
        time.sleep(1)
        server.start()
        printed, errors = release.communicate(timeout=120)

    assert (release.returncode, errors) == (0, "")
    assert first.startswith("The database did not answer: ")
    assert "Release succeeded: " in printed


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


def test_start_passes_a_signal_on_to_the_release(environment: dict[str, str]) -> None:
    """As a container's first process the shell would not be ended by it, and the release would never hear of it."""
    start = subprocess.Popen(
        ["bin/start"],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": UNREACHABLE, "RELEASE_DATABASE_WAIT": "60"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with start:
        assert start.stdout
        while "waiting up to 60 s" not in start.stdout.readline():
            assert start.poll() is None
        start.send_signal(signal.SIGTERM)
        errors = start.communicate(timeout=30)[1]

    assert start.returncode == 143
    assert "it was stopped by SIGTERM. Nothing was changed." in errors
