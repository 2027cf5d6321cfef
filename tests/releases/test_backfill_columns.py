"""Backfill of columns, and in tables, that are compared or written in another way than most."""

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_backfill import FIELDS, IMPORTS, ROWS, create, declare, succeeds

RAW = """
class Raw(models.TextField):
    def db_type(self, connection):
        return "{}"
"""
OF = {  # json and point have no operator =
    "json": ("""{"a": 1}""", """{"a": 2}""", "{}"),
    "point": ("(1,1)", "(1,2)", "(2,2)"),
    "citext": ("ada", "Ada", "ADA"),  # which are equal
}


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("where", ["", ", where=models.Q(copy=None)"], ids=["every row", "where"])
@pytest.mark.parametrize("kind", OF)
def test_what_the_old_version_changes_is_noticed_in_a_column_of_any_type(
    project: Project, sql: Sql, kind: str, where: str
) -> None:
    first, then, another = OF[kind]
    if kind == "citext":
        sql("CREATE EXTENSION citext")
    raw = RAW.format(kind)
    project.write("raw.py", f"from django.db import models\n{raw}")
    fields = {"id": "models.BigAutoField(primary_key=True)", "data": "__import__('raw').Raw()"}
    create(project, fields)
    sql("INSERT INTO shop_person (data) SELECT %s FROM generate_series(1, 9)", first)
    copied = 'migrations.AddField("person", "copy", __import__("raw").Raw(null=True))'
    project.migration("0002_copy", copied, f'Backfill("person", {{"copy": models.F("data")}}{where})')

    succeeds(project)

    def copies(row: int) -> tuple[object, ...]:
        return tuple(sql(f"SELECT data::text, copy::text FROM shop_person WHERE id = {row}")[0])

    sql("UPDATE shop_person SET data = %s WHERE id = 1", then)
    assert copies(1) == (then, then)
    sql("INSERT INTO shop_person (data) VALUES (%s)", first)
    assert copies(10) == (first, first)
    sql("UPDATE shop_person SET data = %s, copy = %s WHERE id = 2", then, another)  # as the new version does
    assert copies(2) == (then, another)
    sql("UPDATE shop_person SET id = id WHERE id = 2")
    assert copies(2) == (then, another)


ID = "models.BigAutoField(primary_key=True)"


@pytest.mark.usefixtures("postgresql")
def test_an_expression_that_does_not_know_its_type_is_computed_for_the_old_version_too(
    project: Project, sql: Sql
) -> None:
    create(project, {"id": ID})
    sql("INSERT INTO shop_person SELECT FROM generate_series(1, 9)")
    added = 'migrations.AddField("person", "key", models.UUIDField(null=True))'
    key = 'models.Func(function="gen_random_uuid")'
    project.migration("0002_key", added, f'Backfill("person", {{"key": {key}}}, where=models.Q(key=None))')
    succeeds(project)
    sql("INSERT INTO shop_person DEFAULT VALUES")
    assert sql("SELECT count(DISTINCT key) FROM shop_person") == [(10,)]


def test_where_may_exclude_every_row(project: Project, sql: Sql) -> None:
    create(project, {"id": ID, "age": "models.IntegerField(default=0)"})
    project.migration("0002_none", 'Backfill("person", {"age": 1}, where=models.Q(pk__in=[]))')
    succeeds(project)
    sql("INSERT INTO shop_person (age) VALUES (7)")
    assert sql("SELECT age FROM shop_person") == [(7,)]


ADDED = 'migrations.AddField("person", "age", models.IntegerField(default=0))'
OTHERS = {
    "id": ID,
    "mother": 'models.ForeignKey("self", models.CASCADE, null=True)',
    "doubled": """models.GeneratedField(
        expression=models.F("id") * 2, output_field=models.IntegerField(), db_persist=True
    )""",
}


