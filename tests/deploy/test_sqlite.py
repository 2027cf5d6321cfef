"""Two releases of one SQLite file at once."""

import subprocess

import pytest

from tests import forks, legacy
from tests.conftest import ROOT, Sql


def test_two_releases_at_once_both_succeed(environment: dict[str, str], sql: Sql, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("see test_adversaries")
    legacy.create(sql, engine)

    releases = [
        forks.Popen(
            ["python", "manage.py", "migrate", "--noinput", "--fake-initial"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for _ in range(3)
    ]
    printed = [release.communicate(timeout=120)[0] for release in releases]

    assert [release.returncode for release in releases] == [0, 0, 0], printed
    assert sum("Applying workouts.0005" in text for text in printed) == 1
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)
