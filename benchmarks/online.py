"""Each change of a large table while the old version uses it: by the release, and by the alternatives.

A cell is the old version's slowest statement, as a multiple of its slowest with nothing running and in milliseconds;
its errors, during the migration and in the second after it; and how long the command took, with the start of Python.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.changes import EDITS, WRITTEN
from benchmarks.databases import Databases
from tests.conftest import ROOT, container
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE
from tests.releases.test_online import OldVersion

SESSIONS, PER_SECOND = 4, 100
IDLE_SECONDS, AFTERWARDS = 3.0, 1.0
LIMIT = 90  # seconds after which a way is stopped

FILL = """
INSERT INTO shop_shelf (name) VALUES ('first');
INSERT INTO shop_box (size, serial, label, note)
SELECT n, n, CASE n % 2 WHEN 0 THEN 'x' END, '' FROM generate_series(1, {rows}) n
"""
SETTINGS = 'RELEASES |= {"CONTRACT_IGNORES": [""]}'  # the old version's sessions have no name
ZERO_DOWNTIME = """
from project_settings import *

DATABASES["default"]["ENGINE"] = "django_zero_downtime_migrations.backends.postgres"
ZERO_DOWNTIME_MIGRATIONS_LOCK_TIMEOUT = "2s"
ZERO_DOWNTIME_MIGRATIONS_STATEMENT_TIMEOUT = "2s"
ZERO_DOWNTIME_MIGRATIONS_FLEXIBLE_STATEMENT_TIMEOUT = True
ZERO_DOWNTIME_MIGRATIONS_RAISE_FOR_UNSAFE = True
"""
BARE = [sys.executable, "-m", "benchmarks.bare_migrate"]
WAYS = {
    "release": ([sys.executable, "manage.py", "migrate"], "project_settings"),
    "Django": (BARE, "project_settings"),
    "django-pg-zero-downtime-migrations": (BARE, "zero_downtime_settings"),
}
# What standard error says if it did not succeed.
OUTCOMES = {
    "This release would disturb": "refused",
    "UnsafeOperationException": "refused",
    "more than the stall budget": "stopped by the stall budget",
    "due to statement timeout": "stopped by its statement timeout",
    "due to lock timeout": "stopped by its lock timeout",
}


class Session(OldVersion):
    """One of the old version's sessions. Keeps the milliseconds of each statement."""

    STATEMENTS = (*OldVersion.STATEMENTS, "UPDATE shop_box SET note = 'y' WHERE serial = %(old)s")

    def __init__(self, url: str, number: int, rows: int) -> None:
        super().__init__(url)
        self._rows = rows
        self.taken, self._first = list[float](), 10_000_000 + 1_000_000 * number

    def run(self) -> None:
        with psycopg.connect(self.url, autocommit=True, prepare_threshold=None) as connection:
            due = time.perf_counter()
            while not self._leaving.is_set():
                for statement in self.STATEMENTS:
                    due += SESSIONS / PER_SECOND
                    self._leaving.wait(max(0, due - time.perf_counter()))
                    self._execute(connection, statement)
                self.rounds += 1

    def _execute(self, connection: psycopg.Connection, statement: str) -> None:
        began = time.perf_counter()
        try:
            connection.execute(statement, {"n": self._first + self.rounds, "old": random.randint(1, self._rows)})
        except psycopg.Error as error:
            self.errors.append(str(error))
        self.taken.append((time.perf_counter() - began) * 1000)


@dataclass(frozen=True)
class Measured:
    """`idle` and `slowest` are milliseconds of the old version's slowest statement."""

    idle: float
    slowest: float
    errors: int
    seconds: float
    outcome: str

    def __str__(self) -> str:
        slowest = f"{self.slowest / self.idle:.1f} ({self.slowest:.0f} ms)"
        return f"{slowest}, {self.errors} errors, {self.seconds:.1f} s{self.outcome}"


def compare(databases: Databases, rows: int, only: list[str]) -> None:
    """Prints a row for each change."""
    print(f"\n| Change of {rows:,} rows | {' | '.join(WAYS)} |\n| --- {'| --- ' * len(WAYS)}|")
    with tempfile.TemporaryDirectory() as directory, databases.empty("changed") as url:
        _prepare(Project(Path(directory) / "base", url), rows)
        for number, name in enumerate(only or [*EDITS, *WRITTEN]):
            project, found = _project(Path(directory) / str(number), url, name), []
            for way in WAYS:
                with databases.copy("changed") as project.database_url:
                    found.append(_measure(project, way, rows))
            print(f"| {name} | {' | '.join(map(str, found))} |", flush=True)


def _prepare(project: Project, rows: int) -> None:
    project.models(BASE)
    _make_migrations(project, "first")
    _run(project, *WAYS["release"])
    with psycopg.connect(project.database_url, autocommit=True) as connection:
        connection.execute(FILL.format(rows=rows))
        connection.execute("VACUUM ANALYZE")


def _project(root: Path, url: str, name: str) -> Project:
    """The change is made in the models, and its migration written."""
    project = Project(root, url)
    project.settings(SETTINGS)
    project.write("zero_downtime_settings.py", ZERO_DOWNTIME)
    project.models(BASE)
    _make_migrations(project, "first")
    if name in EDITS:
        project.models(EDITS[name])
        _make_migrations(project, "second")
    else:
        operations, before, models = WRITTEN[name]
        project.migration("0002_second", *operations, before=before)
        project.models(models)
    return project


def _make_migrations(project: Project, name: str) -> None:
    ask = "y\n" * 9  # whether a field was renamed
    command = [sys.executable, "manage.py", "makemigrations", "shop", "-n", name]
    subprocess.run(
        command, cwd=project.root, env=_environment(project), input=ask, text=True, check=True, capture_output=True
    )


def _measure(project: Project, way: str, rows: int) -> Measured:
    with _old_version(project.database_url, 0, rows) as sessions:
        time.sleep(IDLE_SECONDS)
    idle = max(max(session.taken) for session in sessions)
    with _old_version(project.database_url, SESSIONS, rows) as sessions:
        began = time.perf_counter()
        outcome = _run(project, *WAYS[way])
        seconds = time.perf_counter() - began
        time.sleep(AFTERWARDS)
    slowest = max(max(session.taken) for session in sessions)
    return Measured(idle, slowest, sum(len(session.errors) for session in sessions), seconds, outcome)


@contextmanager
def _old_version(url: str, first: int, rows: int) -> Iterator[list[Session]]:
    """Its sessions, numbered from `first`, for each uses ids of its own."""
    sessions = [Session(url, first + number, rows) for number in range(SESSIONS)]
    for session in sessions:
        session.start()
    try:
        yield sessions
    finally:
        for session in sessions:
            session._leaving.set()
        for session in sessions:
            session.join()


def _run(project: Project, command: list[str], settings: str) -> str:
    """How it ended, if it did not succeed."""
    environment = {**_environment(project), "DJANGO_SETTINGS_MODULE": settings}
    try:
        done = subprocess.run(
            command, cwd=project.root, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return ", not done"
    if done.returncode == 0:
        return ""
    return f", {next((outcome for words, outcome in OUTCOMES.items() if words in done.stderr), 'failed')}"


def _environment(project: Project) -> dict[str, str]:
    return {**container(project.database_url), "PYTHONPATH": f"{ROOT}{os.pathsep}{project.root}"}
