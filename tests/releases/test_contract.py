"""What the old version still needs waits in the contract, and can be taken back until it is gone."""

import re
from collections.abc import Callable

import psycopg
import pytest

from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, changed, with_field
from tests.releases.test_causes import as_user
from tests.releases.test_online import migrate_as_django, rows_of, shop, succeeds

__all__ = ["shop"]

pytestmark = pytest.mark.usefixtures("postgresql")

NOTE = '    note = models.CharField(max_length=40, default="", unique=False)\n'
WITHOUT_NOTE = changed((NOTE, ""))
WITHOUT_SHELF = changed(('    shelf = models.ForeignKey(Shelf, models.CASCADE, null=True, related_name="+")\n', ""))
SERIAL_IS_UNIQUE = '            models.UniqueConstraint(fields=["serial"], name="one_serial"),\n'
WITHOUT_UNIQUE = changed((SERIAL_IS_UNIQUE, ""))
WITHOUT_BOX = "class Shelf(models.Model):\n    name = models.CharField(max_length=20)\n"
NOT_NULL = changed(("max_length=40, null=True", 'max_length=40, default="none"'))
WITH_COLOUR = with_field('colour = models.CharField(max_length=9, default="red")')
OLD_INSERT = "INSERT INTO shop_box (size, serial, label, note) VALUES (7, 90001, NULL, 'kept')"


def change(project: Project, models: str, name: str = "second") -> str:
    project.models(models)
    succeeds(project, "makemigrations", "shop", "-n", name)
    return succeeds(project, "migrate")


def step_back_restores(project: Project, sql: Sql, schema: list[tuple[object, ...]]) -> None:
    """The schema of the first migration, with nothing left in the contract."""
    succeeds(project, "migrate", "shop", "0001")
    assert rows_of(project.database_url, SCHEMA) == schema
    assert sql("SELECT * FROM releases_contract") == []


def test_a_foreign_key_that_does_not_hold_for_all_rows_is_restored_as_it_was(shop: Project, sql: Sql) -> None:
    key = "FROM pg_constraint WHERE conrelid = 'shop_box'::regclass AND contype = 'f'"
    ((name, definition),) = sql(f"SELECT conname, pg_get_constraintdef(oid) {key}")
    sql(f"ALTER TABLE shop_box DROP CONSTRAINT {name}")
    sql(f"ALTER TABLE shop_box ADD CONSTRAINT {name} {definition} NOT VALID")
    schema = rows_of(shop.database_url, SCHEMA)
    change(shop, WITHOUT_SHELF)
    step_back_restores(shop, sql, schema)


def a_release_leaves_what_django_would(project: Project, sql: Sql, plain: str, old_insert: str) -> None:
    """After its contract. Until then the old version inserts. `plain` is a copy from before."""
    with psycopg.connect(project.database_url, application_name="version of-last-week"):
        succeeds(project, "migrate")
        sql(old_insert)
    succeeds(project, "migrate", "--finish")
    succeeds(project, "verify_schema")
    migrate_as_django(project, plain)
    assert rows_of(project.database_url, SCHEMA) == rows_of(plain, SCHEMA)


@pytest.mark.parametrize(
    "models",
    [WITHOUT_NOTE, WITHOUT_SHELF, WITHOUT_UNIQUE, WITHOUT_BOX, NOT_NULL, WITH_COLOUR],
    ids=["column", "foreign key", "constraint", "table", "not null", "default"],
)
def test_old_version_works_and_a_step_back_loses_nothing(
    shop: Project, sql: Sql, database_url: str, models: str
) -> None:
    schema = rows_of(database_url, SCHEMA)
    change(shop, models)
    sql(OLD_INSERT)
    sql("UPDATE shop_box SET note = 'changed', label = NULL WHERE serial = 3")
    sql("INSERT INTO shop_box (size, serial, note) VALUES (1, 3, '') ON CONFLICT (serial) DO UPDATE SET size = 8")
    before = sql("SELECT id, size, serial, note FROM shop_box ORDER BY id")
    succeeds(shop, "migrate", "shop", "0001")
    assert rows_of(database_url, SCHEMA) == schema
    assert sql("SELECT id, size, serial, note FROM shop_box ORDER BY id") == before
    assert sql("SELECT note FROM shop_box WHERE serial = 90001") == [("kept",)]
    assert sql("SELECT * FROM releases_contract") == []


