"""What `rollback` shows before it asks: which rows and values are deleted, and what comes back empty."""

import pytest

from tests.conftest import Once, Sql
from tests.releases.conftest import Project
from tests.releases.test_rollback import released

ID = '("id", models.BigAutoField(primary_key=True))'
REVERSE = '''def fill(apps, schema_editor):
    pass


def empty(apps, schema_editor):
    """Empties what fill() filled.

    More words.
    """


'''


def told(project: Project) -> list[str]:
    """The plan, which is shown without a terminal, too; then nothing is changed."""
    result = project.manage("rollback")
    assert "There is no terminal to ask for confirmation. Nothing was changed." in result.stderr, result.stderr
    plan = result.stdout.split("To be undone, in this order:\n")[1]
    return plan.split("This version of the code")[0].splitlines()


@pytest.fixture
def shop(project: Project, once: Once) -> Project:
    """One release succeeded."""
    project.migration("0001_first", f'migrations.CreateModel("First", [{ID}])')
    once("shop with a first table", lambda: released(project))
    return project


def test_each_operation_says_what_it_deletes(shop: Project, sql: Sql) -> None:
    shop.migration(
        "0002_shelf",
        f'migrations.CreateModel("Shelf", [{ID}, ("colour", models.TextField())], {{"db_table": "Odd Shelf"}})',
        f'migrations.CreateModel("Book", [{ID}, ("shelves", models.ManyToManyField("shop.Shelf"))])',
        'migrations.CreateModel("Plain", [], {"proxy": True}, ("shop.first",))',
        f'migrations.CreateModel("Foreign", [{ID}], {{"managed": False}})',
    )
    shop.migration(
        "0003_fields",
        'migrations.AddField("shelf", "width", models.IntegerField(null=True))',
        'migrations.AddField("shelf", "note", models.TextField(null=True))',
        'migrations.AddField("shelf", "near", models.ManyToManyField("self"))',
    )
    shop.migration(
        "0004_others",
        "migrations.RunPython(fill, empty)",
        "migrations.RunPython(fill, migrations.RunPython.noop)",
        'migrations.RunSQL("SELECT 1", "SELECT  2")',
        'migrations.RunSQL("SELECT 1", migrations.RunSQL.noop)',
        'migrations.SeparateDatabaseAndState([migrations.RunSQL("SELECT 1", ["SELECT 3", ("SELECT %s", [4711])])])',
        'migrations.AddIndex("shelf", models.Index(fields=["width"], name="by_width"))',
        'migrations.RemoveField("shelf", "colour")',
        before=REVERSE,
    )
    assert shop.manage("migrate", "-v0").returncode == 0
    sql("""INSERT INTO "Odd Shelf" (id, width, note) VALUES (1, 3, ''), (2, NULL, 'x'), (3, 4, NULL)""")
    sql("INSERT INTO shop_book VALUES (1)")
    sql("INSERT INTO shop_book_shelves (book_id, shelf_id) VALUES (1, 1), (1, 2)")

    assert told(shop) == [
        "  shop.0004_others",
        "    Of a test.",
        "    - field colour of shelf comes back empty",
        "    - undoes: Create index by_width on field(s) width of model shelf",
        "    - runs SQL: SELECT 3; SELECT %s",
        "    - leaves what its SQL did",
        "    - runs SQL: SELECT 2",
        "    - leaves what fill() did",
        "    - runs empty(): Empties what fill() filled.",
        "  shop.0003_fields",
        "    Of a test.",
        "    - drops table Odd Shelf_near with 0 rows",
        "    - drops column Odd Shelf.note with 1 value",
        "    - drops column Odd Shelf.width with 2 values",
        "  shop.0002_shelf",
        "    Of a test.",
        "    - removes model Foreign, which has no table of its own here",
        "    - removes model Plain, which has no table of its own here",
        "    - drops table shop_book with 1 row, shop_book_shelves with 2 rows",
        "    - drops table Odd Shelf with 3 rows, Odd Shelf_near with 0 rows",
    ]


def test_tables_and_columns_are_counted_under_their_current_names(shop: Project, sql: Sql) -> None:
    """Later migrations of the same plan renamed or removed them, or they were dropped by hand."""
    shop.migration(
        "0002_old",
        f'migrations.CreateModel("Old", [{ID}])',
        'migrations.AddField("old", "before", models.TextField(null=True))',
        'migrations.AddField("old", "gone", models.TextField(null=True))',
        'migrations.AddField("old", "dropped", models.TextField(null=True))',
        f'migrations.CreateModel("Brief", [{ID}])',
        f'migrations.CreateModel("Lost", [{ID}])',
    )
    shop.migration(
        "0003_new",
        'migrations.RenameModel("Old", "New")',
        'migrations.RenameField("new", "before", "after")',
        'migrations.RemoveField("new", "gone")',
        'migrations.DeleteModel("Brief")',
    )
    assert shop.manage("migrate", "-v0").returncode == 0
    sql("INSERT INTO shop_new (id, after) VALUES (1, 'x'), (2, NULL)")
    sql("DROP TABLE shop_lost")
    sql("ALTER TABLE shop_new DROP COLUMN dropped")

    assert told(shop) == [
        "  shop.0003_new",
        "    Of a test.",
        "    - model Brief comes back with an empty table",
        "    - field gone of new comes back empty",
        "    - undoes: Rename field before on new to after",
        "    - undoes: Rename model Old to New",
        "  shop.0002_old",
        "    Of a test.",
        "    - drops table shop_lost with an unknown number of rows: it does not exist",
        "    - removes model Brief, which comes back before that",
        "    - drops column shop_new.dropped with an unknown number of values: it does not exist",
        "    - removes field gone of old, which comes back before that",
        "    - drops column shop_new.after with 1 value",
        "    - drops table shop_new with 2 rows",
    ]


def test_a_large_table_is_not_counted_to_its_end(shop: Project, sql: Sql) -> None:
    sql(
        "INSERT INTO shop_first (id) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100002)"
        " SELECT i FROM n"
    )

    result = shop.manage("rollback", "shop")

    assert "    - drops table shop_first with more than 100 000 rows\n" in result.stdout


def test_it_says_which_code_stops_serving(shop: Project, engine: str) -> None:
    lines = shop.manage("rollback").stdout.splitlines()

    end = [
        "This also deletes the history of releases: this step back is recorded in this output only.",
        "This version of the code needs these migrations. Where it still runs, /readyz",
        "answers 503 and pages fail from the first step on, and a container of it that",
        "starts migrates forward again. So bring the older version back first.",
    ]
    if engine == "postgresql":
        end.append("Other sessions of this database now: 0.")
    assert lines[-len(end) :] == end
