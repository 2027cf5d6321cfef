"""Backfill fills columns of existing rows in batches that are committed, and goes on where it was stopped."""

import signal

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project

FIELDS = {
    "id": "models.BigAutoField(primary_key=True)",
    "first": "models.CharField(max_length=20)",
    "last": "models.CharField(max_length=20)",
    "age": "models.IntegerField(default=0)",
}
FULL_NAME = "models.CharField(max_length=50, null=True)"
ADD = f'migrations.AddField("person", "full_name", {FULL_NAME})'
JOINED = 'Concat("first", models.Value(" "), "last")'
FILL = f'Backfill("person", {{"full_name": {JOINED}}}, where=models.Q(full_name=None))'
IMPORTS = "import os, signal, time\nfrom django.db.models.functions import *"
ROWS = """
WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {})
INSERT INTO shop_person (first, last, age) SELECT 'Ada', 'no. ' || n, 0 FROM counted
"""


def declare(project: Project, fields: dict[str, str]) -> None:
    lines = [f"    {name} = {field}\n" for name, field in fields.items()]
    project.models(f"class Person(models.Model):\n{''.join(lines)}")


def creation(fields: dict[str, str]) -> str:
    listed = ", ".join(f'("{name}", {field})' for name, field in fields.items())
    return f'migrations.CreateModel("Person", [{listed}])'


def create(project: Project, fields: dict[str, str]) -> None:
    declare(project, fields)
    project.migration("0001_person", creation(fields))
    succeeds(project)


@pytest.fixture
def shop(project: Project, sql: Sql) -> Project:
    create(project, FIELDS)
    sql(ROWS.format(5000))
    return project


def second(project: Project, *operations: str, before: str = "", fields: dict[str, str] = FIELDS) -> None:
    declare(project, {**fields, "full_name": FULL_NAME})
    project.migration("0002_full_name", *operations, before=f"{IMPORTS}\n{before}")


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
    second(project, creation(FIELDS), ADD, insert, FILL)
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


# Of each kind: the fields, and the value in row n on SQLite and on PostgreSQL.
KEYS = {
    "UUIDs": ({"id": "models.UUIDField(primary_key=True)"}, "lower(hex(randomblob(16)))", "gen_random_uuid()"),
    "texts": ({"id": "models.CharField(max_length=9, primary_key=True)"}, "'no. ' || n", "'no. ' || n"),
    "moments": (
        {"id": "models.DateTimeField(primary_key=True)"},
        "'2026-01-01 00:00:00.' || printf('%06d', n)",
        "timestamptz '2026-01-01' + n * interval '1 microsecond'",
    ),
    "several columns": (
        {"id": "models.IntegerField()", "pk": 'models.CompositePrimaryKey("id", "last")'},
        "n % 9",
        "n % 9",
    ),
}


@pytest.mark.parametrize("keys", KEYS)
def test_the_primary_key_may_be_of_any_type(project: Project, sql: Sql, engine: str, keys: str) -> None:
    key_fields, on_sqlite, on_postgresql = KEYS[keys]
    fields = {**FIELDS, **key_fields}
    create(project, fields)
    key = on_postgresql if engine == "postgresql" else on_sqlite
    sql(ROWS.format(1000).replace("(first", "(id, first").replace("SELECT 'Ada'", f"SELECT {key}, 'Ada'"))
    second(project, ADD, FILL, GROWN, before=SLOWLY, fields=fields)
    release = project.start("migrate")
    while sql("SELECT max(age) FROM shop_person") == [(0,)]:
        assert release.poll() is None
    release.send_signal(signal.SIGKILL)
    release.wait()

    succeeds(project)

    assert sql("SELECT DISTINCT age FROM shop_person") == [(1,)]
    assert sql("SELECT count(*) FROM shop_person WHERE full_name = first || ' ' || last") == [(1000,)]


def test_an_update_that_leaves_where_true_is_refused_at_the_first_such_row(shop: Project, sql: Sql) -> None:
    second(shop, ADD, 'Backfill("person", {"age": models.F("age") + 1}, where=models.Q(first="Ada"))')
    printed = fails(shop)
    assert (
        "Backfill of shop_person: rows match its where= even after the update, such as the one with primary key 1, so"
        " it would never end. Write where= so that the update makes it false." in printed
    )
    assert sql("SELECT DISTINCT age FROM shop_person") == [(0,)]

    second(shop, ADD, 'Backfill("person", {"age": models.F("age") + 1}, where=models.Q(first="Ada", age=0))')
    succeeds(shop)
    assert sql("SELECT DISTINCT age FROM shop_person") == [(1,)]


def test_it_is_undone_as_it_says(shop: Project, sql: Sql) -> None:
    reversible = GROWN.replace("Slowly(", "(").removesuffix(")") + ', reverse={"age": models.F("age") - 1})'
    second(shop, ADD, reversible, FILL.removesuffix(")") + ", reverse={})")
    succeeds(shop)
    assert sql("SELECT DISTINCT age FROM shop_person") == [(1,)]
    succeeds(shop, "migrate", "shop", "0001")
    assert sql("SELECT DISTINCT age FROM shop_person") == [(0,)]


def test_without_that_the_migration_is_irreversible(shop: Project, sql: Sql) -> None:
    second(shop, ADD, FILL)
    succeeds(shop)
    result = shop.manage("migrate", "shop", "0001")
    assert result.returncode == 1
    assert "IrreversibleError" in result.stderr or "not reversible" in result.stderr
    assert sql("SELECT count(*) FROM shop_person WHERE full_name IS NULL") == [(0,)]


@pytest.mark.parametrize(
    ("wrong", "printed"),
    [
        ('Backfill("person", {})', "Backfill needs at least one field in update={...}."),
        ('Backfill("person", {"age": 1}, where=models.Q())', "Backfill takes where=Q(...) with a condition"),
        ('Backfill("person", {"name": 1})', "Backfill name of person: shop.Person has no field 'name' here. It has id"),
        ('Backfill("person", {"age": 1}, reverse={"aeg": 0})', "shop.Person has no field 'aeg' here."),
        ('Backfill("person", {"id": 1})', "'id' is the primary key, by which the rows are visited."),
    ],
)
def test_a_mistake_is_found_before_anything_is_changed(shop: Project, wrong: str, printed: str) -> None:
    second(shop, ADD, wrong)
    result = shop.manage("makemigrations", "--check")
    assert result.returncode == 1
    assert printed in result.stderr


def test_it_is_written_as_it_was_read(shop: Project) -> None:
    second(shop, ADD, FILL)
    succeeds(shop, "squashmigrations", "shop", "0002", "--noinput")
    (squashed,) = (shop.root / "shop/migrations").glob("*squashed*")
    text = squashed.read_text()
    assert "releases.operations.Backfill(" in text
    assert "import releases.operations" in text
    succeeds(shop)