def test_a_field_that_comes_back_before_it_is_dropped_has_its_values(
    shop: Project, sql: Sql, database_url: str
) -> None:
    schema = rows_of(database_url, SCHEMA)
    sql("UPDATE shop_box SET note = 'kept' WHERE serial = 3")
    with psycopg.connect(database_url, application_name="version of-last-week"):
        change(shop, WITHOUT_NOTE)
        sql("INSERT INTO shop_box (size, serial) VALUES (1, 90002)")
        change(shop, BASE, "third")
    succeeds(shop, "migrate", "--finish")
    assert sql("SELECT note FROM shop_box WHERE serial IN (3, 90002) ORDER BY serial") == [("kept",), ("",)]
    assert rows_of(database_url, SCHEMA) == schema


@pytest.mark.parametrize("without", [WITHOUT_NOTE, WITHOUT_BOX], ids=["column", "table"])
def test_what_comes_back_when_nobody_old_is_connected_is_not_dropped_first(
    shop: Project, sql: Sql, without: str
) -> None:
    shop.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    sql("UPDATE shop_box SET note = 'kept' WHERE serial = 3")
    for name, models in (("second", without), ("third", BASE)):
        shop.models(models)
        succeeds(shop, "makemigrations", "shop", "-n", name)
        succeeds(shop, "migrate", COMMIT=name)
    assert sql("SELECT note FROM shop_box WHERE serial = 3") == [("kept",)]
    succeeds(shop, "migrate", "--finish", COMMIT="third")
    succeeds(shop, "verify_schema", COMMIT="third")


@pytest.mark.parametrize(
    ("models", "by_hand"),
    [(WITHOUT_NOTE, "ALTER TABLE shop_box DROP COLUMN note"), (WITHOUT_BOX, "DROP TABLE shop_box")],
    ids=["column", "table"],
)
def test_what_was_dropped_by_hand_is_created_when_it_comes_back(
    shop: Project, sql: Sql, database_url: str, models: str, by_hand: str
) -> None:
    with psycopg.connect(database_url, application_name="version of-last-week"):
        change(shop, models)
        sql(by_hand)
        change(shop, BASE, "third")
    sql(OLD_INSERT)
    assert sql("SELECT note FROM shop_box WHERE serial = 90001") == [("kept",)]


def test_contract_waits_for_the_old_version_and_names_it(shop: Project, sql: Sql, database_url: str) -> None:
    old = psycopg.connect(database_url, application_name="version of-last-week", autocommit=True)
    with old:
        change(shop, WITHOUT_NOTE)
        shop.migration("0003_nothing", "migrations.RunPython(migrations.RunPython.noop)")
        waiting = succeeds(shop, "migrate")
        assert "The contract stays pending.\nIt waits for sessions of an older or unknown version: pid" in waiting
        assert "(version of-last-week, user postgres" in waiting
        refused = shop.manage("migrate", "--finish")
        assert refused.returncode == 1
        assert "nothing was changed" in refused.stderr
        assert "(version of-last-week" in refused.stderr
        assert sql("SELECT count(note) FROM shop_box") == [(500,)]
        assert "shop.0003_nothing" in shop.manage("rollback").stdout  # the last release is not that refusal
    assert "Contract: drop column note of shop_box." in succeeds(shop, "migrate")
    with pytest.raises(psycopg.errors.UndefinedColumn):
        sql("SELECT note FROM shop_box")
    assert "Nothing is pending" in succeeds(shop, "migrate", "--finish")


