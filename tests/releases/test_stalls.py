"""Whatever a migration does, nobody waits for it longer than the stall budget; it is stopped and leaves nothing."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_hangs import wait_for

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("postgresql")]

MODELS = """class Box(models.Model):
    size = models.IntegerField()
"""
CREATE_BOX = """migrations.CreateModel("Box", [
    ("id", models.BigAutoField(primary_key=True)),
    ("size", models.IntegerField()),
])"""
CODE = """
import time

def fill_row_by_row(apps, schema_editor):
    Box = apps.get_model("shop", "Box").objects.using(schema_editor.connection.alias)
    for pk in Box.order_by("pk").values_list("pk", flat=True):
        Box.filter(pk=pk).update(size=7)
        time.sleep(0.1)

def compute(apps, schema_editor):
    apps.get_model("shop", "Box").objects.using(schema_editor.connection.alias).update(size=7)
    time.sleep(60)

def insist(apps, schema_editor):
    from django.db import DatabaseError, transaction
    apps.get_model("shop", "Box").objects.using(schema_editor.connection.alias).update(size=7)
    while True:
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                schema_editor.execute("SELECT pg_sleep(60)")
        except DatabaseError:
            schema_editor.connection.ensure_connection()
            if not schema_editor.connection.is_usable():
                raise
"""
PACK = """
from django.db import connection, transaction

from releases.commands import DatabaseCommand, alone


class Command(DatabaseCommand):
    def handle(self, **options):
        with alone(connection, self.stdout.write), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE shop_box SET size = 7")
            cursor.execute("SELECT pg_sleep(60)")
