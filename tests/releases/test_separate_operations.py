"""Operations inside SeparateDatabaseAndState are judged and applied like those outside."""

import json
from collections.abc import Sequence

import pytest

from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.test_natural_changes import PROFILE, first
from tests.releases.test_online import migrate_as_django, rows_of, succeeds

pytestmark = pytest.mark.usefixtures("postgresql")

MODELS = """class Box(models.Model):
    name = models.CharField(max_length=20, default="x", null=True)
    size = models.IntegerField(default=7)
    n = models.IntegerField(default=1, null=True)
"""
FILLED = 'migrations.AlterField("box", "name", models.CharField(max_length=20, default="x"))'
REMOVED = 'migrations.RemoveField("box", "size")'
NULLED = 'migrations.AlterField("box", "n", models.IntegerField(null=True))'


def separate(*operations: str, state: Sequence[str] | None = None) -> str:
    """The state changes by the same operations, or by others."""
    in_state = operations if state is None else state
    return f"migrations.SeparateDatabaseAndState([{', '.join(operations)}], [{', '.join(in_state)}])"


@pytest.fixture
def shop(project: Project, sql: Sql) -> Project:
    """Two rows in a table that counts as large."""
    first(project, MODELS)
    sql("INSERT INTO shop_box (name, size, n) VALUES (NULL, 1, 1), ('y', 2, 2)")
    return project


@pytest.mark.parametrize("atomic", [True, False])
def test_each_has_its_own_circumstances(shop: Project, sql: Sql, databases: Databases, *, atomic: bool) -> None:
    plain = databases.make(shop.database_url)
    shop.models(MODELS.replace(", null=True)\n    size = models.IntegerField(default=7)", ")"))
    nested = separate(FILLED, separate(REMOVED), state=[FILLED, REMOVED])
    shop.migration("0002_x", nested, atomic=atomic)
    planned = succeeds(shop, "plan_release")
    assert "A trigger replaces what the old version writes" in " ".join(planned.split())
    assert "Custom state/database change combination (Alter field name on box; Remove field" in " ".join(
        planned.split()
    )
    succeeds(shop, "migrate")
    sql("INSERT INTO shop_box (name, size, n) VALUES (NULL, 3, 3)")  # by the old version
    sql("INSERT INTO shop_box (name, n) VALUES ('z', 4)")  # by the new one
    assert sql("SELECT name, size FROM shop_box ORDER BY id") == [("x", 1), ("y", 2), ("x", 3), ("z", 7)]
    succeeds(shop, "migrate", "--finish")
    migrate_as_django(shop, plain)
    assert rows_of(shop.database_url, SCHEMA) == rows_of(plain, SCHEMA)


def test_undoing_one_of_them_fills_in_batches(shop: Project, sql: Sql) -> None:
    not_null = 'migrations.AlterField("box", "n", models.IntegerField(default=1))'
    shop.models(MODELS.replace("n = models.IntegerField(default=1, null=True)", "n = models.IntegerField(null=True)"))
    shop.migration("0002_n", not_null)
    shop.migration("0003_n", separate(NULLED))
    succeeds(shop, "migrate")
    succeeds(shop, "migrate", "--finish")
    sql("UPDATE shop_box SET n = NULL")
    undone = succeeds(shop, "rollback", "--steps", "1", "--noinput")
    assert "in batches. NULL is replaced in batches." in undone
    assert sql("SELECT n FROM shop_box") == [(1,), (1,)]


def test_a_model_whose_key_is_a_relation_is_deleted(project: Project) -> None:
    first(project, PROFILE)
    project.models(PROFILE.partition("\n\n\n")[0] + "\n")
    remove, *delete = (
        'migrations.RemoveField("profile", "person")',
        'migrations.DeleteModel("Visit")',
        'migrations.DeleteModel("Profile")',
    )
    project.migration("0002_x", separate(remove), separate(separate(*delete), state=delete))
    succeeds(project, "migrate")
    succeeds(project, "migrate", "--finish")


def test_data_that_one_changes_is_not_known_after_it(shop: Project) -> None:
    removed = separate("migrations.RunSQL('DELETE FROM shop_box WHERE n > 1')", state=())
    rule = 'migrations.AddConstraint("box", models.CheckConstraint(condition=models.Q(n__lt=2), name="c"))'
    shop.migration("0002_x", removed, rule)
    succeeds(shop, "plan_release")


def test_a_refused_one_has_its_own_advice(shop: Project) -> None:
    shop.migration("0002_x", separate('migrations.RenameField("box", "n", "m")'))
    planned = shop.manage("plan_release", "--json")
    (one,) = map(json.loads, planned.stdout.splitlines())
    assert (planned.returncode, one["verdict"]) == (1, "refused")
    assert "m = models.IntegerField(db_column='n'" in one["instead"]


def test_a_backfill_inside_is_refused_before_the_first_change(shop: Project) -> None:
    shop.migration("0002_x", REMOVED, separate('Backfill("box", {"n": 2})', state=()))
    refused = shop.manage("migrate").stderr
    assert "Backfill n of box is inside another operation" in refused
    assert "Nothing was changed." in refused
