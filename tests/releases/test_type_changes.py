"""What becomes of the type of a column that is in use."""

import json

import psycopg
import pytest

from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, changed, with_field, with_index
from tests.releases.test_contract import NOT_NULL, OLD_INSERT, change
from tests.releases.test_online import SETTINGS, OldVersion, migrate_as_django, rows_of, shop, succeeds

__all__ = ["shop"]

pytestmark = pytest.mark.usefixtures("postgresql")


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


def test_a_default_of_the_database_keeps_its_casts_when_the_type_changes(shop: Project) -> None:
    for kind in ("CharField(max_length=40, ", "TextField("):
        shop.models(
            changed(("label = models.CharField(max_length=40, null=True)", f"label = models.{kind}db_default='none')"))
        )
        succeeds(shop, "makemigrations", "shop")
    succeeds(shop, "migrate")
    succeeds(shop, "verify_schema")


@pytest.mark.parametrize("large", [0, 10**9])
def test_a_session_that_has_called_the_trigger_of_a_column_outlives_its_types(
    shop: Project, database_url: str, large: int
) -> None:
    """PL/pgSQL keeps the type that it has seen first."""
    shop.settings(f'RELEASES["LARGE_TABLE"] = {large}')
    insert = "INSERT INTO shop_box (size, serial, label, note) VALUES (7, %s, NULL, '')"
    with psycopg.connect(database_url, application_name="version zero", autocommit=True) as old:
        change(shop, NOT_NULL)
        old.execute(insert, [90001])
        text = 'label = models.TextField(default="none")'
        change(shop, changed(("label = models.CharField(max_length=40, null=True)", text)), "third")
        old.execute(insert, [90002])
        succeeds(shop, "migrate", "shop", "0002")
        old.execute(insert, [90003])


def test_texts_that_are_too_long_are_named_before_a_step_back(shop: Project, sql: Sql) -> None:
    change(shop, changed(("max_length=40, null=True", "max_length=80, null=True")))
    sql("UPDATE shop_box SET label = repeat('x', 60) WHERE serial < 4")
    refused = shop.manage("migrate", "shop", "0001").stderr
    assert "with more than 40 characters in label. Nothing was changed." in refused


@pytest.mark.parametrize("state", ["NOT VALID", "NOT ENFORCED"])
def test_a_check_that_does_not_hold_for_all_rows_stays_so(shop: Project, sql: Sql, state: str) -> None:
    if state == "NOT ENFORCED" and sql("SELECT current_setting('server_version_num')::int < 180000") == [(True,)]:
        pytest.skip("since PostgreSQL 18")
    own = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'own'"
    sql(f"ALTER TABLE shop_box ADD CONSTRAINT own CHECK (label <> 'x') {state}")
    before = sql(own)
    assert "validated" not in change(shop, changed(("max_length=40, null=True", "max_length=80, null=True")))
    assert sql(own) == before
    succeeds(shop, "rollback", "--noinput")
    assert sql(own) == before


def test_a_wider_text_under_an_expression_is_refused_if_the_table_is_large(shop: Project) -> None:
    index = 'models.Index(models.functions.Upper("label"), name="box_upper")'
    change(shop, with_index(index))
    shop.models(with_index(index).replace("max_length=40, null=True", "max_length=80, null=True"))
    succeeds(shop, "makemigrations", "shop", "-n", "third")
    assert "box_upper would be built anew" in shop.manage("migrate").stderr


# Of a table with columns a and b, whose a becomes wider.
INDEXES = (
    "(a, b)",
    "(b) INCLUDE (a)",
    "(a) WHERE b > ''",
    "(b) WHERE a > ''",
    "(b) INCLUDE (a) WHERE b > ''",
    "(lower(b), a)",
    "(lower(a))",
    "(lower(b)) WHERE b > ''",
)


