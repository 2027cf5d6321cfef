"""What a release that failed or was killed has made is nobody's: the next one changes it as it likes."""

import pytest

from releases.judge.facts import Column, Facts, Index, Table
from releases.judge.made import Made
from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, changed, with_field
from tests.releases.test_contract import OLD_INSERT, WITHOUT_NOTE
from tests.releases.test_interrupted import KILLER
from tests.releases.test_online import migrate_as_django, rows_of, shop, succeeds

__all__ = ["shop"]

on_postgresql = pytest.mark.usefixtures("postgresql")

LOG = "\n\nclass Log(models.Model):\n    {} = models.{}()\n    box = models.ForeignKey(Box, models.CASCADE)\n"
MODELS = with_field("width = models.IntegerField(null=True)") + LOG.format("data", "TextField")
CREATE = (
    'migrations.CreateModel("Log", [("id", models.BigAutoField(primary_key=True)), ("data_json", models.TextField()),'
    ' ("note", models.TextField()), ("box", models.ForeignKey("shop.box", models.CASCADE))])',
    'migrations.AddField("box", "breadth", models.IntegerField(null=True))',
)
SELECT, BROKEN = (f"migrations.RunSQL('SELECT {value}', '')" for value in ("1", "1 / 0"))
CHANGE = (
    'migrations.RenameField("Log", "data_json", "data")',
    'migrations.RemoveField("Log", "note")',
    'migrations.RenameField("Box", "breadth", "width")',
)
REFUSED = "It breaks every statement of the old version that names it."


def write(shop: Project, between: str) -> None:
    shop.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    shop.models(MODELS)
    shop.migration("0002_log", *CREATE)
    shop.migration("0003_between", between)
    shop.migration("0004_rename", *CHANGE)


@on_postgresql
def test_what_a_failed_release_made_is_changed_at_once(shop: Project, databases: Databases, database_url: str) -> None:
    write(shop, BROKEN)
    plain = databases.make(database_url)
    assert "Migration shop.0003_between failed" in shop.manage("migrate", COMMIT="new").stderr
    shop.migration("0003_between", SELECT)
    assert "refused" not in succeeds(shop, "plan_release", COMMIT="fixed")
    assert "wait for the old version" not in succeeds(shop, "migrate", COMMIT="fixed")
    migrate_as_django(shop, plain)
    assert rows_of(database_url, SCHEMA) == rows_of(plain, SCHEMA)


@on_postgresql
@pytest.mark.parametrize("commit", ["old", "new", ""])
def test_what_a_version_serves_with_is_refused_again(shop: Project, commit: str) -> None:
    """The code before may be released again meanwhile, which knows nothing of the new table."""
    shop.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    succeeds(shop, "migrate", COMMIT="old")
    write(shop, BROKEN)
    assert shop.manage("migrate", COMMIT="new").returncode == 1
    for migration in (shop.root / "shop/migrations").glob("000[234]*.py"):
        migration.unlink()
    shop.models(BASE)
    succeeds(shop, "migrate", COMMIT=commit)
    write(shop, SELECT)
    result = shop.manage("migrate", COMMIT="fixed")
    assert (REFUSED in result.stderr) == (commit != "old")
    assert (result.returncode == 0) == (commit == "old"), result.stderr


@on_postgresql
@pytest.mark.proof
def test_killed_wherever_it_goes_on(shop: Project, databases: Databases, database_url: str) -> None:
    shop.settings(KILLER)
    write(shop, SELECT)
    plain = databases.make(database_url)
    migrate_as_django(shop, plain)
    at, killed = 1.0, 0
    while (result := shop.manage("migrate", KILL_AT=str(at), COMMIT=f"new {at}")).returncode:
        assert result.returncode == -9, result.stdout + result.stderr
        at, killed = at + 1.5, killed + 1
    assert killed > 5
    assert rows_of(database_url, SCHEMA) == rows_of(plain, SCHEMA)


