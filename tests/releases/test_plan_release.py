"""What a release will do to the running version: foretold, refused before the first change, overruled, recorded."""

import json
import re
from typing import Any

import psycopg
import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project

BOX = """class Box(models.Model):
    size = models.IntegerField()
    color = models.CharField(max_length=20)
"""
CREATE_BOX = """migrations.CreateModel("Box", [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("size", models.IntegerField()),
    ("color", models.CharField(max_length=20)),
])"""
RENAME = 'migrations.RenameField("Box", "color", "colour")'
UNIQUE = 'migrations.AlterField("Box", "size", models.IntegerField(unique=True))'
INDEX = 'migrations.AddIndex("Box", models.Index(fields=["size"], name="box_size"))'
FILL = """
def fill(apps, schema_editor):
    pass
"""
ACCEPTED = "Nobody reads it."
NOTE_STATEMENTS = """
CREATE TABLE ddl (statement text);
CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO public.ddl VALUES (current_query()); END';
CREATE EVENT TRIGGER note ON ddl_command_start EXECUTE FUNCTION note();
"""
COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'shop_box' ORDER BY 1"
on_postgresql = pytest.mark.usefixtures("postgresql")


@pytest.fixture
def shop(project: Project, sql: Sql, engine: str) -> Project:
    """On PostgreSQL a table of 60 000 rows, more than 2 MB."""
    project.models(BOX)
    project.migration("0001_box", CREATE_BOX)
    assert project.manage("migrate", "-v0").returncode == 0
    if engine == "postgresql":
        sql("INSERT INTO shop_box (size, color) SELECT n, 'red' FROM generate_series(1, 60000) n")
        sql("ANALYZE shop_box")
    return project


def planned(shop: Project) -> list[dict[str, Any]]:
    return [json.loads(line) for line in shop.manage("plan_release", "--json").stdout.splitlines()]


def accept(shop: Project, name: str, kind: str) -> None:
    file = shop.root / f"shop/migrations/{name}.py"
    file.write_text(f'{file.read_text()}    release_accepts = {{"{kind}": "{ACCEPTED}"}}\n')


def test_nothing_is_pending(shop: Project) -> None:
    result = shop.manage("plan_release")
    assert (result.returncode, result.stdout, result.stderr) == (0, "No migration is pending.\n", "")
    assert planned(shop) == []


@on_postgresql
def test_a_part_of_a_new_field_waits_for_the_old_version_and_is_named_until_then(shop: Project) -> None:
    field = 'migrations.AddField("Box", "label", models.CharField(max_length=9, default="new"))'
    shop.migration("0002_label", field)
    words = "Add field label to Box: now, and the rest after the old version"
    assert f"  {words}\n" in shop.manage("plan_release").stdout
    assert [one["verdict"] for one in planned(shop)] == ["after the old version"]
    released = shop.manage("migrate").stdout
    assert f"shop.0002_label, {words}. The old version's inserts leave the column out, and get its default." in released
    (command,) = re.findall(
        r"wait for the old version to go: 1\..* or, when no .*: python manage\.py (.*)$", released, re.MULTILINE
    )
    left = shop.manage("plan_release").stdout
    assert "Pending until the old version has gone: drop the default of shop_box.label (since " in left
    assert "No migration is pending." in left
    assert shop.manage(*command.split()).returncode == 0
    assert shop.manage("plan_release").stdout == "No migration is pending.\n"
    assert "wait for the old version" not in shop.manage("migrate").stdout


@on_postgresql
def test_each_operation_has_its_verdict_with_table_and_lock(shop: Project) -> None:
    shop.migration("0002_change", INDEX, "migrations.RunPython(fill)", before=FILL)

    result = shop.manage("plan_release")

    assert (result.returncode, result.stderr) == (0, "")
    heading, index, table, reason, lock, python, *_ = result.stdout.splitlines()
    assert heading == "shop.0002_change"
    assert index == "  Create index box_size on field(s) size of model Box: online"
    assert table.startswith("    shop_box, ")
    assert table.endswith(" MB, 60 000 rows")
    assert (reason, lock) == ("    Built concurrently; nobody waits for it.", "    Lock: SHARE UPDATE EXCLUSIVE.")
    assert python == "  RunPython(fill): as it is"


