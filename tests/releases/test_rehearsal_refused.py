"""What a rehearsal refuses before it sends a statement: settings that name another database than the throwaway one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from releases.rehearsal import CannotRehearseError
from releases.rehearsal.connected import refuse_other_databases
from releases.rehearsal.platforms import Platform
from releases.rehearsal.recording import Recording
from releases.rehearsal.version import Version
from tests.conftest import ROOT
from tests.postgres import throwaway_postgres
from tests.releases.conftest import Project

pytestmark = pytest.mark.either_engine

THROWAWAY = "postgresql://postgres:hidden@127.0.0.1:5999/rehearsal"
COMMANDS = Platform([], [], [], "COMMIT", "/", "localhost", 1, 0, 0)
LIVE = {"preDeployCommand": "python manage.py migrate --database live", "startCommand": "true"}
HERE = 'DATABASES["other"] = {**DATABASES["default"]'


@pytest.fixture
def version(new_project: Callable[[str], Project]) -> Version:
    root = new_project(THROWAWAY).root
    variables = {"DATABASE_URL": THROWAWAY, "PYTHONPATH": str(ROOT)}
    return Version("the new version", root, COMMANDS, variables, "DATABASE_URL", Recording())


def refusal(version: Version, settings: str) -> str:
    with (version.root / "project_settings.py").open("a") as file:
        file.write(f"\n{settings}\n")
    with pytest.raises(CannotRehearseError) as refused:
        refuse_other_databases(version)
    assert "hidden" not in str(refused.value)
    return str(refused.value)


def test_a_database_that_the_variable_does_not_name(version: Version) -> None:
    said = refusal(version, 'print("settings")\nDATABASES["default"]["PORT"] = 5432')
    assert "have a database, default, which is not the rehearsal's: 127.0.0.1:5432. Nothing was released." in said
    assert "the URL of DATABASE_URL" in said


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (f'{HERE}, "HOST": "db.example.org"}}', "other, which is not the rehearsal's: db.example.org:5999."),
        (
            f'{HERE}, "OPTIONS": {{"hostaddr": "10.0.0.7"}}}}',
            "other, which is not the rehearsal's: 10.0.0.7:5999",
        ),
        (f'{HERE}, "OPTIONS": {{"service": "live"}}}}', "other, which is not the rehearsal's: live:5999."),
        (
            'RELEASES["DIRECT_DATABASE"] = {"HOST": "db.example.org"}',
            'RELEASES["DIRECT_DATABASE"], which is not the rehearsal\'s: db.example.org:5999.',
        ),
        (
            'DATABASES["other"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:/srv/live.db?mode=rw"}',
            "other, which is not the rehearsal's: the file file:/srv/live.db?mode=rw.",
        ),
    ],
)
def test_a_second_database_elsewhere_is_named_without_its_password(version: Version, settings: str, named: str) -> None:
    assert f"have a database, {named}" in refusal(version, settings)


def test_second_databases_of_the_throwaway_server_and_of_the_checkout(version: Version) -> None:
    lite = '{"ENGINE": "django.db.backends.sqlite3", "NAME": "cache.db"}'
    with (version.root / "project_settings.py").open("a") as file:
        file.write(f'\n{HERE}}}\nDATABASES["lite"] = {lite}\nRELEASES["DIRECT_DATABASE"] = {{"CONN_MAX_AGE": 0}}\n')
    refuse_other_databases(version)


def test_a_release_of_a_second_database_is_not_run(new_project: Callable[[str], Project], tmp_path: Path) -> None:
    with throwaway_postgres() as live:
        project = new_project(live.url)
        project.write("railway.json", json.dumps({"deploy": LIVE}))
        project.settings(f'DATABASES["live"] = dj_database_url.parse("{live.url}")')

        run = subprocess.run(
            [sys.executable, "-m", "releases.rehearsal", "--root", project.root, "--take", "PYTHONPATH"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

        with psycopg.connect(live.url) as connection:
            (tables,) = (
                connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() or ()
            )
    assert "have a database, live, which is not the rehearsal's: 127.0.0.1:" in run.stderr
    assert (run.returncode, tables) == (2, 0)
