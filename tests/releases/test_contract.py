"""What the old version still needs waits in the contract, and can be taken back until it is gone."""

import re
from collections.abc import Callable

import psycopg
import pytest

from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, changed, with_constraint, with_field, with_index
from tests.releases.test_causes import as_user
from tests.releases.test_online import OldVersion, migrate_as_django, rows_of, shop, succeeds

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
    (column,) = re.findall(r'(db_column="\w+")\.$', refused.stderr, re.MULTILINE)
    (shop.root / "shop/migrations/0003_change_3.py").unlink()
    shop.models(with_field(other.format(f", {column}")).replace(NOTE, ""))
    succeeds(shop, "makemigrations", "shop", "-n", "change_3")
    succeeds(shop, "migrate")
    assert sql("SELECT count(*) FROM shop_box WHERE note = '' AND note_new = 3") == [(500,)]
    succeeds(shop, "migrate", "--finish")
    succeeds(shop, "verify_schema")


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


def test_a_unique_field_comes_back_as_it_was(shop: Project, sql: Sql, database_url: str) -> None:
    schema = rows_of(database_url, SCHEMA)
    change(
        shop, changed(("code = models.IntegerField(null=True, unique=True)", "code = models.IntegerField(null=True)"))
    )
    step_back_restores(shop, sql, schema)


def test_a_unique_field_that_waits_is_in_the_way_of_no_version(shop: Project, sql: Sql, database_url: str) -> None:
    tagged = with_field('tag = models.CharField(max_length=9, db_default="none", unique=True, null=True)')
    sql("DELETE FROM shop_box WHERE id > 1")
    change(shop, tagged)
    succeeds(shop, "migrate", "--finish")
    schema = rows_of(database_url, SCHEMA)
    with psycopg.connect(database_url, application_name="version of-last-week"):
        change(shop, BASE, "third")
        for serial in (90001, 90002):
            sql(f"INSERT INTO shop_box (size, serial, note) VALUES (7, {serial}, '')")
        sql("INSERT INTO shop_box (size, serial, note, tag) VALUES (7, 90003, '', 'old')")
        sql("INSERT INTO shop_box (size, serial, note, tag) VALUES (7, 90004, '', 'old') ON CONFLICT (tag) DO NOTHING")
    assert sql("SELECT tag FROM shop_box WHERE serial > 90000 ORDER BY serial") == [(None,), (None,), ("old",)]
    succeeds(shop, "migrate", "shop", "0002")
    assert rows_of(database_url, SCHEMA) == schema


def test_a_field_whose_nulls_are_not_distinct_is_removed_in_two_releases(shop: Project, sql: Sql) -> None:
    """As the refusal says."""
    note = with_field("grade = models.IntegerField(null=True)")
    rule = '            models.UniqueConstraint(fields=["grade", "serial"], name="one_grade", nulls_distinct=False),\n'
    place = "        constraints = [\n"
    change(shop, note.replace(place, place + rule))
    succeeds(shop, "migrate", "--finish")

    shop.models(BASE)
    succeeds(shop, "makemigrations", "shop", "-n", "third")
    refused = shop.manage("migrate")
    assert refused.returncode == 1
    assert (
        "Remove one_grade in one release, and the field in the next, once that change has been made." in refused.stderr
    )

    (written,) = (shop.root / "shop/migrations").glob("0003_*.py")
    written.unlink()
    change(shop, note, "third")
    succeeds(shop, "migrate", "--finish")
    change(shop, BASE, "fourth")
    for serial in (90001, 90002):
        sql(f"INSERT INTO shop_box (size, serial, note) VALUES (7, {serial}, '')")
    succeeds(shop, "migrate", "--finish")
    succeeds(shop, "verify_schema")


@pytest.mark.parametrize("large", [1, 10**9])
def test_a_numbered_key_in_the_place_of_another(shop: Project, sql: Sql, databases: Databases, large: int) -> None:
    plain = databases.make(shop.database_url)
    shop.settings(f'RELEASES["LARGE_TABLE"] = {large}')
    shop.settings('RELEASES["ACCEPTS"] = {"shop": {"AddField": "Nobody uses it."}}')
    shop.models(with_field("number = models.BigAutoField(primary_key=True)"))
    shop.migration(
        "0002_second",
        "migrations.RemoveField('box', 'id')",
        "migrations.AddField('box', 'number', models.BigAutoField(primary_key=True, serialize=False))",
    )
    a_release_leaves_what_django_would(shop, sql, plain, OLD_INSERT + " ON CONFLICT (id) DO NOTHING")


