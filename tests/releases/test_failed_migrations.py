"""A migration that fails names its own cause, what stays, and what to do; no value of a row is logged."""

import re

import pytest

from tests.conftest import Sql, execute
from tests.releases.conftest import Project
from tests.releases.test_causes import BOX, MODEL, refused, type_what_it_says

NOTE = 'migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True))])'
RAISES = "migrations.RunPython(fail, migrations.RunPython.noop)"
COLOUR = 'migrations.AddField("box", "colour", models.CharField(max_length=9, null=True))'


@pytest.fixture
def shop(project: Project) -> Project:
    """Two boxes of the same size; the tests add the migration that fails."""
    project.models(MODEL)
    project.migration("0001_box", BOX)
    project.migration("0002_boxes", 'migrations.RunSQL("INSERT INTO shop_box (size) VALUES (4711), (4711)")')
    return project


def release(project: Project) -> str:
    """Fails, and says the same on record."""
    printed = refused(project.manage("migrate")).partition("CommandError: ")[2]
    (*_, recorded) = execute(project.database_url, "SELECT outcome, error FROM releases_release ORDER BY id")
    assert recorded == ("failed", printed.rstrip())
    assert "4711" not in printed
    return printed


def finish(project: Project) -> None:
    result = project.manage("migrate")
    assert result.returncode == 0, result.stderr


def test_rows_that_violate_a_unique_constraint(shop: Project, sql: Sql, engine: str, database_url: str) -> None:
    unique = 'models.UniqueConstraint(fields=["size"], name="one_of_a_size")'
    shop.models(f"{MODEL}    class Meta:\n        constraints = [{unique}]\n")
    shop.migration("0003_unique", f'migrations.AddConstraint("box", {unique})')

    printed = release(shop)

    assert "It was rolled back. " in printed
    assert "6 migrations, releases.0001_initial to shop.0002_boxes, were applied before and stay. " in printed
    if engine == "postgresql":
        assert 'Rows of "public"."shop_box" violate the unique constraint one_of_a_size. ' in printed
        (shown,) = re.findall(r"In psql: (SELECT .*?;)", printed)
        assert sql(shown) == [(4711, 2)]
    else:
        assert "UNIQUE constraint failed: " in printed
        assert "Rows have the same values in these columns, which must be unique. " in printed
    sql("UPDATE shop_box SET size = 1 WHERE id = 1")
    finish(shop)


def test_a_sequence_that_lags_is_not_taken_for_duplicates(
    postgresql: None, shop: Project, sql: Sql, database_url: str
) -> None:
    finish(shop)
    sql("INSERT INTO shop_box (id, size) SELECT n, 1 FROM generate_series(3, 9) n")
    shop.migration("0003_box", 'migrations.RunSQL("INSERT INTO shop_box (size) VALUES (2)")')

    printed = release(shop)

    assert "No row is duplicated: public.shop_box_id_seq, which numbers the rows of " in printed
    type_what_it_says(printed, database_url)
    finish(shop)


def test_an_id_that_is_taken_is_the_migrations_own(shop: Project, sql: Sql, engine: str) -> None:
    shop.migration("0003_box", 'migrations.RunSQL("INSERT INTO shop_box (id, size) VALUES (1, 2)")')

    printed = release(shop)

    assert "correct the migration" in printed.lower()
    assert "lags" not in printed
    assert ("public.shop_box_id_seq is now past all of them." in printed) == (engine == "postgresql")


ROWS = {
    "check": (
        'migrations.AddConstraint("box", models.CheckConstraint(condition=models.Q(size=1), name="size_is_one"))',
        ("Rows of shop_box violate the check size_is_one.", "Rows violate that check."),
        "UPDATE shop_box SET size = 1",
    ),
    "not null": (
        'migrations.RunSQL("UPDATE shop_box SET size = NULL WHERE size = 4711")',
        ("Column size of shop_box would be NULL in a row.", "The column would be NULL in a row."),
        "UPDATE shop_box SET size = 1",
    ),
    "foreign key": (
        'migrations.AlterField("box", "size", models.ForeignKey("shop.Note", models.CASCADE, db_column="size"))',
        ("Rows of shop_box refer to rows that do not exist, or ", "Rows refer to rows that do not exist."),
        "DELETE FROM shop_box",
    ),
}


@pytest.mark.parametrize("violated", ROWS)
def test_rows_that_violate_a_constraint(shop: Project, sql: Sql, engine: str, violated: str) -> None:
    operation, words, fix = ROWS[violated]
    shop.migration("0002_note", NOTE)
    shop.migration("0003_rule", 'migrations.RunSQL("SELECT 1")', operation)  # so that it is not found beforehand

    printed = release(shop)

    assert words[engine == "sqlite"] in printed
    sql(fix)
    result = shop.manage("migrate", "shop", "-v0")
    assert result.returncode == 0, result.stderr


