"""Backfill fills columns of existing rows in batches that are committed, and goes on where it was stopped."""

import signal

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project

PERSON = """class Person(models.Model):
    {key}first = models.CharField(max_length=20)
    last = models.CharField(max_length=20)
    age = models.IntegerField(default=0)
    {new}
"""
FULL_NAME = "full_name = models.CharField(max_length=50, null=True)"
KEY = '("{name}", {key}(primary_key=True)),'
CREATE = """migrations.CreateModel("Person", [
    {key}
    ("first", models.CharField(max_length=20)),
    ("last", models.CharField(max_length=20)),
    ("age", models.IntegerField(default=0)),
])"""
ID = '("id", models.BigAutoField(primary_key=True)),'
ADD = f'migrations.AddField("person", "full_name", {FULL_NAME.removeprefix("full_name = ")})'
JOINED = 'Concat("first", models.Value(" "), "last")'
FILL = f'Backfill("person", {{"full_name": {JOINED}}}, where=models.Q(full_name=None))'
IMPORTS = "import os, signal, time\nfrom django.db.models.functions import *"
ROWS = """
WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {})
INSERT INTO shop_person (first, last, age) SELECT 'Ada', 'no. ' || n, 0 FROM counted
"""


def create(project: Project, key: str = ID) -> None:
    project.models(PERSON.format(key="", new=""))
    project.migration("0001_person", CREATE.format(key=key))
    succeeds(project)


@pytest.fixture
def shop(project: Project, sql: Sql) -> Project:
    create(project)
    sql(ROWS.format(5000))
    return project


def second(project: Project, *operations: str, before: str = "", atomic: bool = True) -> None:
    project.models(PERSON.format(key="", new=FULL_NAME))
    project.migration("0002_full_name", *operations, before=f"{IMPORTS}\n{before}", atomic=atomic)


def succeeds(project: Project, *arguments: str) -> str:
    result = project.manage(*(arguments or ("migrate",)))
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def fails(project: Project) -> str:
    result = project.manage("migrate")
    assert result.returncode == 1, result.stdout
    assert "Traceback" not in result.stderr
    return result.stderr


def test_it_fills_every_row_that_matches(shop: Project, sql: Sql) -> None:
    second(shop, ADD, FILL)
    succeeds(shop)
    assert sql("SELECT count(*) FROM shop_person WHERE full_name = first || ' ' || last") == [(5000,)]


def test_it_fills_a_table_of_the_same_release(project: Project, sql: Sql) -> None:
    insert = "migrations.RunSQL(\"INSERT INTO shop_person (first, last, age) VALUES ('Ada', 'Byron', 36)\")"
    second(project, CREATE.format(key=ID), ADD, insert, FILL)
    succeeds(project)
    assert sql("SELECT full_name FROM shop_person") == [("Ada Byron",)]


GROWN = 'Backfill("person", {"age": Slowly(models.F("age") + 1)})'
SLOWLY = """
class Slowly(models.Func):
    function, template = "", "%(expressions)s"

    def as_sql(self, *arguments, **keywords):
        time.sleep(0.01)  # so that it can be killed between batches
        return super().as_sql(*arguments, **keywords)
"""


@pytest.mark.parametrize("rows", [100, 1000])
def test_a_killed_release_goes_on_so_that_every_row_is_updated_once(shop: Project, sql: Sql, rows: int) -> None:
    second(shop, ADD, GROWN, before=SLOWLY)
    grown = "SELECT count(*) FROM shop_person WHERE age = 1"
    release = shop.start("migrate")
    while sql(grown)[0][0] < rows:
        assert release.poll() is None
    release.send_signal(signal.SIGKILL)
    release.wait()
    assert rows <= sql(grown)[0][0] < 5000

    succeeds(shop)

    assert sql("SELECT DISTINCT age FROM shop_person") == [(1,)]


def test_one_that_was_edited_meanwhile_starts_from_the_first_row(shop: Project, sql: Sql) -> None:
    """Of those of the last batches the first one may be killed before it is committed."""
    second(shop, ADD, GROWN, before=SLOWLY)
    release = shop.start("migrate")
    while sql("SELECT max(age) FROM shop_person") == [(0,)]:
        assert release.poll() is None
    release.send_signal(signal.SIGKILL)
    release.wait()
    second(shop, ADD, GROWN.replace("+ 1", "* 0 + 5"), before=SLOWLY)
    succeeds(shop)
    assert sql("SELECT DISTINCT age FROM shop_person") == [(5,)]


KEYS = {
    "UUIDs": ("models.UUIDField(primary_key=True)", "lower(hex(randomblob(16)))", "gen_random_uuid()"),
    "text": ("models.CharField(max_length=9, primary_key=True)", "'no. ' || n", "'no. ' || n"),
    "moments": (
        "models.DateTimeField(primary_key=True)",
        "strftime('2026-01-01 00:00:00.%%06d', 'now')",
        "timestamptz '2026-01-01' + n * interval '1 microsecond'",
    ),
}
