"""Every concurrent operation of a release, Django's own as well: patient, repeatable, and exact about what exists."""

import signal
import time

import psycopg
import pytest

from tests.conftest import Once, Sql
from tests.releases.conftest import Project

pytestmark = pytest.mark.usefixtures("postgresql")

BOX = """CreateModel("Box", [
    ("id", models.BigAutoField(primary_key=True)),
    ("size", models.IntegerField()),
    ("label", models.TextField(default="")),
])"""
MODELS = """class Box(models.Model):
    size = models.IntegerField()
    label = models.TextField(default="")
"""
ADD = 'AddIndexConcurrently("box", models.Index(fields=["size"], name="box_size"))'
REMOVE = 'RemoveIndexConcurrently("box", "box_size")'
INDEXES = "SELECT indexrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid = 'shop_box'::regclass ORDER BY 1"
PRIMARY = ("shop_box_pkey", True)


@pytest.fixture
def shop(project: Project, sql: Sql, once: Once) -> Project:
    """Migrated up to a table of a hundred boxes."""
    project.models(MODELS)
    project.migration("0001_box", f"migrations.{BOX}")
    once("shop with a box", lambda: migrated(project))
    sql("INSERT INTO shop_box (size, label) SELECT n, 'box ' || n FROM generate_series(1, 100) n")
    return project


def migrated(project: Project, *arguments: str, **environment: str) -> str:
    result = project.manage("migrate", *arguments, **environment)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def until_waiting(sql: Sql, command: str) -> int:
    """The process of the server in which `command` waits for a lock."""
    for _ in range(600):
        if found := sql(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s AND datname ="
            " current_database() AND pid <> pg_backend_pid()",
            f"{command}%",
        ):
            return int(found[0][0])
        time.sleep(0.05)
    raise AssertionError(f"{command} never waited")


@pytest.mark.parametrize("operations", [[ADD], [REMOVE], [ADD, REMOVE, ADD]])
def test_held_up_by_idle_transactions(shop: Project, sql: Sql, database_url: str, operations: list[str]) -> None:
    """They last longer than an ordinary statement may wait for a lock, under which limit it would never succeed."""
    if operations == [REMOVE]:
        shop.migration("0002_index", ADD, atomic=False)
        migrated(shop)
    shop.migration("0003_change", *operations, atomic=False)
    with psycopg.connect(database_url) as writer, psycopg.connect(database_url) as reader:
        writer.execute("UPDATE shop_box SET label = '' WHERE id = 1")
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM django_migrations")
        release = shop.start("migrate", RELEASE_LOCK_TIMEOUT="0.2", RELEASE_BUILD_TIMEOUT="30")
        time.sleep(5)
        assert release.poll() is None
    printed, errors = release.communicate(timeout=60)

    assert release.returncode == 0, errors
    assert "Attempt 1 was stopped" not in printed
    expected = [PRIMARY] if operations == [REMOVE] else [("box_size", True), PRIMARY]
    assert sql(INDEXES) == expected


def test_killed_while_its_build_waits(shop: Project, sql: Sql, database_url: str) -> None:
    """The server continues it. The next release waits for that build, names it, and accepts its index."""
    shop.migration("0002_index", ADD, atomic=False)
    with psycopg.connect(database_url) as idle:
        idle.execute("UPDATE shop_box SET label = '' WHERE id = 1")
        killed = shop.start("migrate")
        builder = until_waiting(sql, "CREATE INDEX CONCURRENTLY")
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert sql(INDEXES) == [("box_size", False), PRIMARY]
        release = shop.start("migrate")
        until_waiting(sql, "LOCK TABLE")
        assert sql("SELECT pid FROM pg_stat_progress_create_index") == [(builder,)]
        (built,) = sql("SELECT relfilenode FROM pg_class WHERE relname = 'box_size'")
        time.sleep(0.5)
    printed, errors = release.communicate(timeout=60)

    assert release.returncode == 0, errors
    assert f"Waiting for pid {builder} (" in printed
    assert "Index box_size already exists with the wanted definition." in printed
    assert sql(INDEXES) == [("box_size", True), PRIMARY]
    assert sql("SELECT relfilenode FROM pg_class WHERE relname = 'box_size'") == [built]


@pytest.mark.parametrize("command", ["CREATE INDEX CONCURRENTLY", "DROP INDEX CONCURRENTLY"])
def test_cut_off_by_the_server_it_starts_again(shop: Project, sql: Sql, database_url: str, command: str) -> None:
    """What was cut leaves an INVALID index, or one that is half dropped."""
    shop.migration("0002_index", ADD, atomic=False)
    if command.startswith("DROP"):
        migrated(shop)
        shop.migration("0003_remove", REMOVE, atomic=False)
    with psycopg.connect(database_url) as idle:
        idle.execute("UPDATE shop_box SET label = '' WHERE id = 1")
        release = shop.start("migrate")
        sql("SELECT pg_terminate_backend(%s)", until_waiting(sql, command))
        until_waiting(sql, "DROP INDEX CONCURRENTLY")
    printed, errors = release.communicate(timeout=60)

    assert release.returncode == 0, errors
    assert "Trying again in" in printed
    assert sql(INDEXES) == ([PRIMARY] if command.startswith("DROP") else [("box_size", True), PRIMARY])


