"""A separate Django project for each test: `releases`, and an app that the test writes."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests import forks
from tests.conftest import ROOT, container

TEMPLATE = Path(__file__).parent / "project"

MIGRATION = '''"""Of a test."""

from django.contrib.postgres.operations import *
from django.db import migrations, models

from releases.operations import *


{before}
class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = {dependencies}
    operations = [
        {operations}
    ]
'''


@dataclass
class Project:
    """A copy of tests/releases/project. The models and migrations of its app `shop` are written as text.

    Commands run in it as an operator types them. Keyword arguments are environment variables; RELEASE_BUILD_TIMEOUT=2
    sets `RELEASES["BUILD_TIMEOUT"]`.
    """

    root: Path
    database_url: str
    processes: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def __post_init__(self) -> None:
        shutil.copytree(TEMPLATE, self.root, ignore=shutil.ignore_patterns("__pycache__"))

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def settings(self, text: str) -> None:
        """Appends to project_settings.py."""
        with (self.root / "project_settings.py").open("a") as file:
            file.write(f"{text}\n")

    def models(self, text: str) -> None:
        """The classes of shop/models.py."""
        self.write("shop/models.py", f"from django.db import models\n\n{text}")

    def migration(self, name: str, *operations: str, atomic: bool = True, before: str = "") -> None:
        """Writes shop/migrations/<name>.py, which follows the one that sorts before it. `before` is code above it."""
        earlier = sorted(file.stem for file in (self.root / "shop/migrations").glob("0*.py") if file.stem < name)
        text = MIGRATION.format(
            before=before,
            atomic=atomic,
            dependencies=[("shop", earlier[-1])] if earlier else [],
            operations="\n        ".join(f"{operation}," for operation in operations),
        )
        self.write(f"shop/migrations/{name}.py", text)

    def manage(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments, **environment)
        stdout, stderr = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Returns at once."""
        given = {**container(self.database_url), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        command, pipe = ["python", "manage.py", *arguments], subprocess.PIPE
        process = forks.Popen(command, cwd=self.root, env={**given, **environment}, stdout=pipe, stderr=pipe)
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe:
                    pipe.close()


@pytest.fixture
def new_project(tmp_path: Path) -> Iterator[Callable[[str], Project]]:
    """Makes an empty project with the given database URL."""
    made: list[Project] = []

    def make(database_url: str) -> Project:
        made.append(Project(tmp_path / f"project_{len(made)}", database_url))
        return made[-1]

    yield make
    for project in made:
        project.end()


@pytest.fixture
def project(new_project: Callable[[str], Project], database_url: str) -> Project:
    """An empty project on the database under test; `sql` uses the same one."""
    return new_project(database_url)


@pytest.fixture
def postgresql(engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("needs a server")


@pytest.fixture
def role(postgresql: None) -> Iterator[str]:
    """The name, and password, of a user without rights. Request it before the database."""
    name = f"clerk_{secrets.token_hex(4)}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")
        yield name
        server.execute(f"DROP ROLE {name}")