def test_what_this_version_entered_waits_for_the_next_one(shop: Project, sql: Sql) -> None:
    change(shop, WITHOUT_NOTE)
    succeeds(shop, "migrate")
    assert sql("SELECT count(note) FROM shop_box") == [(500,)]


def test_not_null_without_a_default_waits_for_the_old_version(shop: Project, sql: Sql, database_url: str) -> None:
    """The old version may write NULL until then, and nothing but its own absence tells that it will not."""
    shop.models(
        changed(("code = models.IntegerField(null=True, unique=True)", "code = models.IntegerField(unique=True)"))
    )
    succeeds(shop, "makemigrations", "shop", "-n", "second", "--noinput")
    refused = shop.manage("migrate")
    assert "Rows violate it: there are 500 without a value in code." in refused.stderr
    sql("UPDATE shop_box SET code = serial")
    succeeds(shop, "migrate")
    sql("INSERT INTO shop_box (size, serial, note, code) VALUES (7, 90001, '', NULL)")
    assert "set shop_box.code NOT NULL" in succeeds(shop, "releases")
    succeeds(shop, "verify_schema")
    refused = shop.manage("migrate", "--finish")
    assert (
        "The contract stays pending; nothing was changed.\nIt cannot set shop_box.code NOT NULL yet:" in refused.stderr
    )
    assert ": rows without a value there: 1. Give" in refused.stderr
    (update,) = re.findall(r"such as: (UPDATE.*;)", refused.stderr)
    sql(update.replace("...", "90001"))
    succeeds(shop, "migrate", "--finish")
    succeeds(shop, "verify_schema")
    with pytest.raises(psycopg.errors.NotNullViolation):
        sql("INSERT INTO shop_box (size, serial, note) VALUES (7, 90001, '')")


def test_a_session_older_than_the_release_that_entered_an_item_holds_it_up(
    shop: Project, sql: Sql, database_url: str
) -> None:
    """A worker of the version before it, which entered an item of its own, still reads what the later one removed."""
    shop.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    with psycopg.connect(database_url, application_name="version zero"):
        shop.models(WITHOUT_UNIQUE)
        succeeds(shop, "makemigrations", "shop", "-n", "second")
        succeeds(shop, "migrate", COMMIT="one")
        shop.models(WITHOUT_BOX)
        succeeds(shop, "makemigrations", "shop", "-n", "third")
        succeeds(shop, "migrate", COMMIT="two")
    with psycopg.connect(database_url, application_name="version one"):
        said = succeeds(shop, "migrate", COMMIT="three")
        assert "(version one, user postgres" in said
        assert "Contract: drop constraint one_serial of shop_box." in said
        assert sql("SELECT count(*) FROM shop_box") == [(500,)]
    assert "Contract: drop table shop_box." in succeeds(shop, "migrate", COMMIT="three")


def test_a_field_of_another_type_is_refused_while_the_old_one_waits(shop: Project, sql: Sql) -> None:
    change(shop, WITHOUT_NOTE)
    shop.models(with_field("note = models.IntegerField(default=3)").replace(NOTE, ""))
    succeeds(shop, "makemigrations", "shop", "-n", "third")
    refused = shop.manage("migrate")
    assert refused.returncode == 1
    assert "A column of that name and of another type waits to be dropped." in refused.stderr
    assert sql("SELECT count(note) FROM shop_box WHERE note = ''") == [(500,)]
    (command,) = re.findall(r"with: python manage\.py (.*)\. Then release again\.", refused.stderr)
    succeeds(shop, *command.split())
    succeeds(shop, "migrate")
    assert sql("SELECT count(note) FROM shop_box WHERE note = 3") == [(500,)]


def test_a_field_that_leaves_and_returns_in_one_release(shop: Project, sql: Sql, database_url: str) -> None:
    schema = rows_of(database_url, SCHEMA)
    for number, models in enumerate((WITHOUT_NOTE, BASE), start=2):
        shop.models(models)
        succeeds(shop, "makemigrations", "shop", "-n", f"change_{number}")
    succeeds(shop, "migrate")
    succeeds(shop, "migrate", "--finish")
    assert rows_of(database_url, SCHEMA) == schema


