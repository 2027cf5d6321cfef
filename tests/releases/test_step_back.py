"""A step back on a large table goes operation by operation, while the table is read and written."""

import re

import psycopg
import pytest

from tests.conftest import Sql
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, CHANGES, changed
from tests.releases.test_half_run import BACK, COLOUR, COUNTS
from tests.releases.test_interrupted import CODE, KILLER, write_second
from tests.releases.test_online import rows_of, shop, succeeds
from tests.releases.test_sessions import until

__all__ = ["shop"]

pytestmark = pytest.mark.usefixtures("postgresql")

NEITHER = changed(
    ('indexes = [models.Index(fields=["label"], name="box_label")]', "indexes = []"),
    ('            models.UniqueConstraint(fields=["serial"], name="one_serial"),\n', ""),
)
RED_WITHOUT_INDEX = changed(
    ("    size = ", "    colour = models.CharField(max_length=9, null=True)\n    size = "),
    ('indexes = [models.Index(fields=["label"], name="box_label")]', "indexes = []"),
)
WITHOUT_INDEX = 'migrations.RemoveIndex("box", "box_label")'
WITHOUT_CONSTRAINT = 'migrations.RemoveConstraint("box", "one_serial")'
FILL = 'Backfill("box", update={"note": models.Value("new")}, where=models.Q(note=""), reverse={"note": "old"})'


def released(shop: Project, models: str, *operations: str) -> None:
    """With its contract."""
    shop.models(models)
    shop.migration("0002_second", *operations)
    succeeds(shop, "migrate")
    succeeds(shop, "migrate", "--finish")


def test_writers_go_on_while_an_index_comes_back(shop: Project, sql: Sql, database_url: str) -> None:
    schema = rows_of(database_url, SCHEMA)
    released(shop, CHANGES["remove index"], WITHOUT_INDEX)
    with psycopg.connect(database_url, application_name="nightly report") as writer:
        writer.execute("UPDATE shop_box SET size = 7 WHERE serial = 7")
        back = shop.start("migrate", "shop", "0001")
        until(back, "Waiting for pid ")
        sql("SET statement_timeout = '5s'; INSERT INTO shop_box (size, serial, note) VALUES (1, 1000, '')")
    printed = back.communicate(timeout=60)[0]
    assert back.returncode == 0, printed
    assert rows_of(database_url, SCHEMA) == schema


def test_rows_that_violate_what_comes_back_are_named_first(shop: Project, sql: Sql, database_url: str) -> None:
    schema = rows_of(database_url, SCHEMA)
    released(shop, NEITHER, WITHOUT_CONSTRAINT, WITHOUT_INDEX)
    sql("UPDATE shop_box SET serial = 1 WHERE serial IN (2, 3)")
    between = rows_of(database_url, SCHEMA)
    for command in (("rollback", "--noinput"), ("migrate", "shop", "0001")):
        refused = shop.manage(*command)
        assert refused.returncode == 1
        assert "Undoing shop.0002_second, Remove constraint one_serial from model box, would fail." in refused.stderr
        assert "Nothing was changed. Remove or change such rows, then run this again." in refused.stderr
        assert rows_of(database_url, SCHEMA) == between
    sql("UPDATE shop_box SET serial = id")
    succeeds(shop, "rollback", "--noinput")
    assert rows_of(database_url, SCHEMA) == schema
    assert "[ ] 0002_second" in succeeds(shop, "showmigrations", "shop")


def test_they_are_named_before_a_half_run_migration_is_undone(shop: Project, sql: Sql, database_url: str) -> None:
    nullable = 'migrations.AlterField("box", "size", models.IntegerField(null=True))'
    colour = 'migrations.AddField("box", "colour", models.CharField(max_length=9, null=True))'
    breaks = "migrations.RunPython(lambda apps, editor: 1 / 0)"
    shop.migration("0002_second", nullable, colour, WITHOUT_INDEX, breaks)
    assert shop.manage("migrate").returncode == 1
    sql("UPDATE shop_box SET size = NULL WHERE serial = 1")
    between = rows_of(database_url, SCHEMA)
    refused = shop.manage("rollback", "--noinput")
    assert "Undoing shop.0002_second, Alter field size on box, would fail. Rows violate it" in refused.stderr
    assert rows_of(database_url, SCHEMA) == between
    sql("UPDATE shop_box SET size = 1 WHERE serial = 1")
    succeeds(shop, "rollback", "--noinput")


