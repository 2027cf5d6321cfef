"""A migration without a transaction that fails says what is committed, and what to do; doing exactly that succeeds."""

import psycopg
import pytest

from tests.conftest import Once, Sql
from tests.releases.conftest import Project

MODELS = """class Box(models.Model):
    size = models.IntegerField()
"""
CREATE_BOX = """migrations.CreateModel("Box", [
    ("id", models.BigAutoField(primary_key=True)),
    ("size", models.IntegerField()),
])"""
ADD_COLOUR = 'migrations.AddField("box", "colour", models.TextField(null=True))'
PAINT = "migrations.RunPython(paint)"
BEFORE = """
import os, signal

def paint(apps, schema_editor):
    apps.get_model("shop", "Box").objects.using(schema_editor.connection.alias).update(size=7)
    {}
"""
FAILING, KILLED, FINE = "raise ValueError('no paint')", "os.kill(os.getpid(), signal.SIGKILL)", "pass"


@pytest.fixture
def shop(project: Project, sql: Sql, once: Once) -> Project:
    project.models(MODELS)
    project.migration("0001_box", CREATE_BOX)
    once("shop with boxes to fill", lambda: succeeds(project))
    sql("INSERT INTO shop_box (size) VALUES (1), (1)")
    return project


def failed(project: Project) -> str:
    result = project.manage("migrate")
    assert result.returncode == 1, result.stdout
    assert "Traceback" not in result.stderr
    return result.stderr


def succeeds(project: Project) -> str:
    result = project.manage("migrate")
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_what_is_committed_is_named_and_not_run_again(shop: Project, sql: Sql) -> None:
    shop.migration("0002_paint", ADD_COLOUR, PAINT, atomic=False, before=BEFORE.format(FAILING))

    printed = failed(shop)

    assert (
        "Migration shop.0002_paint failed: ValueError: no paint (migrations/0002_paint.py, line 14)."
        " Committed, and kept: Add field colour to box. Perhaps partly committed: RunPython(paint). A repeat runs this"
        " again; check that it may, or undo it by hand first."
    ) in printed
    assert sql("SELECT size, colour FROM shop_box") == [(7, None), (7, None)]
    shop.migration("0002_paint", ADD_COLOUR, PAINT, atomic=False, before=BEFORE.format(FINE))
    succeeds(shop)
    assert sql("SELECT size, colour FROM shop_box") == [(7, None), (7, None)]
    assert sql("SELECT * FROM releases_journal") == []


def test_what_a_killed_release_had_committed_is_not_run_again(shop: Project, sql: Sql) -> None:
    operations = (ADD_COLOUR, ADD_COLOUR.replace("colour", "label"), PAINT)
    shop.migration("0002_paint", *operations, atomic=False, before=BEFORE.format(KILLED))
    assert shop.manage("migrate").returncode == -9
    shop.migration("0002_paint", *operations, atomic=False, before=BEFORE.format(FINE))
    succeeds(shop)
    assert sql("SELECT size, colour FROM shop_box") == [(7, None), (7, None)]


def test_what_is_committed_cannot_be_edited(shop: Project, sql: Sql) -> None:
    shop.migration("0002_paint", ADD_COLOUR, PAINT, atomic=False, before=BEFORE.format(FAILING))
    failed(shop)
    edited = ADD_COLOUR.replace("TextField", "IntegerField")
    shop.migration("0002_paint", edited, PAINT, atomic=False, before=BEFORE.format(FINE))
    printed = failed(shop)
    assert "was edited after an interrupted release had committed 1 of its operations" in printed
    assert "It was left as it is." in printed
    assert "Applying shop.0002_paint" not in printed
    assert "was edited after" in shop.manage("plan_release").stderr
    shop.migration("0002_paint", ADD_COLOUR, PAINT, atomic=False, before=BEFORE.format(FINE))
    succeeds(shop)


def test_another_migration_instead_of_a_half_run_one_is_refused_before_the_first_change(shop: Project) -> None:
    """It would find that its columns exist; then two would be half-run, and no code would have both."""
    shop.migration("0002_paint", ADD_COLOUR, PAINT, atomic=False, before=BEFORE.format(FAILING))
    failed(shop)
    file = shop.root / "shop/migrations/0002_paint.py"
    renamed = file.rename(file.with_name("0002_coat.py"))
    for printed in (failed(shop), shop.manage("plan_release").stderr):
        assert "Migration shop.0002_paint is half-run, and this code does not have it" in printed
        assert "Applying" not in printed
    half_run = "Half-run, and unknown to this code: shop.0002_paint."
    renamed.rename(renamed.with_suffix(".txt"))
    assert half_run in succeeds(shop)  # as the old image
    assert half_run in shop.manage("releases").stdout
    shop.migration("0002_paint", ADD_COLOUR, PAINT, atomic=False, before=BEFORE.format(FINE))
    assert "Half-run" not in succeeds(shop)


