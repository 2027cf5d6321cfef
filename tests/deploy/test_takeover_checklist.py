"""The commands of docs/railway-deployment.md that need no Railway, typed on a database of the old application."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import legacy
from tests.conftest import ROOT, Manage, Sql, execute
from tests.deploy.test_documentation import AGAINST_ITS_DATABASE, blocks
from tests.postgres import PROGRAMS
from tests.schema import contents, describe

pytestmark = pytest.mark.proof

WAY_BACK = "UPDATE alembic_version"
"""How the first command after the takeover begins."""

ALEMBIC = "ALTER TABLE workout_selections ADD CONSTRAINT uq_workout_selections_workout_id UNIQUE (workout_id)"
"""What the old application's ffe812d426e2 runs."""


def commands() -> tuple[list[str], list[str]]:
    """The commands before the takeover, and those to go back."""
    typed = [
        line
        for document, body in blocks("sh railway")
        if document == "railway-deployment.md"
        for line in body.splitlines()
        if AGAINST_ITS_DATABASE.match(line)
    ]
    start = next(number for number, line in enumerate(typed) if WAY_BACK in line)
    return typed[:start], typed[start:]


@pytest.fixture
def beside(engine: str, database_url: str) -> Iterator[str]:
    """The URL up to the name of the databases that the commands create. They are dropped before and after."""
    if engine == "sqlite":
        pytest.skip("SQLite is a file: a copy of it is the backup")
    yield database_url.rpartition("/")[0]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for name in ("rehearsal", "restored"):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def type_in(lines: list[str], database_url: str, folder: Path) -> str:
    """Runs as in the shell that `railway shell` opens, with the client programs of the test environment first."""
    if not (folder / "manage.py").exists():
        (folder / "manage.py").symlink_to(ROOT / "manage.py")
    environment = {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "DATABASE_PUBLIC_URL": database_url,
        "DATABASE_URL": "postgresql://postgres@postgres.railway.internal:5432/railway",
        "RAILWAY_ENVIRONMENT_NAME": "production",
    }
    typed = subprocess.run(
        ["sh", "-eu"],
        input="\n".join(lines),
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert typed.returncode == 0, typed.stdout
    return typed.stdout


def test_takes_over_after_a_rehearsal_and_goes_back(
    beside: str, database_url: str, manage: Manage, sql: Sql, tmp_path: Path
) -> None:
    legacy.create(sql, "postgresql")
    old = contents(sql, "postgresql")
    selections = legacy.selections(sql)
    before, after = commands()

    said = type_in(before, database_url, tmp_path)

    assert said.startswith("pg_dump (PostgreSQL) ")
    assert said.count(f"{len(legacy.SELECTIONS)}\n") == 2
    assert "Workouts with duplicate selections: 5; rows to archive: 7; gaps to fill: 11." in said
    assert "No obstacle was found, and nothing was changed." in said
    assert "Workouts with duplicate selections: 5; rows archived: 7; gaps filled: 11." in said
    assert "Release succeeded" in said
    assert said.endswith("DROP DATABASE\n")
    assert contents(sql, "postgresql") == old

    assert manage("migrate", "--noinput", "--fake-initial", "-v0").returncode == 0
    with pytest.raises(psycopg.errors.DuplicateTable, match='"uq_workout_selections_workout_id" already exists'):
        sql(ALEMBIC)

    said = type_in(after, database_url, tmp_path)

    assert said.startswith("UPDATE 1\n")
    assert sql("SELECT version_num FROM alembic_version") == [(legacy.UNIQUE_REVISION,)]
    later = sorted(file.stem for file in (ROOT / "workouts/migrations").glob("0*.py") if file.stem >= "0004")
    assert re.findall(r"^  Unapplying workouts\.(\w+)", said, re.MULTILINE) == later[::-1]
    assert "Step back succeeded" in said
    assert legacy.selections(sql) == selections
    constraints = describe(sql, "postgresql", tables="workout_selections")["constraints"]
    assert "uq_workout_selections_workout_id" not in {name for _, name, _ in constraints}

    assert said.endswith("CREATE DATABASE\n")
    restored = lambda statement, *parameters: execute(f"{beside}/restored", statement, *parameters)  # noqa: E731
    assert contents(restored, "postgresql") == old
