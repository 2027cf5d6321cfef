"""`manage.py rollback`: undoes what the last release applied, and nothing else."""

import os
import re

import pytest

from tests.conftest import ROOT, Once, Sql
from tests.releases.conftest import Project

CRASHING = f"{ROOT}{os.pathsep}{ROOT / 'tests/crash'}"
SHELF = 'migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))])'
RAISE = "migrations.RunPython(stop, migrations.RunPython.noop)"
STEPPED_BACK = """
from contextlib import closing

from django.db import connections

DONE = '[{"name": "shop.0003_width", "seconds": 0}]'


def stop(apps, schema_editor):
    with closing(connections.create_connection("default")) as other, other.cursor() as cursor:
        cursor.execute(
            "INSERT INTO releases_release (commit, deployment, started, outcome, attempts, waited, migrations, error,"
            " direction) VALUES ('', '', now(), 'succeeded', 1, 0, %s, '', 'backwards')", [DONE]
        )
    schema_editor.execute("DO $$BEGIN RAISE EXCEPTION 'busy' USING ERRCODE = 'lock_not_available'; END$$")


"""
STOP = 'def stop(apps, schema_editor):\n    raise RuntimeError("No.")\n\n'


def field(name: str, model: str = "shelf") -> str:
    return f'migrations.AddField("{model}", "{name}", models.TextField(null=True))'


def applied(sql: Sql) -> list[str]:
    return [name[:4] for (name,) in sql("SELECT name FROM django_migrations WHERE app = 'shop' ORDER BY name")]


@pytest.fixture
def shop(project: Project, once: Once) -> Project:
    """One release succeeded: 0001 and 0002."""
    project.migration("0001_shelf", SHELF)
    project.migration("0002_colour", field("colour"))
    once("shop with a colour", lambda: released(project))
    return project


def released(project: Project, **environment: str) -> None:
    result = project.manage("migrate", "-v0", **environment)
    assert result.returncode == 0, result.stderr


def type_what_it_says(project: Project, stderr: str) -> None:
    """Runs the command at the end of a refusal, with --noinput because there is no terminal."""
    (command,) = re.findall(r": python manage\.py (rollback.*)$", stderr, re.MULTILINE)
    result = project.manage(*command.split(), "--noinput")
    assert result.returncode == 0, result.stderr


def test_the_last_release_is_undone_as_a_whole_and_no_other(shop: Project, sql: Sql) -> None:
    shop.migration("0003_width", field("width"))
    shop.migration("0004_height", field("height"))
    released(shop)

    result = shop.manage("rollback", "--noinput")

    assert result.returncode == 0, result.stderr
    assert re.match(
        r"What the last release \(\d{4}-\d\d-\d\d [\d:]{8} UTC, succeeded\) applied\. To be undone, in this order:\n"
        r"  shop\.0004_height\n",
        result.stdout,
    )
    assert applied(sql) == ["0001", "0002"]

    again = shop.manage("rollback", "--noinput")

    assert again.returncode == 1
    assert "applied has already been undone. Nothing was changed. What the release before it (" in again.stderr
    assert applied(sql) == ["0001", "0002"]


def test_the_last_release_is_the_last_one_whatever_the_clocks_say(shop: Project, sql: Sql) -> None:
    """The machine of the first release, perhaps a laptop, was ahead."""
    assert shop.manage("migrate", "-v0").returncode == 0
    sql("UPDATE releases_release SET started = '2099-01-01 00:00:00+00:00', finished = '2099-01-01 00:00:01+00:00'")
    shop.migration("0009_last", field("last"))
    assert shop.manage("migrate", "-v0").returncode == 0

    assert "shop.0009_last" in shop.manage("releases", "--show", "1").stdout
    undone = shop.manage("rollback", "--noinput")

    assert undone.stdout.count("Unapplying ") == 1, undone.stdout
    assert "Unapplying shop.0009_last... OK" in undone.stdout