def test_a_numbered_key_beside_an_old_one(shop: Project, sql: Sql, databases: Databases) -> None:
    """Accepted, of a large table: the old version keeps its key until it has gone."""
    plain = databases.make(shop.database_url)
    serial = changed(("serial = models.IntegerField()", "serial = models.IntegerField(primary_key=True)"))
    change(shop, serial)
    succeeds(shop, "migrate", "--finish")
    shop.settings('RELEASES["LARGE_TABLE"] = 1')
    shop.settings('RELEASES["ACCEPTS"] = {"shop": {"AddField": "Nobody uses it."}}')
    shop.models(BASE)
    shop.migration(
        "0003_third",
        "migrations.AlterField('box', 'serial', models.IntegerField())",
        "migrations.AddField('box', 'id', models.BigAutoField(primary_key=True, serialize=False))",
    )
    a_release_leaves_what_django_would(shop, sql, plain, OLD_INSERT + " ON CONFLICT (serial) DO NOTHING")


def test_the_old_version_keeps_its_primary_key(shop: Project, sql: Sql, database_url: str) -> None:
    schema = rows_of(database_url, SCHEMA)
    change(shop, changed(("serial = models.IntegerField()", "serial = models.IntegerField(primary_key=True)")))
    sql(OLD_INSERT.replace("(size", "(id, size").replace("(7,", "(1, 7,") + " ON CONFLICT (id) DO NOTHING")
    succeeds(shop, "verify_schema")
    step_back_restores(shop, sql, schema)


PARTIAL = 'models.UniqueConstraint(fields=["serial"], condition=models.Q(size__gt={}), name="one_serial")'
ON_CONFLICT = "INSERT INTO shop_box (size, serial, note) VALUES (9, 3, '') ON CONFLICT (serial) DO NOTHING"


def test_constraints_that_replace_each_other_under_one_name_are_undone_one_by_one(
    shop: Project, sql: Sql, database_url: str
) -> None:
    schema = rows_of(database_url, SCHEMA)
    models = [
        changed(('fields=["serial"], name', 'fields=["serial", "size"], name')),
        BASE.replace('models.UniqueConstraint(fields=["serial"], name="one_serial")', PARTIAL.format(1)),
        BASE.replace('models.UniqueConstraint(fields=["serial"], name="one_serial")', PARTIAL.format(2)),
        BASE,
    ]
    schemas = [schema]
    with psycopg.connect(database_url, application_name="version of-last-week"):
        for number, text in enumerate(models, start=2):
            change(shop, text, f"change_{number}")
            sql(ON_CONFLICT)
            succeeds(shop, "verify_schema")
            schemas.append(rows_of(database_url, SCHEMA))
    for number in (4, 3, 2, 1):
        (name,) = [path.stem for path in (shop.root / "shop/migrations").glob(f"000{number}*.py")]
        succeeds(shop, "migrate", "shop", name)
        assert rows_of(database_url, SCHEMA) == schemas[number - 1]
    assert sql("SELECT * FROM releases_contract") == []


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


def test_a_field_whose_null_is_filled_gets_another_type_in_the_same_release(
    shop: Project, sql: Sql, databases: Databases, database_url: str
) -> None:
    plain = databases.make(database_url)
    text = 'label = models.TextField(default="none")'
    for models in (NOT_NULL, NOT_NULL.replace('label = models.CharField(max_length=40, default="none")', text)):
        shop.models(models)
        succeeds(shop, "makemigrations", "shop")
    migrate_as_django(shop, plain)
    succeeds(shop, "migrate")
    sql(OLD_INSERT)
    assert sql("SELECT label FROM shop_box WHERE serial = 90001") == [("none",)]
    succeeds(shop, "migrate", "--finish")
    assert rows_of(database_url, SCHEMA) == rows_of(plain, SCHEMA)


def test_a_constraint_of_another_name_does_not_bring_back_the_one_that_waits(
    shop: Project, sql: Sql, database_url: str
) -> None:
    schema = rows_of(database_url, SCHEMA)
    with psycopg.connect(database_url, application_name="version of-last-week"):
        change(shop, WITHOUT_UNIQUE)
        change(shop, changed(("one_serial", "one_number")), "third")
    names = "SELECT conname FROM pg_constraint WHERE conname IN ('one_serial', 'one_number')"
    assert sorted(sql(names)) == [("one_number",), ("one_serial",)]
    succeeds(shop, "migrate", "shop", "0001")
    assert rows_of(database_url, SCHEMA) == schema


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


KEY = 'models.CharField(max_length=40, default="none"{})'
RECIPE = """def fill(apps, schema_editor):
    for box in apps.get_model("shop", "Box").objects.all():
        box.key = f"key {box.pk}"
        box.save()


"""