@on_postgresql
def test_a_refusal_is_foretold_with_exit_code_1(shop: Project, sql: Sql) -> None:
    shop.migration("0002_change", RENAME)

    result = shop.manage("plan_release")

    assert result.returncode == 1
    assert "Rename field color on Box to colour: refused" in result.stdout
    assert all(len(line) <= 80 or line.startswith("    ") for line in result.stdout.splitlines())
    (one,) = planned(shop)
    assert one["verdict"] == "refused"
    assert one["tables"][0]["name"] == "shop_box"


@on_postgresql
def test_a_release_refuses_before_the_first_change(shop: Project, sql: Sql) -> None:
    shop.migration("0002_first", 'migrations.AddField("Box", "weight", models.IntegerField(null=True))')
    shop.migration("0003_change", RENAME)

    result = shop.manage("migrate")

    assert result.returncode == 1
    assert "Nothing was changed." in result.stderr
    assert "- shop.0003_change, Rename field color on Box to colour: It breaks every statement" in result.stderr
    assert "To see the whole plan, run: python manage.py plan_release" in result.stderr
    assert "Traceback" not in result.stderr
    assert [name for (name,) in sql(COLUMNS)] == ["color", "id", "size"]


@on_postgresql
def test_pasting_what_a_refused_rename_prints_keeps_the_column(shop: Project, sql: Sql) -> None:
    shop.migration("0002_change", RENAME)
    lines = shop.manage("migrate").stderr.splitlines()
    line = lines[lines.index("  In the model:") + 1]
    before = lines[lines.index("  In the migration, before this operation:") + 1]

    shop.models(f"class Box(models.Model):\n    size = models.IntegerField()\n    {line.strip()}\n")
    shop.migration("0002_change", before.strip().removesuffix(","), RENAME)

    assert shop.manage("migrate").returncode == 0
    assert shop.manage("makemigrations", "--check").returncode == 0
    assert [name for (name,) in sql(COLUMNS)] == ["color", "id", "size"]


@on_postgresql
def test_pasting_what_a_refused_rename_of_a_model_prints_keeps_the_table(shop: Project, sql: Sql) -> None:
    rename = 'migrations.RenameModel("Box", "Crate")'
    shop.migration("0002_change", rename)
    lines = shop.manage("migrate").stderr.splitlines()
    line = lines[lines.index("  In the Meta of the model:") + 1]
    before = lines[lines.index("  In the migration, before this operation:") + 1]

    shop.models(f"{BOX.replace('Box', 'Crate')}\n    class Meta:\n        {line.strip()}\n")
    shop.migration("0002_change", before.strip().removesuffix(","), rename)

    assert shop.manage("migrate").returncode == 0
    assert shop.manage("makemigrations", "--check").returncode == 0
    assert sql("SELECT count(*) FROM shop_box") == [(60000,)]


@on_postgresql
def test_two_refusals_of_one_field_are_corrected_one_after_the_other(shop: Project, sql: Sql) -> None:
    """As of wagtailcore.0070: once the first is, the column keeps its name in the second."""
    shelf = 'migrations.AddField("Box", "shelf", models.ForeignKey("shop.Box", models.CASCADE, null=True))'
    shop.migration("0002_shelf", shelf)
    assert shop.manage("migrate", "-v0").returncode == 0
    kept = 'models.CharField(max_length=9, null=True, db_column="shelf_id")'
    rename = 'migrations.RenameField("Box", "shelf", "label")'
    shop.migration(
        "0003_label", 'migrations.AlterField("Box", "shelf", models.CharField(max_length=9, null=True))', rename
    )
    both = shop.manage("migrate").stderr
    assert "\nBegin with the first: correcting it may change what is to be written for the others.\n" in both

    shop.migration("0003_label", f'migrations.AlterField("Box", "shelf", {kept})', rename)
    shop.settings('RELEASES["LARGE_TABLE"] = 10**9')  # of a large one the other type is refused as well
    result = shop.manage("migrate")
    assert result.returncode == 0, result.stderr
    assert [name for (name,) in sql(COLUMNS)] == ["color", "id", "shelf_id", "size"]


@on_postgresql
def test_a_refused_table_name_is_kept_in_the_meta(shop: Project) -> None:
    shop.migration("0002_change", 'migrations.AlterModelTable("Box", "crates")')
    said = shop.manage("migrate").stderr
    assert (
        "  In the Meta of the model:\n      db_table = 'shop_box'\n  Remove this operation from the migration." in said
    )