def test_a_failed_release_that_applied_nothing_hides_no_good_one(shop: Project, sql: Sql) -> None:
    sql("INSERT INTO shop_shelf (colour) VALUES ('red')")
    shop.migration("0003_stops", RAISE, before=STOP)
    assert shop.manage("migrate").returncode == 1

    result = shop.manage("rollback", "--noinput")

    assert result.returncode == 1
    assert re.fullmatch(
        r"CommandError: The last release \(.*, failed\) applied nothing\. Nothing was changed\. What the release"
        r" before it \(.*, succeeded\) applied is not undone: \d+ migrations\. To undo that: python manage\.py"
        r" rollback --steps \d+\n",
        result.stderr,
    )
    assert sql("SELECT colour FROM shop_shelf") == [("red",)]

    type_what_it_says(shop, result.stderr)

    assert applied(sql) == []


def test_a_failed_release_is_undone_as_far_as_it_got(shop: Project, sql: Sql) -> None:
    shop.migration("0003_width", field("width"))
    shop.migration("0004_height", field("height"))
    shop.migration("0005_stops", RAISE, before=STOP)
    assert shop.manage("migrate").returncode == 1
    assert applied(sql) == ["0001", "0002", "0003", "0004"]

    assert shop.manage("rollback", "--noinput").returncode == 0

    assert applied(sql) == ["0001", "0002"]


@pytest.mark.parametrize("moment", ["BEFORE_RECORDING", "AFTER_APPLYING"])
def test_a_killed_release_is_undone_as_far_as_it_got(shop: Project, sql: Sql, moment: str) -> None:
    """Also what it had applied and not yet recorded."""
    shop.migration("0003_width", field("width"))
    shop.migration("0004_height", field("height"))
    killed = shop.manage("migrate", PYTHONPATH=CRASHING, **{f"CRASH_{moment}": "shop.0004_height"})
    assert killed.returncode == -9
    assert applied(sql)[2:] == (["0003"] if moment == "BEFORE_RECORDING" else ["0003", "0004"])

    result = shop.manage("rollback", "--noinput")

    assert result.returncode == 0, result.stderr
    assert " UTC, interrupted) applied." in result.stdout
    assert applied(sql) == ["0001", "0002"]


def test_a_release_that_had_nothing_to_do_hides_none(shop: Project, sql: Sql) -> None:
    """A container that started again."""
    shop.migration("0003_width", field("width"))
    released(shop)
    released(shop)

    assert shop.manage("rollback", "--noinput").returncode == 0

    assert applied(sql) == ["0001", "0002"]


def test_what_an_earlier_release_applied_on_another_branch_stays(shop: Project, sql: Sql) -> None:
    """Migrating back to 0002 would also undo 0003_width."""
    shop.migration("0003_width", field("width"))
    released(shop)
    shop.migration("0004_height", field("height"))
    branch = shop.root / "shop/migrations/0004_height.py"
    branch.write_text(branch.read_text().replace("0003_width", "0002_colour"))
    shop.migration("0005_merge")
    merge = shop.root / "shop/migrations/0005_merge.py"
    merge.write_text(
        merge.read_text().replace("('shop', '0004_height')", '("shop", "0003_width"), ("shop", "0004_height")')
    )
    released(shop)

    assert shop.manage("rollback", "--noinput").returncode == 0

    assert applied(sql) == ["0001", "0002", "0003"]
    sql("UPDATE shop_shelf SET width = ''")


def test_tables_that_a_release_adopted_are_left_alone(project: Project, sql: Sql) -> None:
    sql("CREATE TABLE shop_shelf (id bigint PRIMARY KEY)")
    sql("INSERT INTO shop_shelf VALUES (1)")
    project.migration("0001_shelf", SHELF)
    project.migration("0002_colour", field("colour"))
    initial = project.root / "shop/migrations/0001_shelf.py"
    initial.write_text(initial.read_text().replace("atomic = True", "initial = True"))
    assert project.manage("migrate", "--fake-initial", "-v0").returncode == 0

    assert project.manage("rollback", "shop", "--noinput").returncode == 0

    assert applied(sql) == ["0001"]
    assert sql("SELECT id FROM shop_shelf") == [(1,)]
    result = project.manage("rollback", "shop", "--steps", "1", "--noinput")
    assert result.returncode == 1
    assert "No migration of shop is applied" in result.stderr


