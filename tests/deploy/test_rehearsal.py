"""`make rehearse`: Railway's order on a throwaway PostgreSQL, under traffic."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.proof, pytest.mark.either_engine]

(COMMAND,) = re.findall(r'^make rehearse ARGS="(--rows .*)"$', (ROOT / "docs/rehearsal.md").read_text(), re.MULTILINE)
STOPS = '''"""Of a test."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workouts", "0016_week_start")]
    operations = [migrations.RunSQL("SELECT * FROM nowhere")]
'''


def rehearse(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "rehearsal", *shlex.split(COMMAND), *arguments],
        cwd=root,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    left_out = (".git", ".venv", ".*_cache", ".coverage*", "db.sqlite3*", ".hypothesis")
    return Path(shutil.copytree(ROOT, tmp_path / "project", ignore=shutil.ignore_patterns(*left_out)))


def test_a_takeover_goes_well(copy: Path) -> None:
    result = rehearse(copy, "--json")

    assert result.returncode == 0, result.stdout + result.stderr
    found = json.loads(result.stdout[result.stdout.index("\n{") : result.stdout.rindex("}") + 1])
    steps = [one["name"] for one in found["phases"] if not one["within"]]
    assert steps == [
        *("filling the database", "build", "quiet", "release", "health check", "overlap", "draining", "next release")
    ]
    assert "workouts.0005_unique_selection_per_workout" in [one["name"] for one in found["phases"]]
    assert sum(one["count"] for one in found["phases"] if one["name"] == "overlap") > 100
    page = (copy / "rehearsal.html").read_text()
    assert "The deploy would have gone well." in page
    assert not re.search(r"(src|href)=|@import|url\(", page)


def test_a_migration_that_fails_stops_the_deploy_and_is_named(copy: Path) -> None:
    (copy / "workouts/migrations/0015_stops.py").write_text(STOPS)

    result = rehearse(copy)

    assert result.returncode == 1
    assert (
        "release failed, so the deploy stops here. CommandError: Migration workouts.0015_stops failed" in result.stdout
    )
    assert "health check" not in result.stdout
    assert result.stdout.splitlines()[-2] == "The deploy would not have gone well."


def test_a_version_that_does_not_start_is_named(copy: Path) -> None:
    urls = copy / "config/urls.py"
    urls.write_text(f"import nowhere\n{urls.read_text()}")

    result = rehearse(copy)

    assert result.returncode == 1
    assert "The deploy would not have gone well." in result.stdout
    assert "Traceback" not in result.stderr


def test_a_dump_that_does_not_exist() -> None:
    result = rehearse(ROOT, "--dump", "nowhere.dump")
    assert result.returncode == 2
    assert "there is no nowhere.dump. Nothing was started." in result.stderr


def test_a_dump_of_something_else(tmp_path: Path) -> None:
    dump = tmp_path / "other.sql"
    dump.write_text("CREATE TABLE box (id integer);")
    result = rehearse(ROOT, "--dump", str(dump))
    assert result.returncode == 2
    assert "other.sql has no table workout_selections: it is not a dump of the planner." in result.stderr
    dump.write_text("CREATE TABEL box;")
    result = rehearse(ROOT, "--dump", str(dump))
    assert result.returncode == 2
    assert "other.sql could not be restored: " in result.stderr
    assert "Traceback" not in result.stderr