def test_they_are_named_before_the_migration_that_follows_python_is_begun(shop: Project, sql: Sql) -> None:
    """What RunPython does to rows cannot be foretold."""
    nullable = 'migrations.AlterField("box", "size", models.IntegerField(null=True))'
    shop.models(changed(("size = models.IntegerField()", "size = models.IntegerField(null=True)")))
    shop.migration("0002_second", nullable)
    shop.migration("0003_third", "migrations.RunPython(pass_by, pass_by)", before="def pass_by(apps, editor): ...\n")
    succeeds(shop, "migrate")
    sql("UPDATE shop_box SET size = NULL WHERE serial = 1")
    refused = shop.manage("rollback", "--noinput").stderr
    assert "Undoing shop.0002_second, Alter field size on box, would fail. Rows violate it" in refused
    assert "Nothing of it was undone." in refused
    assert "What was undone before it stays undone: shop.0003_third." in refused
    assert "Half-run" not in succeeds(shop, "releases")
    succeeds(shop, "migrate")


def test_what_was_changed_while_it_waited_is_refused_before_anything_is_undone(shop: Project, sql: Sql) -> None:
    shop.models(changed(('    note = models.CharField(max_length=40, default="", unique=False)\n', "")))
    shop.migration("0002_second", 'migrations.RemoveField("box", "note")')
    succeeds(shop, "migrate")
    sql("ALTER TABLE shop_box ALTER note TYPE text")
    refused = shop.manage("rollback", "--noinput")
    assert "Undoing shop.0002_second, Remove field note from box, would fail. A column" in refused.stderr
    assert sql("SELECT count(*) FROM releases_contract") == [(1,)]
    (command,) = re.findall(r"with: python manage\.py (.*)\. Then run this again\.", refused.stderr)
    succeeds(shop, *command.split())
    succeeds(shop, "rollback", "--noinput")
    assert sql("SELECT count(*) FROM shop_box WHERE note = ''") == [(500,)]


def test_batches_are_undone_in_batches(shop: Project, sql: Sql) -> None:
    """A row that somebody has locked holds up its own batch, and the others are undone before that."""
    released(shop, BASE, FILL)
    with psycopg.connect(shop.database_url, application_name="slow form") as writer:
        writer.execute("SELECT 1 FROM shop_box WHERE serial = 500 FOR UPDATE")
        back = shop.start("rollback", "--noinput")
        until(back, "(slow form, user ")
        assert sql("SELECT count(*) FROM shop_box WHERE note = 'old'")[0][0] > 0
    printed = back.communicate(timeout=60)[0]
    assert back.returncode == 0, printed
    assert sql("SELECT DISTINCT note FROM shop_box") == [("old",)]


def test_what_cannot_be_undone_is_refused_before_anything_is(shop: Project, database_url: str) -> None:
    shop.migration("0002_second", "migrations.RunPython(migrations.RunPython.noop)")
    shop.migration("0003_third", WITHOUT_INDEX)
    shop.models(CHANGES["remove index"])
    succeeds(shop, "migrate")
    schema = rows_of(database_url, SCHEMA)
    refused = shop.manage("migrate", "shop", "0001")
    assert refused.returncode == 1
    assert "shop.0002_second cannot be undone. Nothing was changed. Restore a backup instead." in refused.stderr
    assert rows_of(database_url, SCHEMA) == schema


