"""Backfill fills columns of existing rows in batches that are committed, and goes on where it was stopped."""

import signal

import psycopg
import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_hangs import wait_for

FIELDS = {
    "id": "models.BigAutoField(primary_key=True)",
    "first": "models.CharField(max_length=20)",
    "last": "models.CharField(max_length=20)",
    "age": "models.IntegerField(default=0)",
}
FULL_NAME = "models.CharField(max_length=50, null=True)"
ADD = f'migrations.AddField("person", "full_name", {FULL_NAME})'
JOINED = 'Concat("first", models.Value(" "), "last")'
FILL = f'Backfill("person", {{"full_name": {JOINED}}}, where=models.Q(full_name=None))'
IMPORTS = "import os, signal, time\nfrom django.db.models.functions import *"
ROWS = """
WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {})
INSERT INTO shop_person (first, last, age) SELECT 'Ada', 'no. ' || n, 0 FROM counted
"""


def declare(project: Project, fields: dict[str, str]) -> None:
    lines = [f"    {name} = {field}\n" for name, field in fields.items()]
    project.models(f"class Person(models.Model):\n{''.join(lines)}")


def creation(fields: dict[str, str]) -> str:
    listed = ", ".join(f'("{name}", {field})' for name, field in fields.items())
    return f'migrations.CreateModel("Person", [{listed}])'


def create(project: Project, fields: dict[str, str]) -> None:
    declare(project, fields)
    project.migration("0001_person", creation(fields))
    succeeds(project)


@pytest.fixture
def shop(project: Project, sql: Sql) -> Project:
    create(project, FIELDS)
    sql(ROWS.format(5000))
    return project


def second(project: Project, *operations: str, before: str = "", fields: dict[str, str] = FIELDS) -> None:
    declare(project, {**fields, "full_name": FULL_NAME})
    project.migration("0002_full_name", *operations, before=f"{IMPORTS}\n{before}")


def succeeds(project: Project, *arguments: str) -> str:
    result = project.manage(*(arguments or ("migrate",)))
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def fails(project: Project) -> str:
    result = project.manage("migrate")
    assert result.returncode == 1, result.stdout
    assert "Traceback" not in result.stderr
    return result.stderr


def test_it_fills_every_row_that_matches(shop: Project, sql: Sql) -> None:
    second(shop, ADD, FILL)
    succeeds(shop)
    assert sql("SELECT count(*) FROM shop_person WHERE full_name = first || ' ' || last") == [(5000,)]


def test_it_fills_a_table_of_the_same_release(project: Project, sql: Sql) -> None:
    insert = "migrations.RunSQL(\"INSERT INTO shop_person (first, last, age) VALUES ('Ada', 'Byron', 36)\")"
    second(project, creation(FIELDS), ADD, insert, FILL)
    succeeds(project)
    assert sql("SELECT full_name FROM shop_person") == [("Ada Byron",)]


GROWN = 'Backfill("person", {"age": Slowly(models.F("age") + 1)})'
SLOWLY = """
class Slowly(models.Func):
    function, template = "", "%(expressions)s"

    def as_sql(self, *arguments, **keywords):
        time.sleep(0.01)  # so that it can be killed between batches
        return super().as_sql(*arguments, **keywords)
"""


BACK = GROWN.removesuffix(")") + ', reverse={"age": Slowly(models.F("age") - 1)})'
AGES = "SELECT DISTINCT age FROM shop_person"


def killed_after(shop: Project, sql: Sql, age: int, rows: int, *command: str) -> None:
    """A command is killed once so many rows have that age, and not all."""
    counted = f"SELECT count(*) FROM shop_person WHERE age = {age}"
    process = shop.start(*command)
    while sql(counted)[0][0] < rows:
        assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert rows <= sql(counted)[0][0] < 5000


