"""How `rollback` runs: it asks, waits its turn, tries again, is recorded, and can be killed and repeated."""

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from filelock import FileLock

from releases.postgresql.lock import KEY
from releases.running.watchdog import MARGIN
from tests import forks
from tests.conftest import ROOT, Once, Sql, container
from tests.releases.conftest import Project
from tests.releases.test_rollback import CRASHING, SHELF, applied, field, released, type_what_it_says

REFUSE = """def refuse(apps, schema_editor):
    if apps.get_model("shop", "shelf").objects.exists():
        raise RuntimeError("There are shelves.")


"""
LOSE_THE_LOCK = """from pathlib import Path
import time

COMPANION = "FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'release %'"


def lose(apps, schema_editor):
    if not Path("lost").exists():
        Path("lost").touch()
        schema_editor.execute(f"SELECT pg_terminate_backend(pid) {COMPANION}", None)
        time.sleep(1)


"""
UNDO_ONLY_EMPTY = "migrations.RunPython(migrations.RunPython.noop, refuse)"


@pytest.fixture
def shop(project: Project, once: Once) -> Project:
    """Two releases succeeded: 0001, and 0002 with 0003."""
    project.migration("0001_shelf", SHELF)
    once("shop with shelves", lambda: released(project))
    project.migration("0002_width", field("width"))
    project.migration("0003_height", field("height"))
    once("shop with measured shelves", lambda: released(project))
    return project


def history(project: Project) -> list[dict[str, Any]]:
    return [json.loads(line) for line in project.manage("releases", "--json").stdout.splitlines()]


