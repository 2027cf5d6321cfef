"""The suite runs once per engine (tests/__main__.py); tests that use no database run on the first only."""

import os
import sqlite3
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.static_files import collect_static_files

ROOT = Path(__file__).resolve().parent.parent
DATABASE_FIXTURES = {"db", "transactional_db", "admin_client", "new_database"}

Sql = Callable[..., list[tuple[Any, ...]]]
Manage = Callable[..., "subprocess.CompletedProcess[str]"]


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


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    collect_static_files()


@pytest.fixture
def new_database(engine: str, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes an empty database and returns its URL."""
    server, made = os.environ["DATABASE_URL"], []

    def make() -> str:
        name = f"planner_{uuid.uuid4().hex[:12]}"
        if engine == "sqlite":
            return f"sqlite:///{tmp_path}/{name}.sqlite3"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))

    yield make
    if made:
        with psycopg.connect(server, autocommit=True) as connection:
            for name in made:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture(scope="session")
def template(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database that a release has made, for copies: each release takes more than a second."""
    server, name = os.environ["DATABASE_URL"], f"planner_{uuid.uuid4().hex[:12]}"
    url = f"sqlite:///{tmp_path_factory.mktemp('template')}/{name}.sqlite3"
    if engine != "sqlite":
        url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
    subprocess.run(["python", "manage.py", "migrate", "-v0"], cwd=ROOT, env=container(url), check=True)
    yield url
    if engine != "sqlite":
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name}")


@pytest.fixture
def migrated(engine: str, database_url: str, template: str) -> None:
    """The database under test has every migration."""
    if engine == "sqlite":
        files = [url.removeprefix("sqlite:///") for url in (template, database_url)]
        with closing(sqlite3.connect(files[0])) as source, closing(sqlite3.connect(files[1])) as target:
            source.backup(target)
        return
    source_name, target_name = (urlsplit(url).path[1:] for url in (template, database_url))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {target_name}")
        connection.execute(f"CREATE DATABASE {target_name} TEMPLATE {source_name}")


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    return container(database_url)


@pytest.fixture
def manage(environment: dict[str, str]) -> Manage:
    """Runs a manage.py command as an operator would."""

    def run(*arguments: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        command = ["python", "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env={**environment, **extra}, capture_output=True, text=True, timeout=120, check=False
        )

    return run


@pytest.fixture
def release(environment: dict[str, str]) -> Manage:
    """Runs the Procfile's release line in a shell."""

    def run(**extra: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["sh", "-c", procfile()["release"]],
            cwd=ROOT,
            env={**environment, **extra},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def sql(database_url: str) -> Sql:
    """Runs statements on the database under test as another client would: `sql(statement, *parameters)` -> rows."""
    return lambda statement, *parameters: execute(database_url, statement, *parameters)


def container(database_url: str) -> dict[str, str]:
    """What a container gets: nothing of this process but the search path and what measures coverage."""
    inherited = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COVERAGE")}
    return {**inherited, "DATABASE_URL": database_url, "SECRET_KEY": "only-for-tests-" + "0123456789" * 4}


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