@on_postgresql
def test_a_reason_on_the_migration_overrules_and_is_recorded(shop: Project, sql: Sql) -> None:
    shop.models(BOX.replace("color", "colour"))
    shop.migration("0002_change", RENAME)
    accept(shop, "0002_change", "RenameField")

    result = shop.manage("migrate")

    assert result.returncode == 0, result.stderr
    assert "shop.0002_change, Rename field color on Box to colour: refused. It breaks" in result.stdout
    assert f"Accepted: {ACCEPTED}" in result.stdout
    ((recorded,),) = sql("SELECT migrations FROM releases_release ORDER BY id DESC LIMIT 1")
    (entry,) = recorded if isinstance(recorded, list) else json.loads(recorded)
    assert [(one["verdict"], one["accepted"]) for one in entry["verdicts"]] == [("refused", ACCEPTED)]


@on_postgresql
@pytest.mark.parametrize("apart", [False, True])
def test_an_accepted_rename_waits_for_the_contract(shop: Project, sql: Sql, apart: bool) -> None:
    """It would forget what it is to drop."""
    shop.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    remove, rename = 'migrations.RemoveField("Box", "color")', 'migrations.RenameModel("Box", "Crate")'
    shop.migration("0002_change", remove, *(() if apart else (rename,)))
    without_color = "".join(BOX.splitlines(keepends=True)[:-1])
    if apart:
        shop.models(without_color)
        assert shop.manage("migrate", COMMIT="one").returncode == 0
        shop.migration("0003_rename", rename)
    shop.models(without_color.replace("Box", "Crate"))
    accept(shop, "0003_rename" if apart else "0002_change", "RenameModel")

    with psycopg.connect(shop.database_url):  # an old session
        refused = shop.manage("migrate", COMMIT="two")
    assert refused.returncode == 1
    assert "names what it would rename, or the new name: drop column color of shop_box." in refused.stderr
    assert "To release it all the same" not in refused.stderr

    if apart:
        assert "Contract: drop column color of shop_box." in shop.manage("migrate", COMMIT="two").stdout
        assert [name for (name,) in sql(COLUMNS.replace("shop_box", "shop_crate"))] == ["id", "size"]


@on_postgresql
@pytest.mark.parametrize(
    ("rename", "old", "new"),
    [(RENAME, "color", "colour"), ('migrations.RenameModel("Box", "Crate")', "Box", "Crate")],
)
@pytest.mark.parametrize("apart", [False, True])
def test_what_follows_an_accepted_rename_is_online(
    shop: Project, sql: Sql, rename: str, old: str, new: str, apart: bool
) -> None:
    """In the same migration, or in the next one."""
    sql(NOTE_STATEMENTS)
    by_size = 'models.Index(fields=["size"], name="by_size")'
    positive = 'models.CheckConstraint(condition=models.Q(size__gt=0), name="positive")'
    meta = f"    class Meta:\n        indexes = [{by_size}]\n        constraints = [{positive}]\n"
    shop.models(f"{BOX}{meta}".replace(old, new))
    index, check = (
        text.replace("Box", "Crate") if new == "Crate" else text
        for text in (f'migrations.AddIndex("Box", {by_size})', f'migrations.AddConstraint("Box", {positive})')
    )
    shop.migration("0002_change", rename, *(() if apart else (index, check)))
    accept(shop, "0002_change", rename.partition(".")[2].partition("(")[0])
    if apart:
        shop.migration("0003_more", index, check)

    assert [one["verdict"] for one in planned(shop)] == ["refused", "online", "online"]
    result = shop.manage("migrate")

    assert result.returncode == 0, result.stderr
    ((recorded,),) = sql("SELECT migrations FROM releases_release ORDER BY id DESC LIMIT 1")
    verdicts = [verdict for entry in recorded for verdict in entry.get("verdicts", ())]
    assert [one["verdict"] for one in verdicts] == ["refused", "online", "online"]
    seen = [statement.replace('"', "") for (statement,) in sql("SELECT statement FROM ddl")]
    assert any(one.startswith("CREATE INDEX CONCURRENTLY") for one in seen), seen
    assert any(one.startswith("ALTER TABLE") and "VALIDATE CONSTRAINT positive" in one for one in seen), seen
    assert shop.manage("migrate", "shop", "0001").returncode == 0
    assert [name for (name,) in sql(COLUMNS)] == ["color", "id", "size"]


