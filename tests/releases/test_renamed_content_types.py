"""A model gets another name and keeps its table: contenttypes inserts an operation of its own into the migration."""

import pytest

from tests.conftest import Sql
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.test_online import SETTINGS, rows_of, succeeds

pytestmark = pytest.mark.usefixtures("postgresql")

MODEL = """class {}(models.Model):
    n = models.IntegerField(default=0)
{}
    class Meta:
        db_table = "shop_box"
"""
FIELDS = "".join(f"    {name} = models.IntegerField(default=1)\n" for name in "xyz")
RENAMES = 'migrations.RenameModel("Box", "Crate")'
ADDS = tuple(f'migrations.AddField("crate", "{name}", models.IntegerField(default=1))' for name in "xyz")
LID = 'migrations.CreateModel("Lid", [("id", models.BigAutoField(primary_key=True))])'
FAILS = "migrations.RunPython(fail, migrations.RunPython.noop)"
CODE = "def fail(apps, schema_editor):\n    raise ValueError\n\n"
TYPES = "SELECT model FROM django_content_type WHERE app_label = 'shop' ORDER BY id"


@pytest.fixture
def shop(project: Project) -> Project:
    project.settings(SETTINGS)
    project.settings('INSTALLED_APPS.append("django.contrib.contenttypes")')
    project.models(MODEL.format("Box", ""))
    succeeds(project, "makemigrations", "shop", "-n", "box")
    succeeds(project, "migrate", "-v0")
    project.models(MODEL.format("Crate", FIELDS))
    return project


@pytest.mark.parametrize("atomic", [True, False])
def test_a_half_run_rename_can_be_undone(shop: Project, sql: Sql, *, atomic: bool) -> None:
    schema = rows_of(shop.database_url, SCHEMA)
    shop.models(f"{MODEL.format('Crate', FIELDS)}\n\nclass Lid(models.Model):\n    pass\n")
    shop.migration("0002_crate", RENAMES, *ADDS, LID, FAILS, before=CODE, atomic=atomic)
    failed = shop.manage("migrate").stderr
    assert "Committed, and kept: Rename model Box to Crate; Add field x to crate; Add field y to crate; Add" in failed
    assert sql(TYPES) == [("crate",)]
    succeeds(shop, "rollback", "--noinput")
    assert sql(TYPES) == [("box",)]
    assert rows_of(shop.database_url, SCHEMA) == schema

    assert "Committed, and kept: Rename model" in shop.manage("migrate").stderr
    shop.migration("0002_crate", RENAMES, *ADDS, LID)
    succeeds(shop, "migrate")
    assert sql(TYPES) == [("crate",), ("lid",)]
    succeeds(shop, "rollback", "--noinput")
    assert sql(TYPES)[0] == ("box",)


def test_a_step_back_that_was_interrupted_is_repeated(shop: Project, sql: Sql) -> None:
    stops = "def fail(apps, schema_editor):\n    pass\n\n\ndef stop(apps, schema_editor):\n    raise ValueError\n\n"
    stop = "migrations.RunPython(fail, stop)"
    shop.migration("0002_crate", RENAMES, *ADDS[:1], stop, *ADDS[1:], before=stops)
    succeeds(shop, "migrate")
    schema = rows_of(shop.database_url, SCHEMA)
    assert shop.manage("rollback", "--noinput").returncode == 1
    shop.migration("0002_crate", RENAMES, *ADDS[:1], stop, *ADDS[1:], before=stops)
    succeeds(shop, "migrate")
    assert rows_of(shop.database_url, SCHEMA) == schema
    assert shop.manage("rollback", "--noinput").returncode == 1
    file = shop.root / "shop/migrations/0002_crate.py"
    file.write_text(file.read_text().replace("raise ValueError", "pass"))
    succeeds(shop, "rollback", "--noinput")
    assert sql(TYPES) == [("box",)]


FAILING = "The old version: Its generic relations to the model fail, and it makes a second content type"


def test_what_the_old_version_misses_is_said_before(shop: Project) -> None:
    shop.migration("0002_crate", RENAMES, *ADDS)
    planned = " ".join(succeeds(shop, "plan_release").split())
    assert FAILING in planned
    released = succeeds(shop, "migrate")
    assert "Rename model Box to Crate: as it is. contenttypes renames its content type, too." in released


def test_a_model_that_no_version_knows_may_get_another_name(shop: Project) -> None:
    shop.migration("0002_crate", LID, 'migrations.RenameModel("Lid", "Top")')
    assert "content type" not in succeeds(shop, "plan_release")


def test_the_advice_to_keep_the_table_says_it_too(shop: Project) -> None:
    file = shop.root / "shop/migrations/0001_box.py"
    file.write_text(file.read_text().replace("'db_table': 'shop_box',", ""))
    shop.migration("0002_crate", RENAMES)
    said = shop.manage("migrate").stderr
    assert "db_table = 'shop_box'" in said
    assert "The old version's generic relations to the model fail all the same" in said
