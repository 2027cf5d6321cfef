"""A migration that was interrupted can be undone, as far as it got."""

import re

import pytest

from tests.conftest import Sql
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.test_contract import NOT_NULL
from tests.releases.test_interrupted import CODE, KILLER, write_second
from tests.releases.test_online import rows_of, shop, succeeds

__all__ = ["shop"]

pytestmark = pytest.mark.usefixtures("postgresql")

BACK = CODE.replace("def count", "def discount").replace("+ 1000", "- 1000")
COUNTS = "migrations.RunPython(count, discount)"
ROWS = "SELECT id, size, serial, note, shelf_id, code FROM shop_box ORDER BY id"
COLOUR = 'migrations.AddField("box", "colour", models.CharField(max_length=9, default="red"))'
SAME = "migrations.RunPython(same, migrations.RunPython.noop)"
MAKES_DUPLICATES = '''
def same(apps, schema_editor):
    """Two boxes become the same."""
    boxes = apps.get_model("shop", "Box").objects.using(schema_editor.connection.alias)
    boxes.filter(serial__lte=4).update(size=1, label="same")
'''
UNIQUE = (
    'migrations.AddConstraint("box", models.UniqueConstraint(fields=["size"], name="one_size"))',
    'migrations.AlterField("box", "size", models.IntegerField(unique=True))',
    'migrations.AlterUniqueTogether("box", {("serial", "note"), ("size", "label")})',
    'migrations.AddConstraint("box", models.CheckConstraint(condition=models.Q(size__gt=1), name="no_hole"))',
)


@pytest.mark.proof
@pytest.mark.parametrize("command", [("rollback", "--noinput"), ("migrate", "shop", "0001")], ids=lambda one: one[0])
def test_undone_wherever_it_was_killed(shop: Project, sql: Sql, database_url: str, command: tuple[str, ...]) -> None:
    shop.settings(KILLER)
    write_second(shop, CODE + BACK, COUNTS)
    schema, rows = rows_of(database_url, SCHEMA), rows_of(database_url, ROWS)
    at, stopped = 1.0, 0
    while (result := shop.manage("migrate", KILL_AT=str(at))).returncode:
        assert result.returncode == -9, result.stdout + result.stderr
        begun = sql("SELECT to_regclass('releases_journal')") != [(None,)] and sql("SELECT * FROM releases_journal")
        if begun or sql("SELECT * FROM django_migrations WHERE name = '0002_second'"):
            stopped += 1
            undone = succeeds(shop, *command)
            assert "Unapplying shop.0002_second..." in undone
            assert sql("SELECT * FROM releases_journal") == sql("SELECT * FROM releases_contract") == []
        assert rows_of(database_url, SCHEMA) == schema
        assert rows_of(database_url, ROWS) == rows
        sql("UPDATE shop_box SET label = NULL WHERE size % 2 = 1")  # as it was
        at += 4.5
    assert stopped > 5


@pytest.mark.proof
def test_undoing_it_is_killed_wherever(shop: Project, sql: Sql, database_url: str) -> None:
    """Each time it is repeated."""
    shop.settings(KILLER)
    schema, rows = rows_of(database_url, SCHEMA), rows_of(database_url, ROWS)
    shop.migration(
        "0002_second", COLOUR, 'migrations.RemoveField("box", "note")', SAME, UNIQUE[0], before=MAKES_DUPLICATES
    )
    at, stopped = 1.0, True
    while stopped:
        assert shop.manage("migrate").returncode == 1
        stopped = shop.manage("rollback", "--noinput", KILL_AT=str(at)).returncode == -9
        if sql("SELECT * FROM releases_journal"):
            succeeds(shop, "rollback", "--noinput")
        assert rows_of(database_url, SCHEMA) == schema
        sql("UPDATE shop_box SET size = serial")
        assert rows_of(database_url, ROWS) == rows
        at += 2.5
    assert at > 6


@pytest.mark.parametrize("operation", UNIQUE, ids=lambda one: re.findall(r"[A-Z]\w+", one)[-1])
def test_undone_after_rows_stopped_it(shop: Project, sql: Sql, database_url: str, operation: str) -> None:
    schema = rows_of(database_url, SCHEMA)
    shop.migration("0002_second", COLOUR, SAME, operation, before=MAKES_DUPLICATES)
    failed = shop.manage("migrate")
    assert failed.returncode == 1
    assert "RunPython(same)" in failed.stderr.partition("Still to do of the last of these: ")[0]
    assert "Half-run: shop.0002_second." in succeeds(shop, "releases")
    undone = succeeds(shop, "rollback", "--noinput")
    assert "- drops column shop_box.colour with 500 values" in undone
    assert rows_of(database_url, SCHEMA) == schema
    assert sql("SELECT * FROM releases_journal") == []


def test_batches_that_are_left_are_named_as_a_statement(shop: Project, sql: Sql) -> None:
    sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; END$$")
    sql("CREATE TRIGGER refuse BEFORE UPDATE ON shop_box FOR EACH ROW EXECUTE FUNCTION refuse()")
    shop.models(NOT_NULL)
    succeeds(shop, "makemigrations", "shop", "-n", "second")
    statement = """UPDATE "shop_box" SET "label" = 'none' WHERE "label" IS NULL"""
    assert f"Still to do of the last of these: {statement}, in batches." in shop.manage("migrate").stderr
    sql("DROP FUNCTION refuse CASCADE")
    sql(statement)
    succeeds(shop, "migrate")


def test_backfill_is_undone_as_far_as_it_got(shop: Project, sql: Sql, database_url: str) -> None:
    schema = rows_of(database_url, SCHEMA)
    fill = 'Backfill("box", update={"note": models.Value("new")}, where=models.Q(note=""), reverse={"note": ""})'
    stops = "RAISE EXCEPTION 'no'; END"
    sql(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {stops}$$")
    sql(
        "CREATE TRIGGER refuse BEFORE UPDATE ON shop_box FOR EACH ROW WHEN (OLD.serial = 300) EXECUTE FUNCTION refuse()"
    )
    shop.migration("0002_second", COLOUR, fill)
    assert shop.manage("migrate").returncode == 1
    sql("DROP TRIGGER refuse ON shop_box; DROP FUNCTION refuse()")
    assert 0 < sql("SELECT count(*) FROM shop_box WHERE note = 'new'")[0][0] < 500
    succeeds(shop, "rollback", "--noinput")
    assert sql("SELECT count(*) FROM shop_box WHERE note = 'new'") == [(0,)]
    assert rows_of(database_url, SCHEMA) == schema
    assert sql("SELECT * FROM releases_contract") == []