@pytest.mark.parametrize("null", ["", ", null=True"])
@pytest.mark.parametrize("rule", ["field", "constraint"])
def test_a_new_field_becomes_unique_while_the_old_version_inserts(
    shop: Project, sql: Sql, databases: Databases, null: str, rule: str
) -> None:
    """In the three steps of Django's documentation, `null` or not. What the old version inserts has no key."""
    unique = 'models.UniqueConstraint(fields=["key"], name="one_key")'
    field = KEY.format(", unique=True" if rule == "field" else "")
    models = with_constraint(unique) if rule == "constraint" else BASE
    shop.models(models.replace("    size = ", f"    key = {field}\n    size = "))
    shop.migration("0002_key", f'migrations.AddField("Box", "key", {KEY.format(null)})')
    shop.migration("0003_fill", "migrations.RunPython(fill, migrations.RunPython.noop)", before=RECIPE)
    operations = [f'migrations.AlterField("Box", "key", {field})'] if null or rule == "field" else []
    operations += [f'migrations.AddConstraint("Box", {unique})'] if rule == "constraint" else []
    shop.migration("0004_unique", *operations)
    plain = databases.make(shop.database_url)
    with OldVersion(shop.database_url) as old:
        released = succeeds(shop, "migrate")
    assert old.errors == []
    assert old.rounds > 0
    assert "the rest after the old version" in released
    refused = shop.manage("migrate", "--finish")
    assert "It cannot set shop_box.key NOT NULL yet: rows without a value there:" in refused.stderr
    sql("UPDATE shop_box SET key = 'key ' || id WHERE key IS NULL")
    succeeds(shop, "migrate", "--finish")
    succeeds(shop, "verify_schema")
    migrate_as_django(shop, plain)
    assert rows_of(shop.database_url, SCHEMA) == rows_of(plain, SCHEMA)
    succeeds(shop, "migrate", "shop", "0001")


@pytest.mark.parametrize("default", ["", ", default=uuid.uuid4"])
def test_a_field_that_is_filled_and_then_unique_keeps_no_default(
    shop: Project, sql: Sql, databases: Databases, default: str
) -> None:
    """As in Django's documentation, on a table that is small."""
    sql("DELETE FROM shop_box WHERE serial > 20")
    unique = "models.UUIDField(default=uuid.uuid4, unique=True)"
    shop.models("import uuid\n\n\n" + with_field(f"key = {unique}"))
    added = f'migrations.AddField("Box", "key", models.UUIDField(null=True{default}))'
    shop.migration("0002_key", added, before="import uuid\n\n\n")
    recipe = RECIPE.replace('f"key {box.pk}"', "uuid.uuid4()")
    shop.migration("0003_fill", "migrations.RunPython(fill)", before=f"import uuid\n\n\n{recipe}")
    shop.migration("0004_unique", f'migrations.AlterField("Box", "key", {unique})', before="import uuid\n\n\n")
    with OldVersion(shop.database_url) as old:
        succeeds(shop, "migrate")
    assert old.errors == []
    assert old.rounds > 0
    assert sql("SELECT column_default FROM information_schema.columns WHERE column_name = 'key'") == [(None,)]


def test_what_waits_to_be_dropped_comes_back_with_its_values(shop: Project, sql: Sql) -> None:
    change(shop, WITHOUT_NOTE)
    shown = shop.manage("rollback", "--noinput").stdout
    assert "- field note of box comes back with its values" in shown
    assert sql("SELECT count(note) FROM shop_box") == [(500,)]
    change(shop, WITHOUT_BOX, "third")
    assert "- model Box comes back with its rows" in shop.manage("rollback", "--noinput").stdout


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


def test_a_key_that_is_numbered_no_more_does_not_lag(shop: Project, sql: Sql, database_url: str) -> None:
    with psycopg.connect(database_url, application_name="version of-last-week"):
        change(shop, with_field("id = models.BigIntegerField(primary_key=True)"))
        sql("INSERT INTO shop_box (id, size, serial, note) VALUES (398715799021, 1, 9999, '')")
        succeeds(shop, "migrate", "--check")
        succeeds(shop, "verify_schema")


def test_texts_that_are_too_long_are_named_before_a_step_back(shop: Project, sql: Sql) -> None:
    change(shop, changed(("max_length=40, null=True", "max_length=80, null=True")))
    sql("UPDATE shop_box SET label = repeat('x', 60) WHERE serial < 4")
    refused = shop.manage("migrate", "shop", "0001").stderr
    assert "with more than 40 characters in label. Nothing was changed." in refused