def test_a_field_that_returns_in_one_release_with_another_type_needs_a_column_of_its_own(
    shop: Project, sql: Sql
) -> None:
    other = "note = models.IntegerField(default=3{})"
    for number, models in enumerate((WITHOUT_NOTE, with_field(other.format("")).replace(NOTE, "")), start=2):
        shop.models(models)
        succeeds(shop, "makemigrations", "shop", "-n", f"change_{number}")
    refused = shop.manage("migrate")
    assert "A column of that name and of another type waits to be dropped." in refused.stderr
    assert sql("SELECT count(*) FROM django_migrations WHERE app = 'shop'") == [(1,)]
    (column,) = re.findall(r'(db_column="\w+")\. Or release the removal first', refused.stderr)
    (shop.root / "shop/migrations/0003_change_3.py").unlink()
    shop.models(with_field(other.format(f", {column}")).replace(NOTE, ""))
    succeeds(shop, "makemigrations", "shop", "-n", "change_3")
    succeeds(shop, "migrate")
    assert sql("SELECT count(*) FROM shop_box WHERE note = '' AND note_new = 3") == [(500,)]
    succeeds(shop, "migrate", "--finish")
    succeeds(shop, "verify_schema")


def test_a_field_that_returns_with_another_type_is_released_in_two_parts(shop: Project, sql: Sql) -> None:
    with_number = with_field("note = models.IntegerField(default=3)").replace(NOTE, "")
    for number, models in enumerate((WITHOUT_NOTE, with_number), start=2):
        shop.models(models)
        succeeds(shop, "makemigrations", "shop", "-n", f"change_{number}")
    refused = shop.manage("migrate").stderr
    assert "(migrate APP NAME), and drop the old one when no session of the old version is connected" in refused
    succeeds(shop, "migrate", "shop", "0002")
    succeeds(shop, "migrate", "--finish")
    succeeds(shop, "migrate")
    assert sql("SELECT count(*) FROM shop_box WHERE note = 3") == [(500,)]


def test_a_model_that_returns_with_other_fields_is_refused_while_its_table_waits(shop: Project, sql: Sql) -> None:
    change(shop, WITHOUT_BOX)
    shop.models(f"{WITHOUT_BOX}\n\nclass Box(models.Model):\n    weight = models.IntegerField()\n")
    succeeds(shop, "makemigrations", "shop", "-n", "third")
    refused = shop.manage("migrate")
    assert "A table of that name and with other columns waits to be dropped." in refused.stderr
    assert 'db_table = "shop_box_new"' in refused.stderr
    assert sql("SELECT count(*) FROM shop_box") == [(500,)]
    succeeds(shop, "migrate", "--finish")
    succeeds(shop, "migrate")
    assert sql("SELECT count(weight) FROM shop_box") == [(0,)]


def test_a_table_that_waits_comes_back_with_the_columns_that_wait_for_themselves(
    shop: Project, sql: Sql, database_url: str
) -> None:
    schema = rows_of(database_url, SCHEMA)
    with psycopg.connect(database_url, application_name="version of-last-week"):
        change(shop, WITHOUT_SHELF)
        change(shop, WITHOUT_BOX, "third")
    sql(OLD_INSERT)
    step_back_restores(shop, sql, schema)
    assert sql("SELECT count(*) FROM shop_box") == [(501,)]


def test_migrations_of_others_that_rename_what_waits_are_released_in_two_parts(shop: Project, sql: Sql) -> None:
    shop.settings('RELEASES["ACCEPTS"] = {"shop": {"RenameModel": "Nobody uses it."}}')
    shop.models(WITH_COLOUR.replace("class Box", "class Crate"))
    shop.migration("0002_colour", 'migrations.AddField("Box", "colour", models.CharField(max_length=9, default="red"))')
    shop.migration("0003_crate", 'migrations.RenameModel("Box", "Crate")')
    refused = shop.manage("migrate")
    assert refused.returncode == 1
    assert "names what it would rename, or the new name: drop the default of shop_box.colour." in refused.stderr
    assert "release those before this one (migrate APP NAME), make the change (migrate --finish)" in refused.stderr
    succeeds(shop, "migrate", "shop", "0002")
    succeeds(shop, "migrate", "--finish")
    succeeds(shop, "migrate")
    assert sql("SELECT count(colour) FROM shop_crate") == [(500,)]