def test_an_operation_is_committed_as_a_whole_or_not_at_all(shop: Project, sql: Sql, engine: str) -> None:
    """On SQLite a failed constraint used to leave a table behind that stopped every later release."""
    unique = 'migrations.AddConstraint("box", models.UniqueConstraint(fields=["size"], name="one_size"))'
    shop.migration("0002_unique", unique, atomic=False)
    assert ("Nothing was changed." if engine == "postgresql" else "Nothing of it was committed.") in failed(shop)

    sql("UPDATE shop_box SET size = id")
    shop.migration(
        "0003_paint", "migrations.RunPython(paint, atomic=True)", atomic=False, before=BEFORE.format(FAILING)
    )
    shop.migration("0002_unique", unique, ADD_COLOUR, atomic=False)
    assert "Nothing of it was committed" in failed(shop)
    assert sql("SELECT size FROM shop_box ORDER BY 1") == [(1,), (2,)]


def test_a_migration_in_a_transaction_is_rolled_back_whatever_its_operations_say(
    shop: Project, sql: Sql, engine: str
) -> None:
    """On PostgreSQL its operations are committed one by one, and each of them is rolled back as a whole."""
    operations = (ADD_COLOUR, "migrations.RunPython(paint, atomic=False)")
    shop.migration("0002_paint", *operations, before=BEFORE.format(FAILING))
    printed = failed(shop)
    if engine == "postgresql":
        assert "Committed, and kept: Add field colour to box. A repeat continues there." in printed
    else:
        assert "It was rolled back, and nothing else was changed." in printed
    assert sql("SELECT id, size FROM shop_box") == [(1, 1), (2, 1)]
    shop.migration("0002_paint", *operations, before=BEFORE.format(FINE))
    succeeds(shop)


def test_a_repeat_continues_if_every_operation_allows_it(shop: Project, sql: Sql, engine: str) -> None:
    operations = ["migrations.RunPython(migrations.RunPython.noop)", PAINT]
    if engine == "postgresql":
        operations[:0] = [
            'AddIndexConcurrently("box", models.Index(fields=["size"], name="box_size"))',
            "migrations.RunSQL(['REINDEX INDEX CONCURRENTLY box_size', ('DROP INDEX CONCURRENTLY box_size', None)])",
        ]
    for what in (FAILING, FINE):
        shop.migration("0002_paint", *operations, atomic=False, before=BEFORE.format(what))
        file = shop.root / "shop/migrations/0002_paint.py"
        file.write_text(file.read_text().replace("    atomic", "    repeatable = True\n    atomic"))
        if what == FAILING:
            assert "A repeat continues there." in failed(shop)
    succeeds(shop)
    assert sql("SELECT size FROM shop_box") == [(7,), (7,)]


@pytest.mark.usefixtures("postgresql")
def test_an_attempt_continues_where_the_one_before_was_stopped(shop: Project, sql: Sql, database_url: str) -> None:
    """A lock timeout is transient, so the release tries again; the foreign key that Django defers is not lost."""
    lid = CREATE_BOX.replace("Box", "Lid")
    shop.migration("0002_lid", lid)
    succeeds(shop)
    foreign_key = 'migrations.AddField("lid", "box", models.ForeignKey("shop.box", models.CASCADE, null=True))'
    shop.migration("0003_paint", foreign_key, ADD_COLOUR, atomic=False)
    with psycopg.connect(database_url) as idle:
        idle.execute("UPDATE shop_box SET size = 2")
        release = shop.start("migrate", RELEASE_LOCK_TIMEOUT="0.2")
        assert release.stdout
        while "Trying again" not in release.stdout.readline():
            assert release.poll() is None
    _, errors = release.communicate(timeout=60)

    assert release.returncode == 0, errors
    constraints = "SELECT contype::text FROM pg_constraint WHERE conrelid = 'shop_lid'::regclass AND contype = 'f'"
    assert sql(constraints) == [("f",)]
    assert sql("SELECT count(*) FROM pg_indexes WHERE tablename = 'shop_lid'") == [(2,)]