@on_postgresql
def test_duplicates_are_found_after_an_index_was_renamed(shop: Project, sql: Sql) -> None:
    shop.models(f'{BOX}    class Meta:\n        indexes = [models.Index(fields=["size"], name="box_size")]\n')
    shop.migration("0002_index", INDEX)
    assert shop.manage("migrate", "-v0").returncode == 0
    sql("UPDATE shop_box SET size = 7 WHERE id < 4")
    rename = 'migrations.RenameIndex("Box", new_name="by_size", old_name="box_size")'
    shop.migration("0003_change", rename, UNIQUE)

    result = shop.manage("migrate")

    assert result.returncode == 1
    assert "Rows violate it: there are 4 with the same " in result.stderr


@on_postgresql
@pytest.mark.parametrize("name", ["shop", "shop.0002_change"])
def test_a_reason_in_the_settings_overrules(shop: Project, name: str) -> None:
    shop.models(BOX.replace("color", "colour"))
    shop.migration("0002_change", RENAME)
    shop.settings(f'RELEASES["ACCEPTS"] = {{"{name}": {{"RenameField": "{ACCEPTED}"}}}}')

    assert planned(shop)[0]["accepted"] == ACCEPTED
    assert shop.manage("migrate").returncode == 0


@on_postgresql
def test_what_a_refusal_prints_overrules_all_of_it(shop: Project, sql: Sql) -> None:
    shop.models(BOX.replace("color", "colour").replace("Box", "Crate"))
    shop.migration("0002_change", RENAME)
    shop.migration("0003_crate", 'migrations.RenameModel("Box", "Crate")')
    refused = shop.manage("migrate").stderr
    assert '  shop.0003_crate: release_accepts = {"RenameModel": "..."}' in refused
    (printed,) = re.findall(r'^  RELEASES\["ACCEPTS"\] = .*$', refused, re.MULTILINE)
    shop.settings(printed.strip())
    result = shop.manage("migrate", "--traceback")
    assert result.returncode == 0, result.stderr
    assert [name for (name,) in sql(COLUMNS.replace("shop_box", "shop_crate"))] == ["colour", "id", "size"]


@on_postgresql
def test_a_reason_for_another_operation_overrules_nothing(shop: Project) -> None:
    shop.migration("0002_change", RENAME)
    accept(shop, "0002_change", "RenameModel")
    assert shop.manage("migrate").returncode == 1


@on_postgresql
@pytest.mark.parametrize(
    "operation",
    [
        UNIQUE,
        'migrations.AddConstraint("Box", models.UniqueConstraint(fields=["size"], name="one_size"))',
        'migrations.AddConstraint("Box", models.UniqueConstraint("size", name="one_size"))',
        'migrations.AlterUniqueTogether("Box", {("size", "color")})',
        "AddUniqueConstraint(\"Box\", models.UniqueConstraint(fields=['size'], name='one_size'))",
    ],
)
def test_duplicates_are_found_before_the_first_change(shop: Project, sql: Sql, operation: str) -> None:
    sql("UPDATE shop_box SET size = 7 WHERE id < 4")
    shop.migration("0002_change", operation, atomic=False)

    result = shop.manage("migrate")

    assert result.returncode == 1
    assert "Rows violate it: there are 4 with the same " in result.stderr
    assert "release_accepts" not in result.stderr
    sql("DELETE FROM shop_box WHERE id < 4")
    assert shop.manage("plan_release").returncode == 0


@on_postgresql
def test_rows_that_a_condition_leaves_out_are_no_duplicates(shop: Project, sql: Sql) -> None:
    sql("UPDATE shop_box SET size = 7 WHERE id < 4")
    condition = 'models.UniqueConstraint(fields=["size"], name="one_size", condition=models.Q(size__gt=7))'
    shop.migration("0002_change", f'migrations.AddConstraint("Box", {condition})')
    assert shop.manage("plan_release").returncode == 0


SCORE = 'migrations.AddField("Box", "score", models.IntegerField(default=0))'
SHOP = 'migrations.AddField("Box", "shop", models.IntegerField(null=True{}))'
NEXT = 'migrations.AddField("Box", "next", models.ForeignKey("shop.Box", models.CASCADE, {}))'
ONE_COLOR = 'migrations.AddConstraint("Box", models.UniqueConstraint("shop", "color", name="one_color"))'
NUMBER = """migrations.RunPython(
            lambda apps, editor: apps.get_model("shop", "Box").objects.update(shop=models.F("id"))
        )"""
POSITIVE = 'migrations.AddConstraint("Box", models.CheckConstraint(condition=models.Q(score__gt=0), name="positive"))'