@contextmanager
def at_a_terminal(
    project: Project, *arguments: str, **variables: str
) -> Iterator[Callable[[str], "subprocess.CompletedProcess[str]"]]:
    """Waits for the question; the given function answers it."""
    terminal, keyboard = pty.openpty()
    environment = {**container(project.database_url), "PYTHONPATH": str(ROOT), **variables}
    process = forks.Popen(
        ["python", "manage.py", "rollback", *arguments],
        cwd=project.root,
        env=environment,
        stdin=keyboard,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    said = ""
    while not said.endswith("Undo this? [y/N] "):
        letter = process.stdout.read(1)
        assert letter, said
        said += letter

    def answer(line: str) -> "subprocess.CompletedProcess[str]":
        os.write(terminal, f"{line}\n".encode())
        stdout, stderr = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    yield answer
    os.close(terminal)
    os.close(keyboard)


@pytest.mark.parametrize(("line", "left"), [("n", 3), ("", 3), ("\x04", 3), ("y", 1)])
def test_it_asks_at_a_terminal(shop: Project, sql: Sql, line: str, left: int) -> None:
    with at_a_terminal(shop) as answer:
        result = answer(line)

    assert result.returncode == (0 if line == "y" else 1)
    assert ("CommandError: Nothing was changed.\n" in result.stderr) == (line != "y")
    assert len(applied(sql)) == left


def test_the_question_may_be_answered_after_the_deadline(shop: Project, sql: Sql) -> None:
    seconds = 4
    with at_a_terminal(shop, RELEASE_DEADLINE=str(seconds)) as answer:
        time.sleep(seconds + MARGIN + 1)
        result = answer("y")

    assert result.returncode == 0, result.stderr
    assert applied(sql) == ["0001"]


def test_nothing_is_held_while_it_asks_and_what_changed_meanwhile_is_refused(shop: Project, sql: Sql) -> None:
    with at_a_terminal(shop) as answer:
        shop.migration("0004_depth", field("depth"))
        assert shop.manage("migrate", "-v0").returncode == 0
        result = answer("y")

    assert result.returncode == 1
    assert "Nothing was changed. To see what would be undone now, run: python manage.py rollback\n" in result.stderr
    assert applied(sql) == ["0001", "0002", "0003", "0004"]


def test_it_waits_for_a_release(shop: Project, sql: Sql, engine: str, database_url: str) -> None:
    with held_lock(engine, database_url):
        rollback = shop.start("rollback", "--noinput")
        assert rollback.stdout
        assert any("is running" in line and "Waiting for it." in line for line in rollback.stdout)
        assert applied(sql) == ["0001", "0002", "0003"]

    _, stderr = rollback.communicate(timeout=60)
    assert rollback.returncode == 0, stderr
    assert applied(sql) == ["0001"]


@contextmanager
def held_lock(engine: str, database_url: str) -> Iterator[None]:
    if engine == "postgresql":
        with psycopg.connect(database_url, autocommit=True) as session:
            session.execute("SELECT pg_advisory_lock(%s)", [KEY])
            yield
        return
    with FileLock(f"{database_url.removeprefix('sqlite:///')}.lock"):
        yield


def test_a_lock_that_somebody_holds_is_tried_again(shop: Project, sql: Sql, engine: str, database_url: str) -> None:
    if engine != "postgresql":
        pytest.skip("SQLite waits for writers by itself")
    with psycopg.connect(database_url) as reader:
        reader.execute("SELECT * FROM shop_shelf")
        rollback = shop.start("rollback", "--noinput", RELEASE_LOCK_TIMEOUT="0.3")
        assert rollback.stdout
        assert any("Attempt 1 was stopped: canceling statement due to lock timeout" in line for line in rollback.stdout)
    _, stderr = rollback.communicate(timeout=60)

    assert rollback.returncode == 0, stderr
    assert applied(sql) == ["0001"]
    (undone, *_) = history(shop)
    assert undone["attempts"] > 1
    assert [one["name"] for one in undone["migrations"]] == ["shop.0003_height", "shop.0002_width"]


def test_a_step_back_is_recorded_with_who_and_why(shop: Project) -> None:
    assert shop.manage("rollback", "--noinput", "--by", "Ada", "--reason", "too wide").returncode == 0

    step, release, *_ = history(shop)
    assert (step["direction"], step["outcome"], step["asked_by"], step["reason"]) == (
        *("backwards", "succeeded"),
        *("Ada", "too wide"),
    )
    assert [one["name"] for one in step["migrations"]] == ["shop.0003_height", "shop.0002_width"]
    assert all(one["seconds"] >= 0 for one in step["migrations"])
    assert (release["direction"], release["asked_by"]) == ("forwards", "")
    lines = shop.manage("releases").stdout.splitlines()
    assert lines[2] == "    A step back, asked for by Ada: too wide"
    assert max(map(len, lines)) <= 80


def test_migrating_backwards_with_django_is_recorded_too(shop: Project, sql: Sql) -> None:
    for _ in range(2):  # the second time there is nothing to do
        assert shop.manage("migrate", "shop", "0002", USER="coach").returncode == 0

    assert [(one["direction"], one["asked_by"], len(one["migrations"])) for one in history(shop)[:2]] == [
        ("backwards", "coach", 1),
        ("forwards", "", 2),
    ]
    assert shop.manage("rollback", "--noinput").returncode == 0
    assert applied(sql) == ["0001"]


def test_a_user_without_a_name_is_a_number() -> None:
    """Like a container's, if the platform chooses the number."""
    if os.geteuid():
        pytest.skip("only root can become somebody else")
    program = (
        "import django, os; django.setup(); from releases.rollback.steps import operator;"
        " os.setuid(54321); print(operator())"
    )
    environment = {**container("sqlite:///unused"), "DJANGO_SETTINGS_MODULE": "config.settings"}
    said = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, env=environment, text=True)
    assert said == "uid 54321\n"