def test_which_rows_violate_a_check_is_shown(postgresql: None, shop: Project, sql: Sql) -> None:
    shop.settings("RELEASES |= {'LARGE_TABLE': 0}")
    finish(shop)
    shop.migration("0003_rule", 'migrations.RunSQL("SELECT 1")', ROWS["check"][0])

    printed = release(shop)

    shown = re.search(r"violate the check size_is_one\. In psql: (SELECT .*;) Correct them", printed)
    assert shown, printed
    assert sql(shown[1]) == sql("SELECT * FROM shop_box WHERE size <> 1") != []
    sql("UPDATE shop_box SET size = 1")
    finish(shop)


def test_pythons_own_error_is_named_with_its_migration(shop: Project) -> None:
    before = "def fail(apps, schema_editor):\n    raise LookupError('no such colour')\n\n"
    shop.migration("0003_colour", RAISES, before=before)

    printed = release(shop)

    assert (
        "Migration shop.0003_colour failed: LookupError: no such colour (migrations/0003_colour.py, line 10). It was"
        in printed
    )
    shop.migration("0003_colour", RAISES, before="def fail(apps, schema_editor):\n    pass\n\n")
    finish(shop)


@pytest.mark.parametrize("ending", ["raise SystemExit(3)", "import sys; sys.exit('no')"])
def test_a_migration_that_ends_the_process_is_a_failure(shop: Project, ending: str) -> None:
    shop.migration("0003_end", RAISES, before=f"def fail(apps, schema_editor):\n    {ending}\n\n")

    printed = release(shop)

    assert "Migration shop.0003_end failed: SystemExit: " in printed
    assert "(migrations/0003_end.py, line 10). It was rolled back. " in printed
    assert shop.manage("releases").stdout.splitlines()[1].split()[2] == "failed"


def test_a_migration_that_closes_its_connection_is_not_tried_again(shop: Project, engine: str) -> None:
    closes = "schema_editor.connection.close()\n    schema_editor.execute('SELECT 1')"
    shop.migration("0003_close", RAISES, before=f"def fail(apps, schema_editor):\n    {closes}\n\n")
    if engine != "postgresql":
        pytest.skip("a file is not connected to again")

    printed = release(shop)

    assert "Migration shop.0003_close closed its own connection" in printed
    assert "rolled back. Correct the migration." in printed
    shop.migration("0003_close", RAISES, before="def fail(apps, schema_editor):\n    pass\n\n")
    finish(shop)


def test_what_no_transaction_may_contain(shop: Project, engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("without a code")
    vacuum = 'migrations.RunSQL("VACUUM shop_box", migrations.RunSQL.noop)'
    shop.migration("0003_vacuum", vacuum)

    printed = release(shop)

    assert "It was rolled back. " in printed
    assert "Set `atomic = False` on the migration, and let it do nothing else." in printed
    shop.migration("0003_vacuum", vacuum, atomic=False)
    finish(shop)


def test_a_table_that_the_migration_does_not_find(shop: Project, engine: str) -> None:
    before = "def fail(apps, schema_editor):\n    schema_editor.execute('SELECT * FROM shop_lid')\n\n"
    shop.migration("0003_lid", RAISES, before=before)

    printed = release(shop)

    assert "Migration shop.0003_lid failed: " in printed
    assert "shop_lid" in printed
    if engine == "postgresql":
        assert "The statement does not fit this server or this schema. Correct the migration." in printed


def test_the_first_migration_leaves_nothing_else(shop: Project, sql: Sql) -> None:
    (shop.root / "shop/migrations/0002_boxes.py").unlink()
    shop.write("project_settings.py", (shop.root / "project_settings.py").read_text() + "INSTALLED_APPS.reverse()\n")
    shop.migration("0001_box", BOX, 'migrations.RunSQL("SELECT * FROM nowhere")')

    printed = refused(shop.manage("migrate", "shop"))

    assert "It was rolled back, and nothing else was changed." in printed


@pytest.mark.parametrize("signal", ["pre_migrate", "post_migrate"])
def test_what_fails_around_the_migrations_says_what_stays(shop: Project, signal: str) -> None:
    shop.write(
        "shop/__init__.py",
        f"from django.db.models.signals import {signal}\n\n\ndef fail(app_config=None, **kwargs):\n"
        f"    raise RuntimeError('not today')\n\n\n{signal}.connect(fail)\n",
    )

    printed = refused(
        shop.manage("migrate"), "CommandError: The release failed: RuntimeError: not today (shop/__init__.py, line 5)."
    )

    before = "Nothing was changed." if signal == "pre_migrate" else "6 migrations, releases.0001_initial to shop."
    assert before in printed
    assert ("Nothing was changed." in printed) == (signal == "pre_migrate")


def test_a_refusal_inside_a_migration_says_what_stays(shop: Project) -> None:
    before = (
        "from django.core.management import CommandError\n\n"
        "def fail(apps, schema_editor):\n    raise CommandError('Not with these boxes.')\n\n"
    )
    shop.migration("0003_refuses", RAISES, before=before)

    assert release(shop).splitlines() == [
        "Not with these boxes.",
        "6 migrations, releases.0001_initial to shop.0002_boxes, were applied before and stay.",
    ]
    assert release(shop) == "Not with these boxes.\n"
