"""Migrations as makemigrations writes them, on a large table: the schema is what Django's own migrate would leave."""

import threading

import psycopg
import pytest

from tests.conftest import Once
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, CHANGES

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("postgresql")]

FILL = """
INSERT INTO shop_shelf (name) VALUES ('first');
INSERT INTO shop_box (size, serial, label, note)
SELECT n, n, CASE n % 2 WHEN 0 THEN 'x' END, '' FROM generate_series(1, 500) n;
"""
# The test's own session has no name.
SETTINGS = 'RELEASES |= {"LARGE_TABLE": 0, "CONTRACT_IGNORES": [""]}'
DJANGOS_OWN = "from django.core.management.commands.migrate import Command"


def rows_of(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def shop(project: Project, once: Once) -> Project:
    """A table with rows that counts as large."""
    project.settings(SETTINGS)
    project.models(BASE)
    succeeds(project, "makemigrations", "shop", "-n", "first")

    def make() -> None:
        succeeds(project, "migrate", "-v0")
        with psycopg.connect(project.database_url) as connection:
            connection.execute(FILL)

    once("a shop with a large table", make)
    return project


def migrate_as_django(project: Project, url: str, *target: str) -> None:
    project.write("shop/management/commands/migrate_as_django.py", f"{DJANGOS_OWN}\n")
    succeeds(project, "migrate_as_django", "shop", *target, "-v0", DATABASE_URL=url)


def succeeds(project: Project, *arguments: str, **environment: str) -> str:
    result = project.manage(*arguments, **environment)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


class OldVersion(threading.Thread):
    """Runs the statements of the code that knows only the first migration, until it is left. Keeps their errors."""

    STATEMENTS: tuple[str, ...] = (
        "INSERT INTO shop_box (size, serial, label, note, shelf_id, code) VALUES (%(n)s, %(n)s, NULL, 'x', 1, NULL)",
        "INSERT INTO shop_box (size, serial, label, note) VALUES (%(n)s, %(n)s, 'y', 'y')"
        " ON CONFLICT (serial) DO UPDATE SET label = NULL",
        "UPDATE shop_box SET label = NULL, note = 'z' WHERE serial = %(n)s",
        "SELECT id, size, serial, label, note, shelf_id, code FROM shop_box WHERE serial = %(n)s",
        "DELETE FROM shop_box WHERE serial = %(n)s - 5",
    )

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.errors, self.rounds = url, list[str](), 0
        self._leaving = threading.Event()

    def run(self) -> None:
        with psycopg.connect(self.url, autocommit=True, prepare_threshold=None) as connection:
            while not self._leaving.wait(0.005):
                for statement in self.STATEMENTS:
                    try:
                        connection.execute(statement, {"n": 100_000 + self.rounds})
                    except psycopg.Error as error:
                        self.errors.append(f"{statement}: {error}")
                self.rounds += 1

    def __enter__(self) -> "OldVersion":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self.join()


@pytest.mark.parametrize("change", CHANGES)
def test_release_and_contract_leave_what_django_would(
    shop: Project, databases: Databases, database_url: str, change: str
) -> None:
    plain = databases.make(database_url)
    shop.models(CHANGES[change])
    succeeds(shop, "makemigrations", "shop", "-n", "second")
    migrate_as_django(shop, plain)
    wanted = rows_of(plain, SCHEMA)
    with OldVersion(database_url) as old:
        succeeds(shop, "migrate")
    assert old.errors == []
    assert old.rounds > 0
    succeeds(shop, "migrate", "--finish")
    assert rows_of(database_url, SCHEMA) == wanted