def test_what_stopped_it_in_the_middle_is_named_and_it_goes_on(shop: Project, sql: Sql, database_url: str) -> None:
    schema = rows_of(database_url, SCHEMA)
    colour = 'migrations.AddField("box", "colour", models.CharField(max_length=9, null=True))'
    released(shop, RED_WITHOUT_INDEX, colour, WITHOUT_INDEX)
    sql("CREATE INDEX box_label ON shop_box (size)")
    stopped = shop.manage("rollback", "--noinput")
    assert stopped.returncode == 1
    assert "box_label exists with another definition" in stopped.stderr
    left = "which is half-run; operations still to be undone: 1, after this step of the last one: CREATE INDEX"
    assert left in stopped.stderr
    (rename,) = re.findall(r"ALTER INDEX \S+ RENAME TO \w+", stopped.stderr)
    sql(rename)
    assert "What the last release (" in succeeds(shop, "rollback", "--noinput")
    sql("DROP INDEX box_label_old")
    assert rows_of(database_url, SCHEMA) == schema


def test_one_that_was_interrupted_goes_on_with_the_rest_of_the_release(
    shop: Project, sql: Sql, database_url: str
) -> None:
    schema = rows_of(database_url, SCHEMA)
    shop.settings(KILLER)
    shop.models(NEITHER)
    shop.migration("0002_second", WITHOUT_CONSTRAINT)
    shop.migration("0003_third", WITHOUT_INDEX)
    succeeds(shop, "migrate")
    succeeds(shop, "migrate", "--finish")
    at = 1.0
    while not sql("SELECT 1 FROM releases_journal"):
        assert shop.manage("rollback", "--noinput", KILL_AT=str(at)).returncode == -9
        at += 1
    undone = succeeds(shop, "rollback", "--noinput")
    assert "What the last release (" in undone
    assert rows_of(database_url, SCHEMA) == schema


@pytest.mark.proof
def test_killed_wherever_it_goes_on_or_back_up(shop: Project, sql: Sql, database_url: str) -> None:
    shop.settings(KILLER)
    write_second(shop, CODE + BACK, COUNTS)
    below = rows_of(database_url, SCHEMA)
    succeeds(shop, "migrate")
    succeeds(shop, "migrate", "--finish")
    above, at, killed = rows_of(database_url, SCHEMA), 1.0, True
    while killed:
        killed = shop.manage("migrate", "shop", "0001", KILL_AT=str(at)).returncode == -9
        if at % 3 == 1:
            succeeds(shop, "migrate")
            succeeds(shop, "migrate", "--finish")
            assert rows_of(database_url, SCHEMA) == above
        succeeds(shop, "migrate", "shop", "0001")
        assert rows_of(database_url, SCHEMA) == below
        assert sql("SELECT * FROM releases_journal") == sql("SELECT * FROM releases_contract") == []
        succeeds(shop, "migrate")
        succeeds(shop, "migrate", "--finish")
        at += 2.5
    assert at > 12


INSERTS = '''
def insert(apps, schema_editor):
    """As the version does that never knew the colour."""
    schema_editor.execute("INSERT INTO shop_box (size, serial, note) VALUES (7, 90001, '')")
'''


@pytest.mark.parametrize("in_one_file", [False, True])
def test_a_field_that_comes_back_only_for_a_while_may_be_left_out(shop: Project, sql: Sql, in_one_file: bool) -> None:
    operations = COLOUR, "migrations.RunPython(same, insert)", 'migrations.RemoveField("box", "colour")'
    before = f"{INSERTS}\n\ndef same(apps, schema_editor):\n    pass\n\n\n"
    for number, some in enumerate([operations] if in_one_file else [[one] for one in operations], start=2):
        shop.migration(f"{number:04}_change", *some, before=before)
    schema = rows_of(shop.database_url, SCHEMA)
    succeeds(shop, "migrate")
    succeeds(shop, "rollback", "--noinput")
    assert sql("SELECT count(*) FROM shop_box WHERE serial = 90001") == [(1,)]
    assert rows_of(shop.database_url, SCHEMA) == schema
