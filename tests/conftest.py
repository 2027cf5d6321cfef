"""The suite runs once per engine (tests/__main__.py); tests that use no database run on the first only."""

import os
import shlex
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import forks
from tests.databases import Databases
from tests.sharing import pytest_runtestloop
from tests.static_files import collect_static_files

__all__ = ["pytest_runtestloop"]

ROOT = Path(__file__).resolve().parent.parent
DATABASE_FIXTURES = {"db", "transactional_db", "admin_client", "new_database"}

Sql = Callable[..., list[tuple[Any, ...]]]
Manage = Callable[..., "subprocess.CompletedProcess[str]"]
Once = Callable[[str, Callable[[], object]], None]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ["DATABASE_URL"].startswith("sqlite"):
        return
    uses = [_depends_on_engine(item) for item in items]
    config.hook.pytest_deselected(items=[item for item, used in zip(items, uses, strict=True) if not used])
    items[:] = [item for item, used in zip(items, uses, strict=True) if used]


def _depends_on_engine(item: pytest.Item) -> bool:
    if item.get_closest_marker("either_engine"):
        return False
    fixtures = DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def engine() -> str:
    return urlsplit(os.environ["DATABASE_URL"]).scheme


@pytest.fixture(scope="session")
def server_url(engine: str) -> str:
    """The URL of the PostgreSQL server; empty on SQLite."""
    return os.environ["DATABASE_URL"] if engine == "postgresql" else ""


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    collect_static_files()


@pytest.fixture
def databases(server_url: str, tmp_path: Path) -> Iterator[Databases]:
    databases = Databases(tmp_path, server_url)
    yield databases
    databases.drop()


@pytest.fixture
def new_database(databases: Databases) -> Callable[[], str]:
    """Creates an empty database and returns its URL."""
    return databases.make


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture(scope="session")
def lasting_databases(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """A migrated database to copy: a release takes more than a second, and many tests begin after the same one."""
    databases = Databases(tmp_path_factory.mktemp("databases"), server_url)
    yield databases
    databases.drop()


@pytest.fixture(scope="session")
def template(lasting_databases: Databases) -> str:
    """The URL of a database that a release has created."""
    url = lasting_databases.make()
    forks.run(["python", "manage.py", "migrate", "-v0"], cwd=ROOT, env=container(url)).check_returncode()
    return url


@pytest.fixture
def migrated(databases: Databases, template: str, database_url: str) -> None:
    """The database under test has every migration."""
    databases.copy(template, database_url)


@pytest.fixture(scope="session")
def prepared() -> dict[str, str]:
    """The databases that `once` prepared: their URLs by name."""
    return {}


@pytest.fixture
def once(lasting_databases: Databases, prepared: dict[str, str], databases: Databases, database_url: str) -> Once:
    """`once(name, make)`: `make` fills the database under test. Later calls with `name` copy the result."""

    def prepare(name: str, make: Callable[[], object]) -> None:
        if name in prepared:
            databases.copy(prepared[name], database_url)
        else:
            make()
            prepared[name] = lasting_databases.make(database_url)

    return prepare


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    return container(database_url)


@pytest.fixture
def manage(environment: dict[str, str]) -> Manage:
    """Runs a manage.py command as an operator would."""

    def run(*arguments: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        return forks.run(["python", "manage.py", *arguments], cwd=ROOT, env={**environment, **extra})

    return run


@pytest.fixture
def release(environment: dict[str, str]) -> Manage:
    """Runs the Procfile's release line."""
    return lambda **extra: run_release({**environment, **extra})


@pytest.fixture
def sql(database_url: str) -> Sql:
    """Runs statements on the database under test as another client would: `sql(statement, *parameters)` -> rows."""
    return lambda statement, *parameters: execute(database_url, statement, *parameters)


def container(database_url: str) -> dict[str, str]:
    """A container's environment: of this process only the search path and the settings of coverage."""
    inherited = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COVERAGE")}
    return {**inherited, "DATABASE_URL": database_url, "SECRET_KEY": "only-for-tests-" + "0123456789" * 4}


def run_release(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """What a shell does with the Procfile's release line, `check || release`."""
    check, command = (shlex.split(part) for part in procfile()["release"].split(" || "))
    checked = forks.run(check, cwd=ROOT, env=environment)
    if checked.returncode == 0:
        return checked
    released = forks.run(command, cwd=ROOT, env=environment)
    released.stdout = checked.stdout + released.stdout
    released.stderr = checked.stderr + released.stderr
    return released


def execute(url: str, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as file, file:
            return file.execute(statement.replace("%s", "?"), parameters).fetchall()
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)