def test_a_wider_text_under_an_expression_is_refused_if_the_table_is_large(shop: Project) -> None:
    index = 'models.Index(models.functions.Upper("label"), name="box_upper")'
    change(shop, with_index(index))
    shop.models(with_index(index).replace("max_length=40, null=True", "max_length=80, null=True"))
    succeeds(shop, "makemigrations", "shop", "-n", "third")
    assert "box_upper would be built or checked anew" in shop.manage("migrate").stderr


@pytest.mark.parametrize(
    ("before", "after", "is_refused"),
    [('db_collation="C"', "", True), ('db_collation="C"', 'db_collation="C", db_comment="Its name"', False)],
    ids=["removed", "kept"],
)
def test_an_index_is_built_anew_for_another_collation_only(
    shop: Project, sql: Sql, before: str, after: str, *, is_refused: bool
) -> None:
    field = "key = models.CharField(max_length=40, null=True, db_index=True, {})"
    shop.models(with_field(field.format(before)))
    succeeds(shop, "makemigrations", "shop", "-n", "collated")
    succeeds(shop, "migrate")
    ((name,),) = sql("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%(key)'")
    number = f"SELECT pg_relation_filenode('{name}')"
    built = sql(number)
    shop.models(with_field(field.format(after)))
    succeeds(shop, "makemigrations", "shop", "-n", "changed")
    released = shop.manage("migrate")
    assert (released.returncode, sql(number)) == (is_refused, built)
    assert ("would be built or checked anew" in released.stderr) is is_refused


def test_a_partitioned_table_is_as_large_as_its_parts(shop: Project, sql: Sql) -> None:
    sql("ALTER TABLE shop_box ALTER id DROP IDENTITY")
    sql("ALTER TABLE shop_box RENAME TO part")
    sql("CREATE TABLE shop_box (LIKE part INCLUDING DEFAULTS) PARTITION BY RANGE (id)")
    sql("ALTER TABLE shop_box ATTACH PARTITION part DEFAULT")
    shop.migration("0002_index", 'migrations.AddIndex("Box", models.Index(fields=["size"], name="box_size"))')
    assert "The table is partitioned" in shop.manage("migrate").stderr


def test_a_unique_field_whose_default_all_rows_would_get_is_refused(shop: Project) -> None:
    field = KEY.format(", unique=True")
    shop.models(with_field(f"key = {field}"))
    shop.migration("0002_key", f'migrations.AddField("Box", "key", {field})')
    refused = shop.manage("migrate")
    assert "Rows violate it: there are 500 that would have the same key." in refused.stderr
    assert "Add it with null=True and no default, give each row a value of its own by RunPython" in refused.stderr
    assert "Nothing was changed." in refused.stderr


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


TEXTS = """class Box(models.Model):
    code = models.TextField({})
    full = models.TextField(null=True)
"""


@pytest.mark.parametrize("by", ["AlterField", "Backfill"])
def test_old_sessions_bear_a_change_of_type_under_a_trigger(shop: Project, sql: Sql, by: str) -> None:
    """They have compiled its function before."""
    fills = by == "AlterField"
    succeeds(shop, "migrate", "shop", "zero")
    short, required = "models.CharField(max_length=10, null=True)", 'models.CharField(max_length=10, default="")'
    fields = ", ".join(f'("{name}", {short})' for name in ("code", "full"))
    key = '("id", models.BigAutoField(primary_key=True))'
    shop.migration("0001_first", f'migrations.CreateModel("Box", [{key}, {fields}])')
    succeeds(shop, "migrate", "shop", "0001")
    where = "models.Q(full=None, code__isnull=False)"
    backfill = f'Backfill("Box", update={{"full": models.functions.Upper("code")}}, where={where}, reverse={{}})'
    shop.migration("0002_fill", f'migrations.AlterField("Box", "code", {required})' if fills else backfill)
    text = "default=''" if fills else "null=True"
    shop.models(TEXTS.format(text))
    shop.migration(
        "0003_text",
        f'migrations.AlterField("Box", "code", models.TextField({text}))',
        'migrations.AlterField("Box", "full", models.TextField(null=True))',
    )
    with OldInserts(shop.database_url) as old:
        succeeds(shop, "migrate")
    assert old.errors == []
    assert old.rounds > 0
    assert sql("SELECT count(*) > 0 FROM shop_box WHERE code IS NULL") == [(not fills,)]


class OldInserts(OldVersion):
    STATEMENTS = (
        "INSERT INTO shop_box (code) VALUES ('a')",
        "INSERT INTO shop_box (code) VALUES (NULL)",
        "UPDATE shop_box SET code = code WHERE mod(id, 50) = 0",
    )