@on_postgresql
def test_a_column_with_braces_in_its_name_is_named(shop: Project) -> None:
    shop.migration("0002_change", 'migrations.AddField("Box", "code", models.IntegerField(db_column="c{o}d{}e"))')
    assert "there are 60 000, and c{o}d{}e has no value for them." in shop.manage("migrate").stderr


@on_postgresql
@pytest.mark.parametrize(
    ("operations", "words", "instead"),
    [
        ([SCORE, POSITIVE], "there are 60 000", [SCORE.replace("0", "1"), POSITIVE]),
        (
            [SHOP.format(", default=1"), ONE_COLOR],
            "there are 60 000 with the same shop, color",
            [SHOP.format(""), NUMBER, ONE_COLOR],
        ),
        (
            [NEXT.format("default=0")],
            "there are 60 000 whose next_id refers to no row of shop_box",
            [NEXT.format("null=True")],
        ),
    ],
    ids=["check", "unique", "foreign key"],
)
def test_a_default_that_violates_is_found_before_the_first_change(
    shop: Project, sql: Sql, operations: list[str], words: str, instead: list[str]
) -> None:
    """And what it says to write instead is released."""
    shop.migration("0002_change", *operations)
    columns = sql(COLUMNS)
    result = shop.manage("migrate")
    assert (result.returncode, sql(COLUMNS)) == (1, columns)
    assert f"Rows violate it: {words}." in result.stderr
    assert "Nothing was changed." in result.stderr
    assert "They would get the default of the new field. " in result.stderr
    for number, operation in enumerate(instead):
        shop.migration(f"0002_change_{number}" if number else "0002_change", operation)
    assert shop.manage("migrate").returncode == 0


@on_postgresql
@pytest.mark.parametrize(
    ("operations", "is_refused"),
    [
        ([SCORE, POSITIVE], True),
        ([SHOP.format(", default=1"), ONE_COLOR], False),
        ([NEXT.format("default=0")], False),
    ],
    ids=["check", "unique", "foreign key"],
)
def test_without_rows_only_those_to_come_violate(
    shop: Project, sql: Sql, operations: list[str], *, is_refused: bool
) -> None:
    sql("DELETE FROM shop_box")
    shop.migration("0002_change", *operations)
    assert shop.manage("plan_release").returncode == is_refused


@on_postgresql
def test_a_new_field_without_a_default_is_filled_before_its_rule(shop: Project) -> None:
    """No default is to blame there."""
    has_shop = 'models.CheckConstraint(condition=models.Q(shop__isnull=False), name="has_shop")'
    rule = f'migrations.AddConstraint("Box", {has_shop})'
    shop.migration("0002_change", SHOP.format(""), rule)
    refused = shop.manage("migrate").stderr
    assert "Rows violate it: there are 60 000." in refused
    assert "Remove or change such rows first: in this release by a migration before this one," in refused
    assert "default of the new field" not in refused


@on_postgresql
def test_a_default_that_is_replaced_in_all_rows_but_those_of_the_old_version(shop: Project, sql: Sql) -> None:
    shop.migration("0002_score", SCORE)
    shop.migration("0003_fill", "migrations.RunSQL('UPDATE shop_box SET score = size')")
    shop.migration("0004_positive", POSITIVE)
    result = shop.manage("migrate")
    assert result.returncode == 1
    assert "Rows violate it: those that the old version inserts, by the default of score." in result.stderr
    assert "or add the constraint in the next release." in result.stderr
    assert "score" not in str(sql(COLUMNS))

    (shop.root / "shop/migrations/0004_positive.py").unlink()
    assert shop.manage("migrate").returncode == 0
    shop.migration("0004_positive", POSITIVE)
    result = shop.manage("migrate")
    assert (result.returncode, result.stderr) == (0, "")
    with pytest.raises(psycopg.errors.NotNullViolation):
        sql("INSERT INTO shop_box (size, color) VALUES (1, 'red')")


@on_postgresql
def test_duplicates_that_an_earlier_operation_may_remove_are_not_refused(shop: Project, sql: Sql) -> None:
    sql("UPDATE shop_box SET size = 7 WHERE id < 4")
    shop.migration("0002_clean", "migrations.RunSQL('DELETE FROM shop_box WHERE id < 4')")
    shop.migration("0003_change", UNIQUE)
    assert shop.manage("plan_release").returncode == 0


@on_postgresql
def test_a_table_of_the_same_release_is_not_refused_anything(shop: Project) -> None:
    shop.migration("0002_crate", 'migrations.CreateModel("Crate", [("id", models.BigAutoField(primary_key=True))])')
    shop.migration("0003_rename", 'migrations.RenameModel("Crate", "Chest")')
    assert {one["verdict"] for one in planned(shop)} == {"as it is"}


