"""Migrations that contradict each other or the records: the error names the fault, and nothing is ever faked."""

from collections.abc import Callable

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_causes import BOX, MODEL, refused

pytestmark = pytest.mark.either_engine

COLOUR = 'migrations.AddField("box", "colour", models.IntegerField(null=True))'
WEIGHT = 'migrations.AddField("box", "weight", models.IntegerField(null=True))'


@pytest.fixture
def shop(project: Project) -> Project:
    project.models(MODEL)
    project.migration("0001_box", BOX)
    return project


def change(project: Project, name: str, old: str, new: str) -> None:
    file = project.root / f"shop/migrations/{name}.py"
    file.write_text(file.read_text().replace(old, new))


def break_class(shop: Project) -> Callable[[], None]:
    change(shop, "0001_box", "class Migration", "class Migraton")
    return lambda: change(shop, "0001_box", "class Migraton", "class Migration")


def depend_on_nothing(shop: Project) -> Callable[[], None]:
    change(shop, "0001_box", "dependencies = []", "dependencies = [('shop', '0000_lost')]")
    return lambda: change(shop, "0001_box", "('shop', '0000_lost')", "")


def depend_on_itself(shop: Project) -> Callable[[], None]:
    shop.models(f"{MODEL}    colour = models.IntegerField(null=True)\n")
    shop.migration("0002_colour", COLOUR)
    change(shop, "0001_box", "dependencies = []", "dependencies = [('shop', '0002_colour')]")
    return lambda: change(shop, "0001_box", "('shop', '0002_colour')", "")


def depend_on_what_is_unapplied(shop: Project) -> Callable[[], None]:
    """Adds the dependency to a migration that is already applied."""
    assert shop.manage("migrate").returncode == 0
    shop.migration("0000_first", 'migrations.RunSQL("SELECT 1")')
    change(shop, "0001_box", "dependencies = []", "dependencies = [('shop', '0000_first')]")

    def fix() -> None:
        (shop.root / "shop/migrations/0000_first.py").unlink()
        change(shop, "0001_box", "('shop', '0000_first')", "")
        shop.migration("0002_first", 'migrations.RunSQL("SELECT 1")')

    return fix


BROKEN: dict[Callable[[Project], Callable[[], None]], str] = {
    break_class: "The file defines no Migration. Correct or delete it.",
    depend_on_nothing: "A migration depends on one that is not in this code. Add its file",
    depend_on_itself: "Migrations depend on each other. Correct their `dependencies`.",
    depend_on_what_is_unapplied: "In the code: remove the new dependency, and move what needs it",
}


@pytest.mark.parametrize("spoil", BROKEN)
def test_migrations_that_contradict_each_other(shop: Project, spoil: Callable[[Project], Callable[[], None]]) -> None:
    fix = spoil(shop)

    printed = refused(shop.manage("migrate"), "The release failed: ", "Nothing was changed. ", BROKEN[spoil])

    assert "fake" not in printed
    checked = shop.manage("migrate", "--check")
    assert (checked.returncode, checked.stderr) == (1, "")
    assert checked.stdout.startswith("The release cannot begin: ")
    fix()
    assert shop.manage("migrate").returncode == 0


def test_lost_records_are_restored_from_a_backup(shop: Project, sql: Sql) -> None:
    shop.models(f"{MODEL}    colour = models.IntegerField(null=True)\n")
    shop.migration("0002_colour", COLOUR)
    assert shop.manage("migrate").returncode == 0
    backup = sql("SELECT id, app, name, applied FROM django_migrations")
    sql("DELETE FROM django_migrations WHERE name = '0001_box'")

    printed = refused(shop.manage("migrate"), "Lost records: restore that table from a backup.")

    assert "fake" not in printed
    sql("DELETE FROM django_migrations")
    for row in backup:
        sql("INSERT INTO django_migrations (id, app, name, applied) VALUES (%s, %s, %s, %s)", *row)
    assert shop.manage("migrate").returncode == 0


def test_two_last_migrations_are_merged(shop: Project) -> None:
    shop.models(f"{MODEL}    colour = models.IntegerField(null=True)\n    weight = models.IntegerField(null=True)\n")
    shop.migration("0002_weight", WEIGHT)
    (shop.root / "shop/migrations/0002_weight.py").rename(shop.root / "weight.py")
    shop.migration("0002_colour", COLOUR)
    (shop.root / "weight.py").rename(shop.root / "shop/migrations/0002_weight.py")

    refused(shop.manage("migrate"), "Conflicting migrations detected", "run 'python manage.py makemigrations --merge'")

    assert shop.manage("makemigrations", "--merge", "--noinput").returncode == 0
    assert shop.manage("migrate").returncode == 0