def test_what_waits_of_a_new_field_follows_its_rename(shop: Project, sql: Sql, databases: Databases) -> None:
    shop.migration("0002_tint", 'migrations.AddField("Box", "tint", models.CharField(max_length=9, default="red"))')
    shop.migration("0003_colour", 'migrations.RenameField("Box", "tint", "colour")')
    shop.models(WITH_COLOUR)
    a_release_leaves_what_django_would(shop, sql, databases.make(shop.database_url), OLD_INSERT)
    assert sql("SELECT DISTINCT colour FROM shop_box") == [("red",)]


def test_a_field_is_renamed_while_another_waits(shop: Project, sql: Sql, databases: Databases) -> None:
    shop.settings('RELEASES["ACCEPTS"] = {"shop": {"RenameField": "Nobody uses it."}}')
    shop.migration("0002_two", 'migrations.RemoveField("Box", "note")', 'migrations.RenameField("Box", "label", "tag")')
    shop.models(changed((NOTE, ""), ("    label = ", "    tag = "), ('fields=["label"]', 'fields=["tag"]')))
    a_release_leaves_what_django_would(shop, sql, databases.make(shop.database_url), "SELECT note FROM shop_box")


def test_what_waits_to_be_dropped_comes_back_with_its_values(shop: Project, sql: Sql) -> None:
    change(shop, WITHOUT_NOTE)
    shown = shop.manage("rollback", "--noinput").stdout
    assert "- field note of box comes back with its values" in shown
    assert sql("SELECT count(note) FROM shop_box") == [(500,)]
    change(shop, WITHOUT_BOX, "third")
    assert "- model Box comes back with its rows" in shop.manage("rollback", "--noinput").stdout


def test_a_table_that_another_model_takes_over_is_not_dropped(shop: Project, sql: Sql) -> None:
    """As --fake-initial lets a model of another app do: the rows were lost once the old version had gone."""
    fields = '[("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())]'
    crate = f'migrations.CreateModel("Crate", {fields}, {{"db_table": "shop_box"}})'
    take_over = f"migrations.SeparateDatabaseAndState(state_operations=[{crate}])"
    shop.models(
        'class Crate(models.Model):\n    size = models.IntegerField()\n\n    class Meta:\n        db_table = "shop_box"'
    )
    shop.migration("0002_second", take_over, 'migrations.DeleteModel("Box")')
    succeeds(shop, "migrate")
    finished = succeeds(shop, "migrate", "--finish")
    assert "Contract: drop table shop_box is cancelled: a model of this code has that." in finished
    assert sql("SELECT count(*) FROM shop_box") == [(500,)]


def test_finish_does_nothing_else(shop: Project, sql: Sql) -> None:
    change(shop, WITHOUT_NOTE)
    for option in ("--check", "--plan", "--fake", "shop"):
        refused = shop.manage("migrate", "--finish", option)
        assert (refused.returncode, "Nothing was changed." in refused.stdout + refused.stderr) == (1, True)
    assert sql("SELECT count(note) FROM shop_box") == [(500,)]