IMPORTS = """
from django.contrib.postgres.indexes import *
from django.contrib.postgres.search import SearchVector
from django.db.models.functions import Lower

class ThirdParty(migrations.AddIndex):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.add_index(to_state.apps.get_model(app_label, self.model_name), self.index, concurrently=True)

def with_a_cursor(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX CONCURRENTLY i8 ON shop_box (id, size) NULLS NOT DISTINCT")
"""
# As an operation writes it, and as people may.
SAME = [
    ('AddIndexConcurrently("box", models.Index(fields=["size"], name="i1"))', "INDEX i1 ON shop_box (size NULLS LAST)"),
    (
        'AddIndexConcurrently("box", models.Index("size", Lower("label").desc(), name="i2"))',
        "INDEX i2 ON shop_box USING btree (size, lower(label) DESC)",
    ),
    (
        'AddIndexConcurrently("box", models.Index(fields=["-size"], include=["label"], name="i3",'
        ' condition=models.Q(label__in=["a", "b"])))',
        "INDEX i3 ON shop_box (size DESC) INCLUDE (label) WHERE label IN ('a', 'b')",
    ),
    (
        'AddIndexConcurrently("box", GinIndex(SearchVector("label", config="english"), name="i4"))',
        "INDEX i4 ON shop_box USING gin (to_tsvector('english'::regconfig, COALESCE(label, '')) tsvector_ops)",
    ),
    (
        'AddIndexConcurrently("box", BrinIndex(fields=["size"], pages_per_range=4, name="i5"))',
        "INDEX i5 ON shop_box USING brin (size) WITH (pages_per_range = 4)",
    ),
    (
        'AddIndexConcurrently("box", models.Index(fields=["label"], opclasses=["text_pattern_ops"], name="i6"))',
        "INDEX i6 ON shop_box (label text_pattern_ops)",
    ),
    ('ThirdParty("box", models.Index(fields=["size"], name="i7"))', "INDEX i7 ON shop_box (size)"),
    ("migrations.RunPython(with_a_cursor)", "UNIQUE INDEX i8 ON shop_box (id, size) NULLS NOT DISTINCT"),
    (
        "migrations.RunSQL('-- too\\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i9 ON shop_box ((shop_box.size % 10));')",
        "INDEX i9 ON shop_box ((size % 10))",
    ),
]


def test_killed_before_it_was_recorded(shop: Project, sql: Sql) -> None:
    """Every kind of index, by every kind of operation: it exists, so nothing is built."""
    shop.migration("0002_indexes", *(operation for operation, _ in SAME), atomic=False, before=IMPORTS)
    for _, statement in SAME:
        sql(f"CREATE {statement}")
    files = "SELECT relname, relfilenode FROM pg_class WHERE relname ~ '^i[0-9]' ORDER BY 1"
    before = sql(files)

    printed = migrated(shop)

    assert sql(files) == before
    assert printed.count("already exists with the wanted definition.") == len(SAME)


def test_going_back_and_forth_is_repeatable_as_well(shop: Project, sql: Sql, database_url: str) -> None:
    shop.migration("0002_index", ADD, atomic=False)
    shop.migration("0003_remove", REMOVE, atomic=False)
    migrated(shop)
    sql("CREATE INDEX box_size ON shop_box (size)")
    migrated(shop, "shop", "0002")
    assert sql(INDEXES) == [("box_size", True), PRIMARY]

    with psycopg.connect(database_url) as idle:
        idle.execute("UPDATE shop_box SET label = '' WHERE id = 1")
        killed = shop.start("migrate", "shop", "0001")
        until_waiting(sql, "DROP INDEX CONCURRENTLY")
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        back = shop.start("migrate", "shop", "0001")
        until_waiting(sql, "LOCK TABLE")
    _, errors = back.communicate(timeout=60)
    assert back.returncode == 0, errors
    assert sql(INDEXES) == [PRIMARY]

    migrated(shop, "shop", "0002")
    assert sql(INDEXES) == [("box_size", True), PRIMARY]


def test_a_build_that_fails_leaves_no_index_behind(shop: Project, sql: Sql) -> None:
    """An INVALID index would keep rejecting writes of the running version."""
    unique = "CREATE UNIQUE INDEX CONCURRENTLY box_label ON shop_box (label)"
    hidden = 'migrations.RunSQL("SELECT 1")'  # so that the duplicates are not found beforehand
    shop.migration("0002_unique", hidden, f"migrations.RunSQL('{unique}')", atomic=False)
    sql("UPDATE shop_box SET label = 'twice' WHERE id < 3")

    result = shop.manage("migrate")

    assert result.returncode == 1
    assert "could not create unique index" in result.stderr
    assert sql(INDEXES) == [PRIMARY]
    sql("UPDATE shop_box SET label = 'once' WHERE id = 1")
    migrated(shop)
    assert sql(INDEXES) == [("box_label", True), PRIMARY]


def test_a_check_constraint_that_is_not_valid_yet(shop: Project, sql: Sql) -> None:
    """Added and validated in one migration, which a release that was killed had begun, or nearly finished."""
    check = 'models.CheckConstraint(condition=models.Q(size__gt=0), name="positive")'
    operations = [f'AddConstraintNotValid("box", {check})', 'ValidateConstraint("box", "positive")']
    shop.migration("0002_check", *operations, atomic=False)
    for begun in ("CHECK (size > 0) NOT VALID", "CHECK ((((shop_box.size)) > 0))", "CHECK (size >= 0)"):
        sql(f"ALTER TABLE shop_box ADD CONSTRAINT positive {begun}")
        result = shop.manage("migrate")
        assert (result.returncode == 1) == (begun == "CHECK (size >= 0)")
        sql("DELETE FROM django_migrations WHERE app = 'shop' AND name = '0002_check'")
        if result.returncode == 0:
            assert sql("SELECT convalidated FROM pg_constraint WHERE conname = 'positive'") == [(True,)]
            sql("ALTER TABLE shop_box DROP CONSTRAINT positive")
    assert (
        "positive exists with another definition: it is CHECK ((size >= 0)), and wanted on shop_box is"
        " CHECK ((size > 0)) NOT VALID." in result.stderr
    )
