"""`migrate --database other` is a release, too: locked, verified, and recorded in that database."""

from collections.abc import Callable

import pytest

from tests.conftest import execute
from tests.releases.conftest import Project

ID = '("id", models.BigAutoField(primary_key=True))'
BOX = 'migrations.CreateModel("Box", [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())])'
MODEL = "class Box(models.Model):\n    size = models.IntegerField()\n"


@pytest.fixture
def shop(project: Project, new_database: Callable[[], str]) -> Project:
    project.models(MODEL)
    project.migration("0001_boxes", BOX)
    project.settings(f'DATABASES["other"] = dj_database_url.parse("{new_database()}")')
    return project


def other(shop: Project) -> str:
    return (shop.root / "project_settings.py").read_text().rpartition('parse("')[2].partition('"')[0]


def test_a_release_of_another_database_is_recorded_there(shop: Project) -> None:
    assert shop.manage("migrate").returncode == 0
    result = shop.manage("migrate", "--database", "other")
    assert result.returncode == 0, result.stderr

    assert shop.manage("releases", "--database", "other").stdout.count("succeeded") == 1
    assert shop.manage("releases").stdout.count("succeeded") == 1
    assert "Everything that the models declare exists" in shop.manage("verify_schema", "--database", "other").stdout


def test_what_is_missing_there_is_repaired_by_the_command_that_is_printed(shop: Project) -> None:
    assert shop.manage("migrate", "--database", "other", "-v0").returncode == 0
    execute(other(shop), "ALTER TABLE shop_box DROP COLUMN size")

    check = shop.manage("migrate", "--check", "--database", "other")
    assert (check.returncode, check.stdout) == (
        1,
        "The schema is not whole. To see what is missing, run: python manage.py verify_schema --database other\n",
    )
    printed = shop.manage("migrate", "--database", "other").stderr
    command = printed.partition("Run: python manage.py ")[2].strip()
    assert command == "verify_schema --database other --repair"
    assert shop.manage(*command.split()).returncode == 0
    assert shop.manage("migrate", "--check", "--database", "other").returncode == 0


def test_a_failure_there_names_its_setting_and_its_command(shop: Project) -> None:
    shop.migration(
        "0002_broken", "migrations.RunPython(broken)", before="def broken(*args):\n    raise ValueError\n\n\n"
    )

    result = shop.manage("migrate", "--database", "other", "-v0")

    assert result.returncode == 1
    assert "run: python manage.py migrate --database other (with --traceback" in result.stderr
    assert "failed" in shop.manage("releases", "--database", "other").stdout
    unmigrated = shop.manage("releases", "--database", "default")
    assert "correct DATABASE_URL; otherwise run: python manage.py migrate\n" in unmigrated.stderr


@pytest.mark.usefixtures("postgresql")
def test_what_waits_there_is_finished_by_the_command_that_is_printed(shop: Project) -> None:
    assert shop.manage("migrate", "--database", "other", "-v0").returncode == 0
    shop.models("class Box(models.Model):\n    pass\n")
    shop.migration("0002_no_size", 'migrations.RemoveField("box", "size")')
    assert shop.manage("migrate", "--database", "other", "-v0").returncode == 0
    shop.models("class Box(models.Model):\n    size = models.TextField(null=True)\n")
    shop.migration("0003_size", 'migrations.AddField("box", "size", models.TextField(null=True))')

    printed = shop.manage("migrate", "--database", "other").stderr
    command = printed.partition("drop the old one first, with: python manage.py ")[2].partition(". Then")[0]

    assert command == "migrate --database other --finish"
    assert shop.manage(*command.split()).returncode == 0
    assert shop.manage("migrate", "--database", "other").returncode == 0


def test_a_router_that_keeps_the_history_elsewhere_is_no_obstacle(shop: Project) -> None:
    shop.write(
        "shop/routers.py",
        "class Router:\n    def allow_migrate(self, db, app, **hints): return (db, app) != ('other', 'releases')\n",
    )
    shop.settings("DATABASE_ROUTERS = ['shop.routers.Router']")

    result = shop.manage("migrate", "--database", "other")

    assert result.returncode == 0, result.stderr
    assert shop.manage("migrate", "--check", "--database", "other").returncode == 0


def keep_elsewhere(shop: Project) -> None:
    """Its tables belong in the other database."""
    router = (
        "class Elsewhere:\n    def allow_migrate(self, db, app_label, **hints):\n"
        '        return db == "other" if app_label == "shop" else None\n'
    )
    shop.write("shop/routers.py", router)
    shop.settings('DATABASE_ROUTERS = ["shop.routers.Elsewhere"]')


def test_undoing_a_unique_constraint_of_another_database_runs_no_sql_here(shop: Project) -> None:
    keep_elsewhere(shop)
    constraint = "models.UniqueConstraint(fields=['size'], name='one_size')"
    operation = f"AddUniqueConstraint('box', {constraint}, reverse_sql='DELETE FROM shop_box')"
    shop.migration("0002_unique", operation, atomic=False)
    assert shop.manage("migrate", "-v0").returncode == 0

    undone = shop.manage("migrate", "shop", "0001")

    assert undone.returncode == 0, undone.stderr


def test_an_app_of_another_database_is_judged_by_the_worst_case(shop: Project) -> None:
    """Where `makemigrations` and CI name no database."""
    keep_elsewhere(shop)
    shop.migration("0009_rename", 'migrations.RenameField("box", "size", "volume")')
    printed = shop.manage("plan_release", "--worst-case", "shop")
    assert printed.returncode == 1
    assert "Rename field size on box to volume: refused" in printed.stdout


@pytest.mark.usefixtures("postgresql")
def test_what_runs_in_another_database_only_is_not_foretold_here(shop: Project) -> None:
    keep_elsewhere(shop)
    assert shop.manage("migrate", "-v0").returncode == 0
    shop.models(f"{MODEL}    new = models.IntegerField(null=True)\n".replace("    size = models.IntegerField()\n", ""))
    shop.migration(
        "0002_new",
        'migrations.AddField("box", "new", models.IntegerField(null=True))',
        'Backfill("box", {"new": 1}, reverse={"new": None})',
        "migrations.RunPython(code, code)",
        'migrations.RunSQL("SELECT 1", "SELECT 1")',
        'migrations.RemoveField("box", "size")',
        f'migrations.CreateModel("Lid", [{ID}])',
        'migrations.DeleteModel("Lid")',
        "migrations.SeparateDatabaseAndState([migrations.RunPython(code, code)])",
        before="def code(apps, schema_editor):\n    raise ValueError\n\n\n",
    )
    printed = shop.manage("plan_release").stdout.splitlines()
    assert all(line.endswith(": as it is") for line in printed[1:]), printed
    released = shop.manage("migrate")
    assert released.returncode == 0, released.stderr
    assert "shop.0002_new, " not in released.stdout
    told = shop.manage("rollback", "--noinput").stdout
    lines = [
        line.strip("- ") for line in told.partition("shop.0002_new\n")[2].partition("This version")[0].splitlines()
    ]
    assert lines[1:] == [
        "changes nothing here: RunPython(code)",
        "model Lid comes back",
        "removes model Lid, which comes back before that",
        "field size of box comes back, which has no table of its own here",
        "changes nothing here: Raw SQL operation",
        "changes nothing here: RunPython(code)",
        "changes nothing here: Backfill new of box",
        "removes field new of box, which has no table of its own here",
    ]
