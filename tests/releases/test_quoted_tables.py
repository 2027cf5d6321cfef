"""Tables whose names the models write with quotes, as Django allows: to keep capitals, or to name a schema."""

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_online import succeeds

pytestmark = pytest.mark.usefixtures("postgresql")

MODEL = """class Box(models.Model):
    name = models.CharField(max_length=20)
    {}
    class Meta:
        db_table = {!r}
"""
CREATED = """migrations.CreateModel("Box", [
    ("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20)), {}
], {{"db_table": {!r}}})"""
KEY = "models.UUIDField(default=uuid.uuid4, {})"
FILL = """
import uuid

def fill(apps, editor):
    for box in apps.get_model("shop", "Box").objects.all():
        box.key = uuid.uuid4()
        box.save()
"""
TABLES = {'"Box"': '"Box"', '"sales"."box"': "sales.box", 'sales"."box': "sales.box"}


def made(project: Project, sql: Sql, table: str, *more: str) -> str:
    """Returns the name of the table in SQL."""
    sql("CREATE SCHEMA sales")
    project.models(MODEL.format("", table))
    project.migration("0001_box", CREATED.format(", ".join(more), table))
    succeeds(project, "migrate", "-v0")
    sql(f"INSERT INTO {TABLES[table]} (name) SELECT 'n' || n FROM generate_series(1, 9) n")
    return TABLES[table]


@pytest.mark.parametrize("table", TABLES)
def test_a_backfill_has_its_trigger(project: Project, sql: Sql, table: str) -> None:
    box = made(project, sql, table)
    project.models(MODEL.format("copy = models.TextField(null=True)", table))
    added = 'migrations.AddField("box", "copy", models.TextField(null=True))'
    fill = 'Backfill("box", {"copy": models.F("name")}, where=models.Q(copy=None), reverse={})'
    project.migration("0002_copy", added, fill)
    succeeds(project, "migrate")
    sql(f"INSERT INTO {box} (name) VALUES ('n10')")
    assert sql(f"SELECT count(*) FROM {box} WHERE copy = name") == [(10,)]
    assert "drop the trigger that fills" in succeeds(project, "migrate", "--finish")
    named = box.replace('"', "")
    assert f"drops column {named}.copy with 10 values" in succeeds(project, "rollback", "--noinput")
    assert f"drops table {named} with 10 rows" in project.manage("rollback", "--steps", "1").stdout


@pytest.mark.parametrize("table", TABLES)
def test_the_old_version_does_not_write_one_default_into_a_field_that_becomes_unique(
    project: Project, sql: Sql, table: str
) -> None:
    """Django's recipe: add it, fill it, make it unique."""
    box = made(project, sql, table)
    project.models(f"import uuid\n\n{MODEL.format(f'key = {KEY}', table)}".format("unique=True"))
    added = f'migrations.AddField("box", "key", {KEY.format("null=True")})'
    unique = f'migrations.AlterField("box", "key", {KEY.format("unique=True")})'
    filled = "migrations.RunPython(fill, migrations.RunPython.noop)"
    project.migration("0002_key", added, filled, unique, before=FILL)
    succeeds(project, "migrate")
    for name in ("n10", "n11"):
        sql(f"INSERT INTO {box} (name) VALUES ('{name}')")
    assert sql(f"SELECT count(*), count(key) FROM {box}") == [(11, 9)]


@pytest.mark.parametrize("table", TABLES)
def test_a_database_default_stays(project: Project, sql: Sql, table: str) -> None:
    box = made(project, sql, table, '("size", models.IntegerField(null=True))')
    size = "models.IntegerField(db_default=7, unique=True)"
    project.models(MODEL.format(f"size = {size}", table))
    sql(f"UPDATE {box} SET size = id")
    project.migration("0002_size", f'migrations.AlterField("box", "size", {size})')
    succeeds(project, "migrate")
    succeeds(project, "verify_schema")
    sql(f"INSERT INTO {box} (name) VALUES ('n10') ON CONFLICT DO NOTHING")


