"""Backfill of columns, and in tables, that are compared or written in another way than most."""

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_backfill import create, succeeds

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