@on_postgresql
def test_judging_writes_nothing_and_calls_no_python(shop: Project, sql: Sql) -> None:
    code = """
from django.db.migrations.operations.base import Operation

def fill(apps, schema_editor):
    raise SystemExit("called")

class Paint(Operation):
    def state_forwards(self, app_label, state):
        pass
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        from_state.apps.get_model("shop", "Box").objects.using(schema_editor.connection.alias).update(color="blue")
    def describe(self):
        return "Paint"
"""
    shop.migration("0002_change", "migrations.RunPython(fill)", "Paint()", before=code)
    together = "migrations.SeparateDatabaseAndState([migrations.RunPython(fill)])"
    shop.migration("0003_change", together, before=code)

    assert all(one["reason"].startswith("What it does cannot be foretold.") for one in planned(shop))
    assert sql("SELECT count(*) FROM shop_box WHERE color = 'red'") == [(60000,)]


def test_elsewhere_the_plan_is_listed(shop: Project, engine: str) -> None:
    if engine == "postgresql":
        pytest.skip("has verdicts")
    shop.models(BOX.replace("color", "colour"))
    shop.migration("0002_change", RENAME)

    result = shop.manage("plan_release")

    assert result.returncode == 0
    assert result.stdout == (
        "On this database a release runs these as Django does, and judges nothing.\n"
        "shop.0002_change\n  Rename field color on Box to colour\n"
    )
    assert shop.manage("migrate").returncode == 0


@pytest.mark.either_engine
def test_the_worst_case_needs_no_database(shop: Project) -> None:
    shop.migration("0002_change", RENAME)
    result = shop.manage("plan_release", "--worst-case", "shop", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert result.returncode == 1
    assert "shop_box, 1 GB, 10 000 000 rows" in result.stdout
    assert "Judged 2 operations of 2 migrations." in result.stdout

    accept(shop, "0002_change", "RenameField")
    assert shop.manage("plan_release", "--worst-case", "shop").returncode == 0
    said = shop.manage("plan_release", "--worst-case", "nowhere").stderr
    assert said == "CommandError: No installed app has the label nowhere.\n"


@pytest.mark.either_engine
def test_makemigrations_says_what_it_wrote(shop: Project) -> None:
    shop.models(BOX.replace("IntegerField()", "IntegerField(db_index=True)"))
    result = shop.manage("makemigrations")
    assert result.returncode == 0
    assert (
        "On PostgreSQL, while an old version serves large tables: shop.0002_alter_box_size, Alter field size on box:"
        " online."
    ) in result.stdout
    assert "large" not in shop.manage("makemigrations", "--check").stdout


@on_postgresql
def test_a_reference_to_a_table_that_the_release_creates_is_no_violation(shop: Project) -> None:
    shop.migration("0002_label", 'migrations.CreateModel("Label", [("id", models.AutoField(primary_key=True))])')
    refers = 'migrations.AlterField("Box", "size", models.ForeignKey("shop.Label", models.CASCADE, db_column="size"))'
    shop.migration("0003_refers", refers)
    result = shop.manage("plan_release")
    assert (result.returncode, result.stderr) == (0, "")
    assert "online" in result.stdout


@on_postgresql
def test_until_a_first_release_has_succeeded_nobody_is_disturbed(project: Project, sql: Sql) -> None:
    """One that failed half-way has left tables, and goes on with renames; after that they are refused."""
    project.models(BOX.replace("color", "colour"))
    project.migration("0001_box", CREATE_BOX, "migrations.RunSQL('SELECT 1')")
    project.migration("0002_broken", "migrations.RunSQL('SELECT 1 / 0')")
    project.migration("0003_rename", RENAME)
    failed = project.manage("migrate")
    assert "Migration shop.0002_broken failed" in failed.stderr

    project.migration("0002_broken", "migrations.RunSQL('SELECT 1')")
    assert {one["verdict"] for one in planned(project)} == {"as it is"}
    succeeded = project.manage("migrate")
    assert succeeded.returncode == 0, succeeded.stderr
    assert sql("SELECT obj_description('django_migrations'::regclass, 'pg_class')") == [(None,)]

    project.migration("0004_again", 'migrations.RenameField("Box", "colour", "paint")')
    project.models(BOX.replace("color", "paint"))
    assert "It breaks every statement of the old version" in project.manage("migrate").stderr