def test_it_is_known_which_indexes_the_server_builds_anew(project: Project, sql: Sql) -> None:
    project.settings('RELEASES["LARGE_TABLE"] = 0')
    wider = [f"ALTER TABLE t{number} ALTER a TYPE varchar(9)" for number in range(len(INDEXES))]
    for number, index in enumerate(INDEXES):
        sql(f"CREATE TABLE t{number} (a varchar(4), b text)")
        sql(f"CREATE INDEX i{number} ON t{number} {index}")
    project.migration("0001_wider", *(f"migrations.RunSQL({statement!r})" for statement in wider))
    lines = map(json.loads, project.manage("plan_release", "--json").stdout.splitlines())
    planned = [one["verdict"] for one in lines if one["migration"] == "shop.0001_wider"]
    refused = [index for index, verdict in zip(INDEXES, planned, strict=True) if verdict == "refused"]
    files = "SELECT pg_relation_filenode(oid) FROM pg_class WHERE relname ~ '^i[0-9]$' ORDER BY relname"
    before = sql(files)
    for statement in wider:
        sql(statement)
    assert refused == [index for index, *both in zip(INDEXES, before, sql(files), strict=True) if both[0] != both[1]]


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
    assert ("would be built anew" in released.stderr) is is_refused


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


DEPENDENTS = {
    "view": ("VIEW shop_labels", "CREATE VIEW shop_labels AS SELECT label FROM shop_box"),
    "trigger": (
        "TRIGGER quiet ON shop_box",
        "CREATE TRIGGER quiet BEFORE UPDATE OF label ON shop_box FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ),
    "policy": ("POLICY labelled ON shop_box", "CREATE POLICY labelled ON shop_box USING (label IS NOT NULL)"),
}
TYPE = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '{}'::regclass AND attname = 'label'"


@pytest.mark.parametrize("of", DEPENDENTS)
def test_what_a_type_cannot_change_under_is_named_before_the_first_change(shop: Project, sql: Sql, of: str) -> None:
    """And as the refusal says, it is dropped and made again."""
    what, create = DEPENDENTS[of]
    sql(create)
    models = with_field("colour = models.IntegerField(null=True)")
    shop.models(models.replace("max_length=40, null=True", "max_length=80, null=True"))
    succeeds(shop, "makemigrations", "shop", "-n", "second")
    refused = shop.manage("migrate")
    name = what.split()[1]
    assert f"of a column that something is made of: {of} {name}." in refused.stderr
    assert "Nothing was changed" in refused.stderr
    assert sql("SELECT count(*) FROM django_migrations WHERE app = 'shop'") == [(1,)]

    (written,) = (shop.root / "shop/migrations").glob("0002_*.py")
    text = written.read_text()
    begin = text.index("        migrations.AlterField(")
    wrapped = (
        f'        migrations.RunSQL("DROP {what}", {create!r}),\n{text[begin:].rstrip().removesuffix("]").rstrip()}\n'
        f'        migrations.RunSQL({create!r}, "DROP {what}"),\n    ]\n'
    )
    written.write_text(text[:begin] + wrapped)
    with OldVersion(shop.database_url) as old:
        succeeds(shop, "migrate")
    assert old.errors == []
    for relation in ("shop_box", "shop_labels") if of == "view" else ("shop_box",):
        assert sql(TYPE.format(relation)) == [("character varying(80)",)]
    succeeds(shop, "migrate", "shop", "0001")


@pytest.mark.parametrize("place", ["model", "app"])
def test_a_key_keeps_its_type_as_the_refusal_says(project: Project, sql: Sql, place: str) -> None:
    """The change that DEFAULT_AUTO_FIELD makes of every model."""
    project.settings(f'{SETTINGS}\nDEFAULT_AUTO_FIELD = "django.db.models.AutoField"')
    project.models(BASE)
    succeeds(project, "makemigrations", "shop", "-n", "first")
    succeeds(project, "migrate")
    sql("INSERT INTO shop_shelf (name) VALUES ('first')")
    sql("INSERT INTO shop_box (size, serial, note) VALUES (1, 1, '')")
    project.settings('DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"')
    succeeds(project, "makemigrations", "shop", "-n", "big")
    refused = project.manage("migrate").stderr
    assert "From integer to bigint every row is checked or written" in refused
    in_model, in_app = "id = models.AutoField(primary_key=True)", 'default_auto_field = "django.db.models.AutoField"'
    assert f"    {in_model}\n" in refused
    assert f"    {in_app}\n" in refused

    (project.root / "shop/migrations/0002_big.py").unlink()
    if place == "app":
        text = f"from django.apps import AppConfig\n\n\nclass ShopConfig(AppConfig):\n    name = 'shop'\n    {in_app}\n"
        project.write("shop/apps.py", text)
    else:
        project.models(BASE.replace("(models.Model):\n", f"(models.Model):\n    {in_model}\n"))
    succeeds(project, "makemigrations", "shop")
    succeeds(project, "makemigrations", "--check")
    succeeds(project, "migrate")