def test_a_foreign_key_whose_name_needs_quotes_is_repaired(project: Project, sql: Sql) -> None:
    """It begins with the name of the table."""
    project.models(MODEL.format('within = models.ForeignKey("self", models.CASCADE, null=True)', "Our boxes"))
    succeeds(project, "makemigrations", "shop")
    succeeds(project, "migrate", "-v0")
    names = "SELECT conname FROM pg_constraint WHERE conrelid = '\"Our boxes\"'::regclass AND contype = 'f'"
    ((name,),) = before = sql(names)
    sql(f'ALTER TABLE "Our boxes" DROP CONSTRAINT "{name}"')
    succeeds(project, "verify_schema", "--repair")
    assert sql(names) == before


@pytest.mark.parametrize("table", TABLES)
def test_its_rules_are_verified_and_repaired(project: Project, sql: Sql, table: str) -> None:
    sql("CREATE SCHEMA sales")
    project.models(MODEL.format("size = models.IntegerField(null=True, unique=True, db_default=3)", table))
    succeeds(project, "makemigrations", "shop")
    succeeds(project, "migrate", "-v0")
    box = TABLES[table]
    names = f"SELECT conname FROM pg_constraint WHERE conrelid = '{box}'::regclass AND contype = 'u'"
    ((name,),) = before = sql(names)
    sql(f'ALTER TABLE {box} DROP CONSTRAINT "{name}"; ALTER TABLE {box} ALTER size DROP DEFAULT')
    shown = box.strip('"')
    found = project.manage("verify_schema").stderr
    assert f"- {shown}.size has no default, and must have 3\n- unique (size) on {shown} " in found
    succeeds(project, "verify_schema", "--repair")
    assert sql(names) == before
    succeeds(project, "verify_schema")


def test_a_sequence_that_lags_behind_a_table_with_percent_signs_is_found_and_set(project: Project, sql: Sql) -> None:
    """Django creates such a table, and can do no more with it than to read and write its rows."""
    project.models(MODEL.format("", "share 50%s"))
    project.migration("0001_box", CREATED.format("", "share 50%s"))
    assert "whole" in succeeds(project, "migrate")
    sql("""INSERT INTO "share 50%s" (id, name) VALUES (7, 'seven')""")
    assert "goes up to 7" in project.manage("verify_schema").stderr
    succeeds(project, "verify_schema", "--repair")
    succeeds(project, "verify_schema")


@pytest.mark.parametrize("large", [0, 10**9])
@pytest.mark.parametrize("table", TABLES)
def test_its_rules_go_and_come_back(project: Project, sql: Sql, table: str, large: int) -> None:
    """Django itself would not find them."""
    sql("CREATE SCHEMA sales")
    project.settings(f'RELEASES |= {{"LARGE_TABLE": {large}, "CONTRACT_IGNORES": [""]}}')
    within = 'within = models.ForeignKey("self", models.CASCADE, null=True{}, related_name="+")'
    plain = MODEL.format(f"size = models.CharField(max_length=9)\n    {within.format(', db_constraint=False')}", table)
    ruled = MODEL.format(f"size = models.CharField(max_length=9, unique=True)\n    {within.format('')}", table)
    project.models(plain)
    succeeds(project, "makemigrations", "shop")
    succeeds(project, "migrate", "-v0")
    of = f"FROM pg_class c JOIN pg_index ON indexrelid = c.oid WHERE indrelid = '{TABLES[table]}'::regclass"
    keys = f"FROM pg_constraint WHERE conrelid = '{TABLES[table]}'::regclass AND contype = 'f'"
    rules = f"SELECT relname {of} UNION ALL SELECT conname {keys} ORDER BY 1"
    without = sql(rules)
    indexed = '        indexes = [models.Index("name", name="of_name")]\n        unique_together = [("name", "size")]\n'
    project.models(ruled + indexed)
    succeeds(project, "makemigrations", "shop", "-n", "ruled")
    succeeds(project, "migrate", "-v0")
    with_rules = sql(rules)
    assert len(with_rules) == len(without) + 5
    project.models(plain)
    succeeds(project, "makemigrations", "shop", "-n", "plain")
    succeeds(project, "migrate", "-v0")
    succeeds(project, "migrate", "--finish")
    assert sql(rules) == without
    succeeds(project, "rollback", "--noinput")
    assert len(sql(rules)) == len(with_rules)
    project.models(ruled + indexed)
    succeeds(project, "migrate", "shop", "0001")
    assert sql(rules) == without