@pytest.mark.parametrize("by", ["rollback", "migrate", "edited"])
def test_undoing_that_was_killed_goes_on_so_that_every_row_is_undone_once(
    postgresql: None, shop: Project, sql: Sql, by: str
) -> None:
    second(shop, ADD, BACK, before=SLOWLY)
    succeeds(shop)
    assert sql(AGES) == [(1,)]
    killed_after(shop, sql, 0, 100, "rollback", "--noinput")
    if by == "edited":
        second(shop, ADD, BACK.replace("- 1", "- 2"), before=SLOWLY)
        assert "edited after a part of the rows of its Backfill had been undone" in fails(shop)
        second(shop, ADD, before=SLOWLY)  # without it
        assert "edited after a part of the rows" in shop.manage("rollback", "--noinput").stderr
        second(shop, ADD, BACK, before=SLOWLY)
    if by == "migrate":
        succeeds(shop)
        assert sql(AGES) == [(1,)]
    succeeds(shop, "rollback", "--noinput")
    assert sql(AGES) == [(0,)]


def test_undoing_that_fails_says_what_is_left(postgresql: None, shop: Project, sql: Sql) -> None:
    divided = GROWN.removesuffix(")") + ', reverse={"age": models.F("age") / (models.F("age") - 1)})'
    second(shop, ADD, divided, before=SLOWLY)
    succeeds(shop)
    failed = shop.manage("rollback", "--noinput").stderr
    assert "operations still to be undone: 2, after this step of the last one: undoing the other rows of" in failed
    assert sql(AGES) == [(1,)]
    assert "Still to do of a step back: undoing the other rows of a Backfill." in fails(shop)


def test_of_a_killed_backfill_only_what_it_did_is_undone(shop: Project, sql: Sql) -> None:
    second(shop, ADD, BACK, before=SLOWLY)
    killed_after(shop, sql, 1, 100, "migrate")
    succeeds(shop, "rollback", "--noinput")
    assert sql(AGES) == [(0,)]


HOLD = """
CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NEW; END $$;
CREATE TRIGGER hold BEFORE UPDATE ON shop_person FOR EACH ROW EXECUTE FUNCTION hold();
"""