@pytest.mark.parametrize(
    ("backfill", "printed"),
    [
        ('Backfill("person", {"age": models.F("mother__mother")})', "Joined field references are not permitted"),
        ('Backfill("person", {"age": 1}, where=models.Q(aeg=0))', "Cannot resolve keyword 'aeg' into field."),
        ('Backfill("person", {"age": "old"})', "Field 'age' expected a number but got 'old'."),
        ('Backfill("person", {"age": models.Count("id")})', "Aggregate functions are not allowed in this query"),
        ('Backfill("person", {"age": 1}, reverse={"age": models.F("mother__mother")})', "Joined field references are"),
        ('migrations.SeparateDatabaseAndState([Backfill("person", {"age": 1})])', "is inside another operation"),
    ],
)
def test_what_cannot_run_is_refused_before_the_first_change(
    project: Project, sql: Sql, backfill: str, printed: str
) -> None:
    create(project, OTHERS)
    project.migration("0002_age", ADDED, backfill)
    refused = project.manage("migrate")
    assert refused.returncode == 1
    assert printed in refused.stderr
    assert "Nothing was changed." in refused.stderr
    assert sql("SELECT * FROM shop_person") == []
    project.migration("0002_age", ADDED, 'Backfill("person", {"age": 1}, where=models.Q(age=0))')
    succeeds(project)


@pytest.mark.usefixtures("postgresql")
def test_a_column_that_is_computed_too_late_is_refused_before_the_first_change(project: Project) -> None:
    create(project, OTHERS)
    project.migration("0002_age", ADDED, 'Backfill("person", {"age": models.F("doubled")})')
    printed = "Backfill of shop_person reads doubled, which the database computes too late"
    planned = project.manage("plan_release")
    assert planned.returncode == 1
    assert printed in " ".join(planned.stdout.split())
    refused = project.manage("migrate")
    assert printed in refused.stderr
    assert "Nothing was changed." in refused.stderr


@pytest.mark.usefixtures("postgresql")
def test_where_may_ask_another_table_for_what_the_old_version_writes_too(project: Project, sql: Sql) -> None:
    """Here the same one, of which each row has an alias. The subquery names the one that is written."""
    create(project, {**{name: OTHERS[name] for name in ("id", "mother")}, "name": "models.CharField(max_length=9)"})
    sql("INSERT INTO shop_person (name, mother_id) VALUES ('Eve', NULL), ('Abel', 1), ('Enoch', 2)")
    added = 'migrations.AddField("person", "mothers", models.CharField(max_length=9, null=True))'
    hers = 'models.Subquery(Person.objects.filter(pk=models.OuterRef("mother_id")).values("name"))'
    where = 'models.Q(mothers=None, mother__name="Eve")'
    fill = f'Backfill("person", {{"mothers": {hers}}}, where={where})'
    project.migration("0002_mothers", added, fill, before="from shop.models import Person\n")
    succeeds(project)
    sql("INSERT INTO shop_person (name, mother_id) VALUES ('Seth', 1), ('Enos', 2)")
    expected = [("Eve", None), ("Abel", "Eve"), ("Enoch", None), ("Seth", "Eve"), ("Enos", None)]
    assert sql("SELECT name, mothers FROM shop_person ORDER BY id") == expected


@pytest.mark.usefixtures("postgresql")
def test_what_does_not_fit_does_not_stop_the_old_version(project: Project, sql: Sql) -> None:
    create(project, FIELDS)
    sql(ROWS.format(3))
    short = "models.CharField(max_length=8, null=True)"
    declare(project, {**FIELDS, "nick": short})
    fill = 'Backfill("person", {"nick": models.F("last")}, where=models.Q(nick=None))'
    project.migration("0002_nick", f'migrations.AddField("person", "nick", {short})', fill, before=IMPORTS)
    succeeds(project)

    sql("INSERT INTO shop_person (first, last, age) VALUES ('Eve', 'a long name', 0), ('Eve', 'short', 0)")
    sql("UPDATE shop_person SET last = 'another long name', age = 7 WHERE last = 'no. 1'")

    changed = "SELECT last, nick FROM shop_person WHERE first = 'Eve' OR age = 7 ORDER BY last"
    assert sql(changed) == [("a long name", None), ("another long name", "no. 1"), ("short", "short")]
