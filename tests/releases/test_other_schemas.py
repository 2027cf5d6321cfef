"""Tables in other schemas than the first, whose indexes may have the names of the project's own."""

import json
import re
from typing import Any

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_causes import as_user
from tests.releases.test_online import succeeds

pytestmark = pytest.mark.usefixtures("postgresql")

MODEL = """class Box(models.Model):
    size = models.IntegerField()
    class Meta:
        db_table = {table!r}
"""
BOX = """migrations.CreateModel("Box", [
    ("id", models.BigAutoField(primary_key=True)),
    ("size", models.IntegerField()),
], {{"db_table": {table!r}}})"""
INDEX = 'migrations.AddIndex("box", models.Index(fields=["size"], name="box_size"))'
NO_INDEX = 'migrations.RemoveIndex("box", "box_size")'
OLD = """
CREATE SCHEMA old;
CREATE TABLE old.crate (size integer);
CREATE {} INDEX box_size ON old.crate (size);
"""
NAMED = "SELECT schemaname FROM pg_indexes WHERE indexname = 'box_size' ORDER BY 1"


def made(project: Project, *operations: str, table: str = "box") -> None:
    project.models(MODEL.format(table=table))
    project.migration("0001_box", BOX.format(table=table), *operations)
    released = project.manage("migrate", "-v0")
    assert released.returncode == 0, released.stderr


def planned(project: Project, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in project.manage("plan_release", "--json", *options).stdout.splitlines()]


def test_an_index_is_not_taken_for_one_of_the_same_name_elsewhere(project: Project, sql: Sql) -> None:
    made(project, INDEX)
    sql(OLD.format("UNIQUE"))
    project.migration("0002_no_index", NO_INDEX)
    (plan,) = planned(project)
    assert [table["name"] for table in plan["tables"]] == ["box"]
    assert plan["verdict"] == "online"  # and not as if it were unique


def test_a_unique_index_elsewhere_waits_to_be_dropped_there(project: Project, sql: Sql) -> None:
    made(project, 'migrations.RunSQL("CREATE UNIQUE INDEX box_size ON box (size)")')
    sql(OLD.format("UNIQUE"))
    project.migration("0002_no_index", "migrations.RunSQL('DROP INDEX old.box_size')")
    released = project.manage("migrate")
    assert released.returncode == 0, released.stderr
    assert sql(NAMED) == [("old",), ("public",)]
    assert "drop unique index box_size of old.crate" in project.manage("plan_release").stdout
    assert project.manage("migrate", "--finish").returncode == 0
    assert sql(NAMED) == [("public",)]


@pytest.mark.parametrize("table", ['"old"."box"', 'old"."box'])
def test_a_table_with_a_schema_in_its_name_is_released_and_judged(project: Project, sql: Sql, table: str) -> None:
    sql("CREATE SCHEMA old")
    made(project, 'migrations.AlterField("box", "size", models.IntegerField(unique=True))', table=table)
    project.migration("0002_not_unique", 'migrations.AlterField("box", "size", models.IntegerField())')
    (plan,) = planned(project)
    assert plan["verdict"] == "after the old version"
    assert [one["name"] for one in plan["tables"]] == ["old.box"]


def test_the_worst_case_knows_a_table_with_a_schema_in_its_name(project: Project, sql: Sql) -> None:
    sql("CREATE SCHEMA old")
    made(project, table='old"."box')
    project.migration("0002_unique", 'migrations.AlterField("box", "size", models.IntegerField(unique=True))')
    (_, plan) = planned(project, "--worst-case", "shop")
    assert (plan["verdict"], plan["tables"][0]["name"]) == ("online", "old.box")


def test_the_owner_of_a_table_with_a_schema_in_its_name_is_asked_for(role: str, project: Project, sql: Sql) -> None:
    sql(f"CREATE SCHEMA old; GRANT USAGE ON SCHEMA old TO {role}")
    made(project, table='old"."box')
    sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; GRANT CREATE ON SCHEMA public TO {role}")
    project.migration("0002_unique", 'migrations.AlterField("box", "size", models.IntegerField(unique=True))')
    project.database_url = as_user(project.database_url, role, role)
    refused = project.manage("migrate").stderr
    assert "old.box: owned by " in refused
    assert f"ALTER TABLE old.box OWNER TO {role};" in refused
    sql(f"DROP OWNED BY {role}")


def test_the_right_to_create_is_asked_for_where_the_tables_are(role: str, project: Project, sql: Sql) -> None:
    sql(f"CREATE SCHEMA old; GRANT USAGE ON SCHEMA old TO {role}")
    table = 'old"."box'
    made(project, table=table)
    project.settings('RELEASES["LARGE_TABLE"] = 0')
    project.migration("0002_index", 'migrations.AlterField("box", "size", models.IntegerField(db_index=True))')
    succeeds(project, "migrate", "-v0")  # which makes the release's own tables
    project.migration("0003_unique", 'migrations.AlterField("box", "size", models.IntegerField(unique=True))')
    sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
    sql(f"ALTER TABLE old.box OWNER TO {role}")
    project.database_url = as_user(project.database_url, role, role)
    refused = project.manage("migrate").stderr
    (asked,) = re.findall(r"GRANT CREATE .*;", refused)
    assert asked == f"GRANT CREATE ON SCHEMA old TO {role};"
    sql(asked)
    succeeds(project, "migrate")
    sql(f"ALTER TABLE old.box OWNER TO CURRENT_USER; DROP OWNED BY {role}")


@pytest.mark.parametrize("of", ["TABLE", "VIEW"])
def test_what_stands_in_the_place_of_a_table_with_a_schema_is_named(project: Project, sql: Sql, of: str) -> None:
    sql(f"CREATE SCHEMA old; CREATE {of} old.box {'AS SELECT 1' if of == 'VIEW' else '()'}; CREATE TABLE box ()")
    table = 'old"."box'
    project.models(MODEL.format(table=table))
    project.migration("0001_box", BOX.format(table=table))
    refused = project.manage("migrate").stderr
    assert f"The {of.lower()} old.box already exists, and shop.0001_box creates a table of that name." in refused
    (typed,) = re.findall(r"type: (ALTER .*;)", refused)
    sql(typed)
    succeeds(project, "migrate")


def test_an_invalid_index_is_built_again_where_its_table_is(project: Project, sql: Sql) -> None:
    sql("CREATE SCHEMA old; CREATE TABLE shelf (size integer); CREATE INDEX box_size ON shelf (size)")
    table = 'old"."box'
    made(project, INDEX, table=table)
    project.models(MODEL.format(table=table) + '        indexes = [models.Index("size", name="box_size")]\n')
    sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'old.box_size'::regclass")
    repaired = project.manage("verify_schema", "--repair")
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert sql(NAMED) == [("old",), ("public",)]
    assert sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