def test_the_trigger_of_a_backfill_that_was_killed_before_its_first_batch_is_undone(
    postgresql: None, shop: Project, sql: Sql, database_url: str
) -> None:
    second(shop, ADD, FILL)
    sql(HOLD)
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(7)")
        release = shop.start("migrate")
        wait_for(lambda: sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory'"))
        release.send_signal(signal.SIGKILL)
        release.wait()
    succeeds(shop, "rollback", "--noinput")
    sql("INSERT INTO shop_person (first, last, age) VALUES ('Ada', 'Lovelace', 36)")
    assert sql("SELECT count(*) FROM pg_proc WHERE proname LIKE 'releases_%'") == [(0,)]


def test_undoing_without_a_transaction_goes_on_on_every_database(shop: Project, sql: Sql) -> None:
    declare(shop, {**FIELDS, "full_name": FULL_NAME})
    shop.migration("0002_full_name", ADD, BACK, atomic=False, before=f"{IMPORTS}\n{SLOWLY}")
    succeeds(shop)
    killed_after(shop, sql, 0, 100, "rollback", "--noinput")
    succeeds(shop, "rollback", "--noinput")
    assert sql(AGES) == [(0,)]


@pytest.mark.parametrize("rows", [100, 1000])
def test_a_killed_release_goes_on_so_that_every_row_is_updated_once(shop: Project, sql: Sql, rows: int) -> None:
    second(shop, ADD, GROWN, before=SLOWLY)
    grown = "SELECT count(*) FROM shop_person WHERE age = 1"
    release = shop.start("migrate")
    while sql(grown)[0][0] < rows:
        assert release.poll() is None
    release.send_signal(signal.SIGKILL)
    release.wait()
    assert rows <= sql(grown)[0][0] < 5000

    succeeds(shop)

    assert sql("SELECT DISTINCT age FROM shop_person") == [(1,)]


def test_one_that_was_edited_meanwhile_starts_from_the_first_row(shop: Project, sql: Sql) -> None:
    """Of those of the last batches the first one may be killed before it is committed."""
    second(shop, ADD, GROWN, before=SLOWLY)
    release = shop.start("migrate")
    while sql("SELECT max(age) FROM shop_person") == [(0,)]:
        assert release.poll() is None
    release.send_signal(signal.SIGKILL)
    release.wait()
    second(shop, ADD, GROWN.replace("+ 1", "* 0 + 5"), before=SLOWLY)
    succeeds(shop)
    assert sql("SELECT DISTINCT age FROM shop_person") == [(5,)]


# Of each kind: the fields, and the value in row n on SQLite and on PostgreSQL.
KEYS = {
    "UUIDs": ({"id": "models.UUIDField(primary_key=True)"}, "lower(hex(randomblob(16)))", "gen_random_uuid()"),
    "texts": ({"id": "models.CharField(max_length=9, primary_key=True)"}, "'no. ' || n", "'no. ' || n"),
    "moments": (
        {"id": "models.DateTimeField(primary_key=True)"},
        "'2026-01-01 00:00:00.' || printf('%06d', n)",
        "timestamptz '2026-01-01' + n * interval '1 microsecond'",
    ),
    "several columns": (
        {"id": "models.IntegerField()", "pk": 'models.CompositePrimaryKey("id", "last")'},
        "n % 9",
        "n % 9",
    ),
}


@pytest.mark.parametrize("keys", KEYS)
def test_the_primary_key_may_be_of_any_type(project: Project, sql: Sql, engine: str, keys: str) -> None:
    key_fields, on_sqlite, on_postgresql = KEYS[keys]
    fields = {**FIELDS, **key_fields}
    create(project, fields)
    key = on_postgresql if engine == "postgresql" else on_sqlite
    sql(ROWS.format(400).replace("(first", "(id, first").replace("SELECT 'Ada'", f"SELECT {key}, 'Ada'"))
    second(project, ADD, FILL, GROWN, before=SLOWLY, fields=fields)
    release = project.start("migrate")
    while sql("SELECT max(age) FROM shop_person") == [(0,)]:
        assert release.poll() is None
    release.send_signal(signal.SIGKILL)
    release.wait()

    succeeds(project)

    assert sql("SELECT DISTINCT age FROM shop_person") == [(1,)]
    assert sql("SELECT count(*) FROM shop_person WHERE full_name = first || ' ' || last") == [(400,)]


def test_an_update_that_leaves_where_true_is_refused_at_the_first_such_row(shop: Project, sql: Sql) -> None:
    second(shop, ADD, 'Backfill("person", {"age": models.F("age") + 1}, where=models.Q(first="Ada"))')
    printed = fails(shop)
    assert (
        "Backfill of shop_person: rows match its where= even after the update, such as the one with primary key 1, so"
        " it would never end. Write where= so that the update makes it false." in printed
    )
    assert sql("SELECT DISTINCT age FROM shop_person") == [(0,)]

    second(shop, ADD, 'Backfill("person", {"age": models.F("age") + 1}, where=models.Q(first="Ada", age=0))')
    succeeds(shop)
    assert sql("SELECT DISTINCT age FROM shop_person") == [(1,)]


def test_it_is_undone_as_it_says(shop: Project, sql: Sql) -> None:
    reversible = GROWN.replace("Slowly(", "(").removesuffix(")") + ', reverse={"age": models.F("age") - 1})'
    second(shop, ADD, reversible, FILL.removesuffix(")") + ", reverse={})")
    succeeds(shop)
    assert sql("SELECT DISTINCT age FROM shop_person") == [(1,)]
    succeeds(shop, "migrate", "shop", "0001")
    assert sql("SELECT DISTINCT age FROM shop_person") == [(0,)]


def test_without_that_the_migration_is_irreversible(shop: Project, sql: Sql) -> None:
    second(shop, ADD, FILL)
    succeeds(shop)
    result = shop.manage("migrate", "shop", "0001")
    assert result.returncode == 1
    assert "shop.0002_full_name cannot be undone. Nothing was changed." in result.stderr
    assert sql("SELECT count(*) FROM shop_person WHERE full_name IS NULL") == [(0,)]


@pytest.mark.parametrize(
    ("wrong", "printed"),
    [
        ('Backfill("person", {})', "Backfill needs at least one field in update={...}."),
        ('Backfill("person", {"age": 1}, where=models.Q())', "Backfill takes where=Q(...) with a condition"),
        ('Backfill("person", {"name": 1})', "Backfill name of person: shop.Person has no field 'name' here. It has id"),
        ('Backfill("person", {"age": 1}, reverse={"aeg": 0})', "shop.Person has no field 'aeg' here."),
        ('Backfill("person", {"id": 1})', "'id' is the primary key, by which the rows are visited."),
    ],
)
def test_a_mistake_is_found_before_anything_is_changed(shop: Project, wrong: str, printed: str) -> None:
    second(shop, ADD, wrong)
    result = shop.manage("makemigrations", "--check")
    assert result.returncode == 1
    assert printed in result.stderr


def test_it_is_written_as_it_was_read(shop: Project) -> None:
    second(shop, ADD, FILL)
    succeeds(shop, "squashmigrations", "shop", "0002", "--noinput")
    (squashed,) = (shop.root / "shop/migrations").glob("*squashed*")
    text = squashed.read_text()
    assert "releases.operations.Backfill(" in text
    assert "import releases.operations" in text
    succeeds(shop)


OLD_INSERT = "INSERT INTO shop_person (first, last, age) VALUES ('Grace', 'Hopper', 37)"
NAMES = "SELECT full_name FROM shop_person WHERE age = 37"


@pytest.fixture
def filled(postgresql: None, shop: Project) -> Project:
    """The release is done, and the old version still runs."""
    second(shop, ADD, FILL)
    succeeds(shop)
    return shop


def test_what_the_old_version_writes_after_the_release_is_filled_as_well(filled: Project, sql: Sql) -> None:
    sql(OLD_INSERT)
    assert sql(NAMES) == [("Grace Hopper",)]
    sql("UPDATE shop_person SET last = 'Murray' WHERE age = 37")
    assert sql(NAMES) == [("Grace Murray",)]


def test_what_the_new_version_writes_is_kept(filled: Project, sql: Sql) -> None:
    sql("INSERT INTO shop_person (first, last, age, full_name) VALUES ('Grace', 'Hopper', 37, 'Admiral')")
    sql("UPDATE shop_person SET age = 37, first = first WHERE full_name = 'Admiral'")
    sql("UPDATE shop_person SET first = 'G.', full_name = 'Commodore' WHERE age = 37")
    assert sql(NAMES) == [("Commodore",)]


def test_without_where_what_the_new_version_writes_is_kept_as_well(shop: Project, sql: Sql, postgresql: None) -> None:
    second(shop, ADD, f'Backfill("person", {{"full_name": {JOINED}}})')
    succeeds(shop)
    sql(OLD_INSERT)
    assert sql(NAMES) == [("Grace Hopper",)]
    sql("UPDATE shop_person SET last = 'Murray' WHERE age = 37")
    assert sql(NAMES) == [("Grace Murray",)]
    sql("UPDATE shop_person SET full_name = 'Admiral' WHERE age = 37")
    sql("UPDATE shop_person SET age = 37")
    assert sql("SELECT count(*) FROM shop_person WHERE full_name = 'Admiral'") == [(1,)]


def test_rows_that_where_leaves_out_are_left_out_by_the_trigger_too(shop: Project, sql: Sql, postgresql: None) -> None:
    second(shop, ADD, FILL.replace("full_name=None", "full_name=None, age__gt=17"))
    succeeds(shop)
    sql("INSERT INTO shop_person (first, last, age) VALUES ('Grace', 'Hopper', 7)")
    sql("UPDATE shop_person SET first = 'G.' WHERE age = 7")
    assert sql("SELECT full_name FROM shop_person WHERE age = 7") == [(None,)]
    sql("UPDATE shop_person SET age = 37 WHERE age = 7")
    assert sql(NAMES) == [("G. Hopper",)]


def test_the_contract_drops_the_trigger(filled: Project, sql: Sql) -> None:
    assert "drop the trigger that fills shop_person.full_name" in succeeds(filled, "migrate", "--finish")
    assert sql("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal") == [(0,)]
    assert sql("SELECT count(*) FROM pg_proc WHERE proname LIKE 'releases%%'") == [(0,)]
    sql(OLD_INSERT)
    assert sql(NAMES) == [(None,)]


def test_the_trigger_of_one_that_was_edited_after_a_failure_goes(shop: Project, sql: Sql, postgresql: None) -> None:
    again = FILL.replace("full_name=None", 'first="Ada"')
    second(shop, ADD, FILL, again)
    fails(shop)
    assert len(sql("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")) == 2
    second(shop, ADD, FILL, GROWN.replace("Slowly(", "("))
    succeeds(shop)
    assert len(sql("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")) == 1
    sql(OLD_INSERT)
    assert sql(NAMES) == [("Grace Hopper",)]


def test_undoing_the_migration_drops_the_trigger(shop: Project, sql: Sql, postgresql: None) -> None:
    second(shop, ADD, FILL.removesuffix(")") + ', reverse={"full_name": None})')
    succeeds(shop)
    succeeds(shop, "migrate", "shop", "0001")
    sql(OLD_INSERT)
    assert sql("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal") == [(0,)]
    assert "Nothing is pending" in succeeds(shop, "migrate", "--finish")


def test_no_row_of_the_old_version_is_missed_while_it_is_filled(
    shop: Project, sql: Sql, database_url: str, postgresql: None
) -> None:
    """The writer's session outlives the creation of the trigger, and a change of the table after that."""
    second(shop, ADD, FILL, 'migrations.AddField("person", "note", models.TextField(null=True))')
    file = shop.root / "shop/models.py"
    file.write_text(f"{file.read_text()}    note = models.TextField(null=True)\n")
    with psycopg.connect(database_url, autocommit=True) as old:
        release, written = shop.start("migrate"), 0
        while release.poll() is None or not written:
            old.execute(OLD_INSERT)
            old.execute("UPDATE shop_person SET first = 'Augusta' WHERE last = %s", [f"no. {1 + written % 5000}"])
            written += 1
    assert release.returncode == 0
    wrong = "SELECT count(*) FROM shop_person WHERE full_name IS DISTINCT FROM first || ' ' || last"
    assert sql(wrong) == [(0,)]


def test_a_row_that_somebody_has_locked_is_waited_for(
    shop: Project, sql: Sql, database_url: str, postgresql: None
) -> None:
    """That session may need rows of the batch meanwhile: it is not ended as a deadlock."""
    shop.migration("0002_grown", GROWN.replace("Slowly(", "("))
    with psycopg.connect(database_url) as old:
        old.execute("UPDATE shop_person SET last = 'Byron' WHERE last = 'no. 2000'")
        release = shop.start("migrate")
        while sql("SELECT count(*) FROM shop_person WHERE age = 1")[0][0] < 500:
            assert release.poll() is None
        old.execute("UPDATE shop_person SET last = 'Byron' WHERE last = 'no. 1999'")
        old.commit()
    release.communicate(timeout=60)
    assert release.returncode == 0
    assert sql("SELECT age, count(*) FROM shop_person GROUP BY 1") == [(1, 5000)]


def test_inside_another_operation_it_is_refused(shop: Project, sql: Sql) -> None:
    shop.migration("0002_grown", f"migrations.SeparateDatabaseAndState([{GROWN.replace('Slowly(', '(')}])")
    result = shop.manage("migrate")
    assert result.returncode == 1
    assert "Backfill age of person is inside another operation" in result.stderr
    assert sql("SELECT age, count(*) FROM shop_person GROUP BY 1") == [(0, 5000)]