"""
AUTOVACUUM = """
SELECT 1 FROM pg_stat_progress_vacuum WHERE datname = current_database() AND relid = to_regclass('shop_box')
"""
WRITE = "UPDATE shop_box SET size = size + 1 WHERE id = 1"


@pytest.fixture
def shop(project: Project, sql: Sql) -> Project:
    """A table of a hundred rows."""
    project.models(MODELS)
    project.migration("0001_box", CREATE_BOX)
    assert project.manage("migrate", "-v0").returncode == 0
    sql("INSERT INTO shop_box (size) SELECT 1 FROM generate_series(1, 100)")
    return project


@contextmanager
def writing(url: str, statement: str = WRITE) -> Iterator[list[float]]:
    """Another session writes all the time; yields the seconds that each write took. Its errors fail the test."""
    took, over, errors = list[float](), threading.Event(), list[Exception]()

    def write() -> None:
        try:
            with psycopg.connect(url, autocommit=True, application_name="web") as session:
                while not over.is_set():
                    began = time.monotonic()
                    session.execute(statement)
                    took.append(time.monotonic() - began)
                    time.sleep(0.02)
        except psycopg.Error as error:
            errors.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join(timeout=30)
    assert errors == []
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("operation", "named", "advice"),
    [
        ("migrations.RunPython(fill_row_by_row)", "RunPython(fill_row_by_row)", "a thousand rows at a time"),
        ("migrations.RunPython(compute)", "RunPython(compute)", "a thousand rows at a time"),
        ("migrations.RunPython(insist)", "RunPython(insist)", "a thousand rows at a time"),
        (
            "migrations.RunSQL(['LOCK TABLE shop_box', 'SELECT pg_sleep(60)'])",
            "Raw SQL operation",
            "a statement that locks less",
        ),
    ],
)
def test_it_is_stopped_says_why_and_leaves_nothing(
    shop: Project, sql: Sql, database_url: str, operation: str, named: str, advice: str
) -> None:
    shop.migration("0002_slow", operation, before=CODE)
    with writing(database_url) as took:
        wait_for(lambda: len(took) > 10)
        result = shop.manage("migrate", RELEASE_STALL_BUDGET="1")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert f"Migration shop.0002_slow failed: its operation {named} made pid " in result.stderr
    assert "(web, user postgres) wait for" in result.stderr
    assert "more than the stall budget of 1 s, and was stopped. What waited: UPDATE shop_box" in result.stderr
    assert advice in result.stderr
    assert "Attempt" not in result.stdout, "a second attempt would block as much"
    assert sql("SELECT count(*) FROM shop_box WHERE size = 7 AND id > 1") == [(0,)]
    assert sql("SELECT name FROM django_migrations WHERE app = 'shop'") == [("0001_box",)]
    assert len(took) > 10
    outcome, error = sql("SELECT outcome, error FROM releases_release ORDER BY id DESC LIMIT 1")[0]
    assert outcome == "failed"
    assert f"its operation {named}" in error


def test_it_says_that_it_was_rolled_back(shop: Project, database_url: str) -> None:
    shop.migration("0002_slow", "migrations.RunSQL(['LOCK TABLE shop_box', 'SELECT pg_sleep(60)'])")
    with writing(database_url):
        result = shop.manage("migrate", RELEASE_STALL_BUDGET="1")
    assert "It was rolled back, and nothing else was changed." in result.stderr


def test_a_wait_that_blocks_nobody_is_not_a_stall(shop: Project, database_url: str) -> None:
    """A vacuum waits for a concurrent build, and nobody queues behind it."""
    shop.migration(
        "0002_slow", "migrations.RunSQL(['LOCK TABLE shop_box IN SHARE UPDATE EXCLUSIVE MODE', 'SELECT pg_sleep(4)'])"
    )
    with writing(database_url, "VACUUM shop_box") as vacuums:
        result = shop.manage("migrate", RELEASE_STALL_BUDGET="1")
    assert result.returncode == 0, result.stderr
    assert vacuums


def test_a_wait_within_the_budget_is_tolerated(shop: Project, sql: Sql, database_url: str) -> None:
    shop.migration("0002_quick", "migrations.RunSQL(['LOCK TABLE shop_box', 'SELECT pg_sleep(0.7)'])")
    with writing(database_url):
        result = shop.manage("migrate", RELEASE_STALL_BUDGET="5")
    assert result.returncode == 0, result.stderr


def test_a_long_reader_is_waited_for_in_short_attempts(shop: Project, sql: Sql, database_url: str) -> None:
    """Later statements queue behind the release, so it never waits for a table for long."""
    shop.models(MODELS + "    colour = models.TextField(null=True)\n")
    shop.migration("0002_colour", "migrations.AddField('box', 'colour', models.TextField(null=True))")
    with psycopg.connect(database_url) as reader, writing(database_url) as took:
        reader.execute("SELECT count(*) FROM shop_box")
        release = shop.start("migrate")
        time.sleep(10)
        assert release.poll() is None
        written = len(took)
        reader.commit()
        stdout, stderr = release.communicate(timeout=60)
    assert release.returncode == 0, stderr
    assert stdout.count("was stopped: canceling statement due to lock timeout") > 1
    assert written > 10
    assert sql("SELECT count(colour) FROM shop_box") == [(0,)]


def test_only_what_locks_a_table_has_the_short_timeout(shop: Project, sql: Sql) -> None:
    sql("CREATE TABLE seen (what text, lock_timeout text)")
    sql(
        "CREATE FUNCTION look() RETURNS event_trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO seen SELECT tg_tag, current_setting('lock_timeout'); END $$"
    )
    look = "migrations.RunSQL(\"INSERT INTO seen SELECT 'INSERT', current_setting('lock_timeout')\")"
    alter = "migrations.RunSQL('ALTER TABLE shop_box SET (fillfactor = 90)')"
    shop.migration("0002_look", look, alter, look)
    concurrent = "migrations.RunSQL('CREATE INDEX CONCURRENTLY box_size ON shop_box (size)')"
    shop.migration("0003_concurrent", concurrent, atomic=False)
    sql(
        "CREATE EVENT TRIGGER look ON ddl_command_start WHEN tag IN ('ALTER TABLE', 'CREATE INDEX')"
        " EXECUTE FUNCTION look()"
    )
    result = shop.manage("migrate", RELEASE_BUILD_TIMEOUT="42")
    assert result.returncode == 0, result.stderr
    assert sql("SELECT * FROM seen") == [
        ("INSERT", "1s"),
        ("ALTER TABLE", "200ms"),
        ("INSERT", "1s"),
        ("CREATE INDEX", "42s"),
    ]


def test_a_command_that_stalls_others_stops_as_well(shop: Project, sql: Sql, database_url: str) -> None:
    shop.write("shop/management/commands/pack.py", PACK)
    with writing(database_url):
        result = shop.manage("pack", RELEASE_STALL_BUDGET="1")
    assert result.returncode == 1
    assert "The command failed: it made pid " in result.stderr
    assert "Nothing was changed." in result.stderr
    assert sql("SELECT count(*) FROM shop_box WHERE size = 7 AND id > 1") == [(0,)]


@pytest.mark.parametrize("superuser", [True, False])
def test_an_autovacuum_yields(shop: Project, sql: Sql, database_url: str, superuser: bool) -> None:
    """It yields to a session that has waited for deadlock_timeout, which only a superuser may shorten."""
    shop.models(MODELS + "    colour = models.TextField(null=True)\n")
    shop.migration("0002_colour", "migrations.AddField('box', 'colour', models.TextField(null=True))")
    sql("INSERT INTO shop_box (size) SELECT 1 FROM generate_series(1, 20000)")
    sql(
        "ALTER TABLE shop_box SET (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,"
        " autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)"
    )
    sql("UPDATE shop_box SET size = 2")
    owner = urlsplit(database_url)
    if not superuser:
        sql("DROP ROLE IF EXISTS box_owner")
        sql("CREATE ROLE box_owner LOGIN PASSWORD 'box_owner'")
        sql(f"GRANT ALL ON DATABASE {owner.path[1:]} TO box_owner")
        sql("GRANT ALL ON SCHEMA public TO box_owner")
        for (table,) in sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            sql(f"ALTER TABLE {table} OWNER TO box_owner")
        shop.database_url = urlunsplit(owner._replace(netloc=f"box_owner:box_owner@{owner.hostname}:{owner.port}"))
    wait_for(lambda: sql(AUTOVACUUM), seconds=100)
    result = shop.manage("migrate")
    assert result.returncode == 0, result.stdout + result.stderr
    if not superuser:
        assert "Attempt 1 was stopped: canceling statement due to lock timeout" in result.stdout
        sql("REASSIGN OWNED BY box_owner TO CURRENT_USER")
        sql("DROP OWNED BY box_owner")
        sql("DROP ROLE box_owner")
