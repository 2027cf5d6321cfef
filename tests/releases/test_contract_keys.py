"""Unique and primary keys, of which the old version and the new one need different ones."""

import psycopg
import pytest

from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, FOREIGN_KEY, changed, with_constraint, with_field
from tests.releases.test_contract import (
    OLD_INSERT,
    WITHOUT_UNIQUE,
    a_release_leaves_what_django_would,
    change,
    step_back_restores,
)
from tests.releases.test_online import OldVersion, migrate_as_django, rows_of, shop, succeeds

__all__ = ["shop"]

pytestmark = pytest.mark.usefixtures("postgresql")


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


def test_a_key_that_is_numbered_no_more_does_not_lag(shop: Project, sql: Sql, database_url: str) -> None:
    with psycopg.connect(database_url, application_name="version of-last-week"):
        change(shop, with_field("id = models.BigIntegerField(primary_key=True)"))
        sql("INSERT INTO shop_box (id, size, serial, note) VALUES (398715799021, 1, 9999, '')")
        succeeds(shop, "migrate", "--check")
        succeeds(shop, "verify_schema")


def test_a_unique_field_whose_default_all_rows_would_get_is_refused(shop: Project) -> None:
    field = KEY.format(", unique=True")
    shop.models(with_field(f"key = {field}"))
    shop.migration("0002_key", f'migrations.AddField("Box", "key", {field})')
    refused = shop.manage("migrate")
    assert "Rows violate it: there are 500 that would have the same key." in refused.stderr
    assert "Add it with null=True and no default, give each row a value of its own by RunPython" in refused.stderr
    assert "Nothing was changed." in refused.stderr


@pytest.mark.parametrize("large", [0, 10**9])
def test_a_field_comes_back_as_unique_and_rows_that_violate_that_are_named_first(
    shop: Project, sql: Sql, large: int
) -> None:
    shop.settings(f'RELEASES |= {{"COMMIT_VARIABLE": "COMMIT", "LARGE_TABLE": {large}}}')
    sql("INSERT INTO shop_shelf (name) SELECT n FROM generate_series(2, 500) n")
    sql("UPDATE shop_box SET shelf_id = 1 WHERE serial < 4")
    with psycopg.connect(shop.database_url, application_name="version zero"):
        shop.models(changed((f"    shelf = {FOREIGN_KEY}\n", "")))
        succeeds(shop, "makemigrations", "shop", "-n", "second")
        succeeds(shop, "migrate", COMMIT="second")
        shop.models(changed((FOREIGN_KEY, FOREIGN_KEY.replace("ForeignKey", "OneToOneField"))))
        succeeds(shop, "makemigrations", "shop", "-n", "third")
        refused = shop.manage("migrate", COMMIT="third").stderr
        assert "Rows violate it: there are 3 with the same shelf_id." in refused
        assert "Nothing was changed." in refused
        sql("UPDATE shop_box SET shelf_id = serial WHERE serial < 4")
        succeeds(shop, "migrate", COMMIT="third")
    succeeds(shop, "migrate", "--finish", COMMIT="third")
    succeeds(shop, "verify_schema", COMMIT="third")
