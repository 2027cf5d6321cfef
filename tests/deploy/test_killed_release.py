"""A release that is killed at any moment is finished by the next one."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial

import pytest

from tests import legacy
from tests.conftest import ROOT, Manage, Sql, execute, procfile
from tests.schema import describe

pytestmark = pytest.mark.proof

# The one of another app creates a table with indexes, which Django defers; the rest of Django's own do nothing else.
OURS_AND_A_STRANGERS = re.compile(r"workouts\.|releases\.|axes\.0008_")
CRASHING = str(ROOT / "tests/crash")


@pytest.fixture
def finished(release: Manage, sql: Sql, engine: str, new_database: Callable[[], str]) -> Callable[[], None]:
    """Releases once more, then compares the result with that of an undisturbed release."""

    def check() -> None:
        fresh = new_database()
        result = release()
        assert result.returncode == 0, result.stderr
        assert release(DATABASE_URL=fresh).returncode == 0
        assert describe(sql, engine) == describe(partial(execute, fresh), engine)

    return check


@pytest.mark.parametrize("born", ["legacy", "fresh"])
def test_killed_before_each_migration_was_recorded(
    manage: Manage, sql: Sql, engine: str, born: str, finished: Callable[[], None]
) -> None:
    """The narrowest window: a migration is applied but not recorded."""
    if born == "legacy":
        legacy.create(sql, engine)
    planned = [line.removeprefix("[ ]").strip() for line in manage("showmigrations", "--plan").stdout.splitlines()]
    for migration in filter(OURS_AND_A_STRANGERS.match, planned):
        result = manage("migrate", "--fake-initial", PYTHONPATH=CRASHING, CRASH_BEFORE_RECORDING=migration)
        assert result.returncode == -signal.SIGKILL, f"{migration}: {result.stderr}"

    finished()

    if born == "legacy":
        assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)


@pytest.mark.parametrize("tenths", [3, 6, 11])
def test_killed_after_some_time(
    environment: dict[str, str], sql: Sql, engine: str, tenths: int, finished: Callable[[], None]
) -> None:
    legacy.create(sql, engine)
    release = subprocess.Popen(
        ["sh", "-c", procfile()["release"].split("||")[1]],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(tenths / 10)
    os.killpg(release.pid, signal.SIGKILL)
    release.wait()

    finished()

    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)