def test_a_field_without_a_value_on_an_empty_table_waits(shop: Project, sql: Sql, databases: Databases) -> None:
    sql("TRUNCATE shop_box")
    shop.models(with_field("weight = models.IntegerField()"))
    shop.migration("0002_weight", 'migrations.AddField("Box", "weight", models.IntegerField())')
    planned = succeeds(shop, "plan_release")
    assert "The old version's inserts leave it NULL." in planned
    worst = shop.manage("plan_release", "--worst-case", "shop")
    assert worst.returncode == 1
    assert "Give the field a default, or let it be null." in worst.stdout
    plain = databases.make(shop.database_url)
    with psycopg.connect(shop.database_url, application_name="version of-last-week"):
        succeeds(shop, "migrate")
        sql(OLD_INSERT)
    assert "rows without a value there: 1" in shop.manage("migrate", "--finish").stderr
    sql("UPDATE shop_box SET weight = 1")
    succeeds(shop, "migrate", "--finish")
    migrate_as_django(shop, plain)
    assert rows_of(shop.database_url, SCHEMA) == rows_of(plain, SCHEMA)


def test_a_partitioned_table_is_as_large_as_its_parts(shop: Project, sql: Sql) -> None:
    sql("ALTER TABLE shop_box ALTER id DROP IDENTITY")
    sql("ALTER TABLE shop_box RENAME TO part")
    sql("CREATE TABLE shop_box (LIKE part INCLUDING DEFAULTS) PARTITION BY RANGE (id)")
    sql("ALTER TABLE shop_box ATTACH PARTITION part DEFAULT")
    shop.migration("0002_index", 'migrations.AddIndex("Box", models.Index(fields=["size"], name="box_size"))')
    assert "The table is partitioned" in shop.manage("migrate").stderr


IF_EXISTS = '''
class DeleteModelIfExists(migrations.DeleteModel):
    """As django-modelsearch and wagtail have it."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = from_state.apps.get_model(app_label, self.name)._meta.db_table
        with schema_editor.connection.cursor() as cursor:
            {asks}
                super().database_forwards(app_label, schema_editor, from_state, to_state)


'''
ASKS = {
    "introspection": "if table in schema_editor.connection.introspection.table_names(cursor):",
    "sql": 'cursor.execute("SELECT to_regclass(%s)", [table])\n            if cursor.fetchone()[0]:',
}


@pytest.mark.parametrize("asks", ASKS)
def test_an_operation_that_asks_the_database_first(shop: Project, sql: Sql, databases: Databases, asks: str) -> None:
    shop.models(WITHOUT_BOX)
    code = IF_EXISTS.format(asks=ASKS[asks])
    shop.migration("0002_lid", 'migrations.CreateModel("Lid", [("id", models.BigAutoField(primary_key=True))])')
    shop.migration("0003_less", 'DeleteModelIfExists("Box")', 'DeleteModelIfExists("Lid")', before=code)
    planned = succeeds(shop, "plan_release")
    assert ("after the old version" if asks == "introspection" else "cannot be foretold") in planned
    a_release_leaves_what_django_would(shop, sql, databases.make(shop.database_url), OLD_INSERT)


@pytest.mark.parametrize("finished", [False, True])
def test_a_step_back_to_a_value_that_rows_lack_is_refused(shop: Project, sql: Sql, finished: bool) -> None:
    without = changed(("    serial = models.IntegerField()\n", ""), (SERIAL_IS_UNIQUE, ""))
    change(shop, without)
    sql("INSERT INTO shop_box (size, note) VALUES (1, '')")
    if finished:
        succeeds(shop, "migrate", "--finish")
    refused = shop.manage("migrate", "shop", "0001").stderr
    words = "there are 501, and serial has no value for them" if finished else "there are 1 without a value in serial"
    assert f"Rows violate it: {words}. Nothing was changed." in refused
    sql("DELETE FROM shop_box" if finished else "DELETE FROM shop_box WHERE serial IS NULL")
    succeeds(shop, "migrate", "shop", "0001")


