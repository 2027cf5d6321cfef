"""Every concurrent operation of a release, Django's own as well: patient, repeatable, and exact about what stands."""

import signal
import time

import psycopg
import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project

pytestmark = pytest.mark.usefixtures("postgresql")

BOX = """CreateModel("Box", [
    ("id", models.BigAutoField(primary_key=True)),
    ("size", models.IntegerField()),
    ("label", models.TextField(default="")),
])"""
MODELS = """class Box(models.Model):
    size = models.IntegerField()
    label = models.TextField(default="")
"""
ADD = 'AddIndexConcurrently("box", models.Index(fields=["size"], name="box_size"))'
REMOVE = 'RemoveIndexConcurrently("box", "box_size")'
INDEXES = "SELECT indexrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid = 'shop_box'::regclass ORDER BY 1"
PRIMARY = ("shop_box_pkey", True)


@pytest.fixture
def shop(project: Project, sql: Sql) -> Project:
    """Migrated up to a table of a hundred boxes."""
    project.models(MODELS)
    project.migration("0001_box", f"migrations.{BOX}")
    assert project.manage("migrate").returncode == 0
    sql("INSERT INTO shop_box (size, label) SELECT n, 'box ' || n FROM generate_series(1, 100) n")
    return project


def migrated(project: Project, *arguments: str, **environment: str) -> str:
    result = project.manage("migrate", *arguments, **environment)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def until_waiting(sql: Sql, command: str) -> int:
    """The process of the server in which `command` waits for a lock."""
    for _ in range(200):
        if found := sql(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s AND datname ="
            " current_database() AND pid <> pg_backend_pid()",
            f"{command}%",
        ):
            return int(found[0][0])
        time.sleep(0.05)
    raise AssertionError(f"{command} never waited")


@pytest.mark.parametrize("operations", [[ADD], [REMOVE], [ADD, REMOVE, ADD]])
def test_held_up_by_idle_transactions(shop: Project, sql: Sql, database_url: str, operations: list[str]) -> None:
    """Longer than an ordinary statement may wait for a lock; with a limit of the same it would never succeed."""
    if operations == [REMOVE]:
        shop.migration("0002_index", ADD, atomic=False)
        migrated(shop)
    shop.migration("0003_change", *operations, atomic=False)
    with psycopg.connect(database_url) as writer, psycopg.connect(database_url) as reader:
        writer.execute("UPDATE shop_box SET label = '' WHERE id = 1")
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM django_migrations")
        release = shop.start("migrate", LIMIT_LOCK="0.2", LIMIT_BUILD="30")
        time.sleep(5)
        assert release.poll() is None
    printed, errors = release.communicate(timeout=60)

    assert release.returncode == 0, errors
    assert "Attempt 1 was stopped" not in printed
    expected = [PRIMARY] if operations == [REMOVE] else [("box_size", True), PRIMARY]
    assert sql(INDEXES) == expected