def test_made_is_what_was_not_there_before() -> None:
    made = Made()
    made.follow(
        [
            'CREATE TABLE "log" ("id" int)',
            'ALTER TABLE "box" ADD COLUMN "width" int',
            'ALTER TABLE "box" RENAME COLUMN "width" TO "breadth"',
            'ALTER TABLE "box" DROP COLUMN "note" CASCADE',
            'ALTER TABLE "box" ADD COLUMN "note" text',
            'DROP TABLE "lid" CASCADE',
            'CREATE TABLE "lid" ("id" int)',
            'CREATE TABLE "brief" ("id" int)',
            'DROP TABLE "brief"',
            'ALTER TABLE "log" RENAME TO "journal"',
            "not SQL",
        ]
    )
    assert made.pairs == {("journal", ""), ("box", "breadth")}


def test_facts_are_without_what_was_made() -> None:
    columns = {"size": Column("integer"), "width": Column("integer")}
    box, log = Table(1, False, columns=columns), Table(1, False)
    facts = Facts(
        {"box": box, "public.box": box, "log": log, "public.log": log}, {"one": Index("log"), "two": Index("box")}
    )
    reduced = Made({("log", ""), ("box", "width")}).without(facts)
    assert reduced.tables.keys() == {"box", "public.box"}
    assert (set(reduced.tables["box"].columns), set(reduced.tables["box"].added)) == ({"size"}, {"width"})
    assert reduced.tables["public.box"] == reduced.tables["box"]
    assert reduced.indexes.keys() == {"two"}


@on_postgresql
def test_what_a_failed_release_let_wait_is_not_made_until_one_has_succeeded(shop: Project, sql: Sql) -> None:
    """The version that serves may have no session at the moment."""
    shop.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    succeeds(shop, "migrate", COMMIT="old")
    shop.models(WITHOUT_NOTE)
    shop.migration("0002_less", 'migrations.RemoveField("box", "note")')
    shop.migration("0003_between", BROKEN)
    assert "Migration shop.0003_between failed" in shop.manage("migrate", COMMIT="new").stderr
    words = "No release of shop.0002_less has succeeded yet, and the version that serves may need"
    assert words in shop.manage("migrate", "--finish", COMMIT="new").stderr
    shop.migration("0003_between", SELECT)
    released = succeeds(shop, "migrate", COMMIT="fixed")
    assert words in released
    assert "drop column note of shop_box. When one has succeeded, the next release makes the changes" in released
    sql(OLD_INSERT)
    assert "Contract: drop column note of shop_box." in succeeds(shop, "migrate", "--finish", COMMIT="fixed")


@on_postgresql
@pytest.mark.parametrize("initial", [False, True])
def test_a_half_run_migration_goes_on_beside_the_table_that_it_created(
    shop: Project, sql: Sql, databases: Databases, database_url: str, initial: bool
) -> None:
    """Also with --fake-initial, which would take it for one that has run."""
    plain = databases.make(database_url)
    log = "\n\nclass Log(models.Model):\n    data = models.TextField()\n"
    shop.models(changed(("label = models.CharField(", "label = models.CharField(db_index=True, ")) + log)
    create = 'migrations.CreateModel("Log", [("id", models.BigAutoField(primary_key=True)), {}])'
    create = create.format('("data", models.TextField())')
    label = 'migrations.AlterField("Box", "label", models.CharField(max_length=40, null=True, db_index=True))'
    fill = "def fill(apps, editor):\n    {}apps.get_model('shop', 'Log').objects.create(data='x')\n\n"
    run = "migrations.RunPython(fill, migrations.RunPython.noop)"
    for text in ("1 / 0\n    ", ""):
        shop.migration("0002_log", create, label, run, before=fill.format(text))
        path = shop.root / "shop/migrations/0002_log.py"
        path.write_text(path.read_text().replace("    atomic", f"    initial = {initial}\n    atomic"))
        result = shop.manage("migrate", "--fake-initial")
        assert (result.returncode == 0) == (text == ""), result.stderr
    assert sql("SELECT data FROM shop_log") == [("x",)]
    assert sql("SELECT * FROM releases_journal") == []
    migrate_as_django(shop, plain)
    assert rows_of(database_url, SCHEMA) == rows_of(plain, SCHEMA)