def test_one_that_fails_halfway_says_what_is_left_and_continues_when_repeated(shop: Project, sql: Sql) -> None:
    shop.migration("0004_fill", UNDO_ONLY_EMPTY, before=REFUSE)
    shop.migration("0005_depth", field("depth"))
    shop.migration("0006_weight", field("weight"))
    assert shop.manage("migrate", "-v0").returncode == 0
    sql("INSERT INTO shop_shelf (id) VALUES (1)")

    result = shop.manage("rollback", "--noinput")

    assert result.returncode == 1
    assert result.stderr.endswith(
        "CommandError: The command failed: RuntimeError: There are shelves (migrations/0004_fill.py, line 11). It was"
        " undoing shop.0004_fill, which stays"
        " applied, with everything that it did. What was undone before it stays undone: shop.0006_weight,"
        " shop.0005_depth. Fix the cause, then run this again (with --traceback to see where it was raised).\n"
    )
    assert applied(sql)[-1] == "0004"
    step = history(shop)[0]
    assert (step["outcome"], step["direction"]) == ("failed", "backwards")
    assert result.stderr.endswith(f"CommandError: {step['error']}\n")
    tried = [(one["name"], one.get("failed", False)) for one in step["migrations"]]
    assert tried == [("shop.0006_weight", False), ("shop.0005_depth", False), ("shop.0004_fill", True)]

    sql("DELETE FROM shop_shelf")
    assert shop.manage("rollback", "--noinput").returncode == 0
    assert applied(sql) == ["0001", "0002", "0003"]


def test_one_that_fails_among_so_many_steps_says_how_many_are_left(shop: Project, sql: Sql) -> None:
    shop.migration("0004_fill", UNDO_ONLY_EMPTY, before=REFUSE)
    shop.migration("0005_depth", field("depth"))
    assert shop.manage("migrate", "-v0").returncode == 0
    sql("INSERT INTO shop_shelf (id) VALUES (1)")

    result = shop.manage("rollback", "--steps", "3", "--noinput")

    assert result.returncode == 1
    sql("DELETE FROM shop_shelf")
    type_what_it_says(shop, result.stderr)
    assert applied(sql) == ["0001", "0002"]


def test_one_that_is_killed_is_repeated(shop: Project, sql: Sql) -> None:
    """In the narrowest window: the work is undone, and Django's record of it still exists."""
    killed = shop.manage("rollback", "--noinput", PYTHONPATH=CRASHING, CRASH_BEFORE_UNRECORDING="shop.0002_width")
    assert killed.returncode == -9
    assert history(shop)[0]["outcome"] == "running"

    result = shop.manage("rollback", "--noinput")

    assert result.returncode == 0, result.stderr
    assert applied(sql) == ["0001"]
    assert [(one["direction"], one["outcome"]) for one in history(shop)[:2]] == [
        ("backwards", "succeeded"),
        ("backwards", "interrupted"),
    ]


def test_the_history_itself_can_be_undone(shop: Project, sql: Sql) -> None:
    """Without its columns a step back would be taken for a release."""
    shop.manage("rollback", "--noinput")

    result = shop.manage("rollback", "--steps", "99", "--noinput")

    assert result.returncode == 0, result.stderr
    assert "This also deletes the history of releases" in result.stdout
    assert sql("SELECT count(*) FROM django_migrations") == [(0,)]
    assert shop.manage("releases").returncode in (0, 1)

    assert shop.manage("migrate", "-v0").returncode == 0
    assert shop.manage("migrate", "releases", "0002").returncode == 0
    assert shop.manage("migrate", "-v0").returncode == 0
    assert {one["direction"] for one in history(shop)} == {"forwards"}
    assert shop.manage("rollback", "--noinput").returncode == 0
    assert sql("SELECT name FROM django_migrations WHERE app = 'releases'") == [
        ("0001_initial",),
        ("0002_whole_schema",),
    ]


def test_a_database_that_does_not_answer(project: Project, engine: str) -> None:
    if engine == "sqlite":
        pytest.skip("a file answers")
    result = project.manage(
        "rollback", "--noinput", DATABASE_URL="postgresql://shop:hunter2@127.0.0.1:1/shop", RELEASE_DATABASE_WAIT="1"
    )

    assert result.returncode == 1
    assert "Nothing was changed." in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stdout + result.stderr


@pytest.mark.usefixtures("postgresql")
def test_a_step_back_that_loses_the_lock_is_stopped_and_tried_again(shop: Project) -> None:
    shop.migration("0004_nothing", "migrations.RunPython(migrations.RunPython.noop, lose)", before=LOSE_THE_LOCK)
    assert shop.manage("migrate", "-v0").returncode == 0
    result = shop.manage("rollback", "--noinput")
    assert result.returncode == 0, result.stderr
    assert "Attempt 1 was stopped: " in result.stdout