def test_what_this_code_does_not_have_is_refused(shop: Project, sql: Sql) -> None:
    """An older version of the code would undo an older migration instead."""
    shop.migration("0003_width", field("width"))
    released(shop)
    (shop.root / "shop/migrations/0003_width.py").unlink()

    for arguments in ([], ["--steps", "1"], ["shop"]):
        result = shop.manage("rollback", *arguments, "--noinput")
        assert result.returncode == 1
        assert "This version of the code does not have shop.0003_width. Nothing was changed." in result.stderr
    assert applied(sql) == ["0001", "0002", "0003"]


def test_what_was_applied_otherwise_and_depends_on_it_is_named(shop: Project, sql: Sql) -> None:
    shop.migration("0003_width", field("width"))
    released(shop)
    shop.migration("0004_height", field("height"))
    assert shop.manage("migrate", "shop", "0004", "--fake").returncode == 0

    result = shop.manage("rollback", "--noinput")

    assert result.returncode == 1
    assert "applied is needed by what it did not apply: shop.0004_height." in result.stderr
    sql("ALTER TABLE shop_shelf ADD COLUMN height text")
    type_what_it_says(shop, result.stderr)
    assert applied(sql) == ["0001", "0002"]


def test_one_app_or_so_many_steps(shop: Project, sql: Sql) -> None:
    shop.migration("0003_width", field("width"))
    released(shop)

    assert shop.manage("rollback", "shop", "--steps", "2", "--noinput").returncode == 0
    assert applied(sql) == ["0001"]

    result = shop.manage("rollback", "releases", "--noinput")
    assert result.returncode == 1
    assert "applied has already been undone" in result.stderr


def test_nothing_to_undo(project: Project, sql: Sql) -> None:
    for arguments, words in (([], "No release that applied anything"), (["--steps", "0"], "--steps takes 1 or more")):
        result = project.manage("rollback", *arguments, "--noinput")
        assert result.returncode == 1
        assert words in result.stderr
        assert "Nothing was changed" in result.stderr


def test_without_a_record_it_names_the_migration_that_was_applied_last(shop: Project, sql: Sql) -> None:
    sql("DELETE FROM releases_release")

    result = shop.manage("rollback", "--noinput")

    assert "No release that applied anything is recorded. Nothing was changed. To undo the" in result.stderr
    type_what_it_says(shop, result.stderr)
    assert applied(sql) == ["0001"]


def test_irreversible_steps_are_refused(shop: Project, sql: Sql) -> None:
    """Also one inside SeparateDatabaseAndState, which claims to be reversible."""
    once = 'migrations.RunSQL("SELECT 1")'
    shop.migration("0003_once", f"migrations.SeparateDatabaseAndState([{once}])")
    released(shop)

    result = shop.manage("rollback", "--noinput")

    assert result.returncode == 1
    assert "CommandError: shop.0003_once cannot be undone. Nothing was changed. Restore a backup" in result.stderr
    assert applied(sql) == ["0001", "0002", "0003"]


def test_a_release_does_not_go_on_over_a_step_back_between_its_attempts(
    shop: Project, sql: Sql, postgresql: None
) -> None:
    """It applied again what somebody had just undone, who was told that this succeeded."""
    shop.migration("0003_width", field("width"))
    shop.migration("0004_stopped", RAISE, before=STEPPED_BACK)
    result = shop.manage("migrate")
    assert result.returncode == 1
    assert "A step back has undone shop.0003_width between two attempts of this release" in result.stderr
    assert "stay" not in result.stderr
    assert len(sql("SELECT 1 FROM releases_release WHERE direction = 'backwards'")) == 1


def test_a_release_that_was_killed_before_it_applied_anything_hides_those_before_it(shop: Project, sql: Sql) -> None:
    """It was judging. Plain `rollback` undoes what the last release applied, never what one before it did."""
    kill = (
        "import os\n\nclass Kill(migrations.RunPython):\n    reduces_to_sql = True\n"
        "    def database_forwards(self, *args):\n        os.kill(os.getpid(), 9)\n\n"
    )
    shop.migration("0003_kill", "Kill(migrations.RunPython.noop)", before=kill)
    assert shop.manage("migrate").returncode == -9

    result = shop.manage("rollback", "--noinput")

    assert result.returncode == 1
    assert "interrupted) applied nothing. Nothing was changed." in result.stderr
    assert applied(sql) == ["0001", "0002"]