def test_the_sessions_of_another_role_hold_it_up(
    role: str, database_url: str, sql: Sql, new_project: Callable[[str], Project]
) -> None:
    """The server shows a role without rights little of them."""
    sql(f"GRANT CREATE ON SCHEMA public TO {role}")
    shop = new_project(as_user(database_url, role, role))
    shop.settings('RELEASES |= {"LARGE_TABLE": 0}')
    shop.models(BASE)
    succeeds(shop, "makemigrations", "shop", "-n", "first")
    succeeds(shop, "migrate", "-v0")
    with psycopg.connect(database_url, application_name="version of-last-week"):
        change(shop, WITHOUT_NOTE)
        refused = shop.manage("migrate", "--finish").stderr
        assert "(version of-last-week, user postgres, since an unknown time)" in refused
        assert "Other sessions of this database now: 1." in succeeds(shop, "rollback", "--steps", "1", "--noinput")
    succeeds(shop, "migrate")
    assert "Contract: drop column note" in succeeds(shop, "migrate", "--finish")
    sql(f"DROP OWNED BY {role}")


@pytest.mark.parametrize(("models", "what"), [(WITHOUT_NOTE, "column note of"), (WITHOUT_BOX, "table")])
def test_what_somebody_elses_view_shows_is_not_dropped(shop: Project, sql: Sql, models: str, what: str) -> None:
    change(shop, models)
    sql("CREATE VIEW report AS SELECT note FROM shop_box")
    refused = shop.manage("migrate", "--finish").stderr
    assert f"It cannot drop {what} shop_box: cannot drop" in refused
    assert "view report depends on" in refused
    assert sql("SELECT count(note) FROM report") == [(500,)]
    shop.migration("0003_nothing", "migrations.RunPython(migrations.RunPython.noop)")
    assert "view report depends on" in succeeds(shop, "migrate")
    sql("DROP VIEW report")
    assert f"Contract: drop {what} shop_box." in succeeds(shop, "migrate", "--finish")


@pytest.mark.parametrize(
    ("operations", "name"),
    [
        (
            (
                'migrations.AddField("Box", "memo", models.TextField(default=""))',
                'migrations.RemoveField("Box", "note")',
                'migrations.RenameField("Box", "memo", "note")',
            ),
            "column note of shop_box",
        ),
        (
            (
                'migrations.CreateModel("Crate", [("id", models.BigAutoField(primary_key=True))])',
                'migrations.DeleteModel("Box")',
                'migrations.RenameModel("Crate", "Box")',
            ),
            "table shop_box",
        ),
    ],
)
def test_nothing_gets_the_name_of_what_waits_to_be_dropped(
    shop: Project, sql: Sql, operations: tuple[str, ...], name: str
) -> None:
    accepted = '{"RenameField": "It is new.", "RenameModel": "It is new."}'
    shop.settings(f'RELEASES["ACCEPTS"] = {{"shop": {accepted}}}')
    for number, one in enumerate(operations, 2):
        shop.migration(f"000{number}_step", one)
    refused = shop.manage("migrate")
    assert f"or the new name: drop {name}." in refused.stderr
    assert "Nothing was changed." in refused.stderr
    succeeds(shop, "migrate", "shop", "0003")
    succeeds(shop, "migrate", "--finish")
    succeeds(shop, "migrate", "shop", "0004")


@pytest.mark.parametrize("default", ['default="none"', "blank=True", "default=list"])
def test_what_the_new_version_leaves_out_has_a_value_that_the_old_one_can_read(
    shop: Project, sql: Sql, database_url: str, default: str
) -> None:
    kind = "JSONField" if "list" in default else "TextField"
    value = {'default="none"': "none", "blank=True": "", "default=list": []}[default]
    change(shop, with_field(f"colour = models.{kind}({default})"))
    succeeds(shop, "migrate", "--finish")
    schema = rows_of(database_url, SCHEMA)
    with psycopg.connect(database_url, application_name="version of-last-week"):
        change(shop, BASE, "third")
        sql("INSERT INTO shop_box (size, serial, note) VALUES (1, 90001, '')")
        assert sql("SELECT colour FROM shop_box WHERE serial = 90001") == [(value,)]
    succeeds(shop, "migrate", "shop", "0002")
    assert rows_of(database_url, SCHEMA) == schema
    succeeds(shop, "migrate")
    succeeds(shop, "migrate", "--finish")
    succeeds(shop, "verify_schema")
