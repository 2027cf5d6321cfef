"""The sessions of a release: set up alike whatever the role's defaults, and opened when the server has room."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import OperationalError
from django.db.migrations.exceptions import MigrationSchemaMissing

from releases.postgresql.sessions import SERVER
from releases.running.retry import is_transient
from tests.conftest import Sql
from tests.releases.conftest import Project

# Settings of a role that would end a release, change what it reads, or make psycopg fail, and some that would not.
DEFAULTS = {
    "DateStyle": "German",
    "IntervalStyle": "sql_standard",
    "array_nulls": "off",
    "client_connection_check_interval": "0",
    "default_transaction_isolation": "serializable",
    "extra_float_digits": "-3",
    "idle_in_transaction_session_timeout": "1s",
    "idle_session_timeout": "1s",
    "lock_timeout": "1ms",
    "standard_conforming_strings": "off",
    "statement_timeout": "1s",
    "transaction_timeout": "1s",
}
LOOK = '''
def look(apps, schema_editor):
    """Notes the settings of a session, of the next one, and what a slow transaction reads."""
    for opening in ("first", "again"):
        with transaction.atomic(), schema_editor.connection.cursor() as cursor:
            cursor.execute("INSERT INTO shop_seen SELECT %s, name, setting FROM pg_settings", [opening])
            cursor.execute("SELECT pg_sleep(1.2), timestamptz '2026-05-04 00:00Z', interval '1 day', float8 '0.1' * 3")
            time.sleep(1.2)
            cursor.execute("INSERT INTO shop_seen VALUES (%s, 'read', %s)", [opening, repr(cursor.fetchone()[1:])])
        schema_editor.connection.close()

import time

from django.db import transaction
'''
READ = (
    "(datetime.datetime(2026, 5, 4, 0, 0, tzinfo=datetime.timezone.utc),"
    " datetime.timedelta(days=1), 0.30000000000000004)"
)


@pytest.fixture
def role(sql: Sql, database_url: str) -> Iterator[Callable[[str], str]]:
    """The URL of a new role with that limit."""
    name = f"limited_{os.getpid()}"

    def make(limit: str) -> str:
        sql(f"CREATE ROLE {name} LOGIN PASSWORD 'secret' {limit}")
        sql(f"GRANT ALL ON SCHEMA public TO {name}")
        parts = urlsplit(database_url)
        return parts._replace(netloc=f"{name}:secret@{parts.hostname}:{parts.port}").geturl()

    yield make
    sql(f"DROP OWNED BY {name}")
    sql(f"DROP ROLE {name}")


def until(release: "subprocess.Popen[str]", words: str) -> str:
    """Returns the line that has them."""
    assert release.stdout
    for line in release.stdout:
        if words in line:
            return line
    raise AssertionError(f"{words!r} was never printed")


@pytest.mark.usefixtures("postgresql")
def test_sessions_are_alike_whatever_the_defaults_of_the_role(
    project: Project, role: Callable[[str], str], sql: Sql
) -> None:
    project.database_url = role("")
    for name, value in DEFAULTS.items():
        if sql("SELECT 1 FROM pg_settings WHERE name = %s", name):
            sql(f"ALTER ROLE {urlsplit(project.database_url).username} SET {name} = '{value}'")
    project.migration("0001_seen", "migrations.RunSQL('CREATE TABLE shop_seen (opening text, name text, value text)')")
    project.migration("0002_look", "migrations.RunPython(look)", atomic=False, before=LOOK)

    release = project.manage("migrate")

    assert release.returncode == 0, release.stderr
    for opening in ("first", "again"):
        seen: dict[str, str] = dict(sql("SELECT name, value FROM shop_seen WHERE opening = %s", opening))
        assert seen["read"] == READ
        assert (seen["DateStyle"], seen["IntervalStyle"]) == ("ISO, DMY", "postgres")
        assert seen["default_transaction_isolation"] == "read committed"
        assert (seen["idle_in_transaction_session_timeout"], seen["tcp_user_timeout"]) == ("10000", "45000")
        assert seen["lock_timeout"] == "1000"
        assert int(seen["statement_timeout"]) > 900_000  # RELEASE_DEADLINE
        assert SERVER.keys() & DEFAULTS.keys() & {name for name in seen if seen[name] == DEFAULTS.get(name)} == set()


@pytest.mark.usefixtures("postgresql")
def test_a_role_that_may_open_one_connection_is_refused_at_once(
    project: Project, role: Callable[[str], str], sql: Sql
) -> None:
    project.database_url = role("CONNECTION LIMIT 1")

    release = project.manage("migrate")

    assert release.returncode == 1
    assert "may open one connection only, and a release needs two" in release.stderr
    assert "Nothing was changed." in release.stderr
    assert sql("SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []
    sql(release.stderr.split("`")[1])
    assert project.manage("migrate").returncode == 0


@pytest.mark.usefixtures("postgresql")
def test_waits_for_a_free_connection(project: Project, role: Callable[[str], str]) -> None:
    project.database_url = role("CONNECTION LIMIT 2")
    one, two = (psycopg.connect(project.database_url) for _ in range(2))
    with one, two:
        full = project.manage("migrate", RELEASE_DATABASE_WAIT="2")
        assert full.returncode == 1
        assert "The server, the database or the user has no connection left; a release needs two." in full.stderr
        release = project.start("migrate", PYTHONUNBUFFERED="1")
        until(release, "The database has no connection left; waiting up to 30 s.")
        one.close()  # room for the first of its two sessions
        time.sleep(1)
        assert release.poll() is None
    release.communicate(timeout=60)

    assert release.returncode == 0


@pytest.mark.usefixtures("postgresql")
def test_an_error_in_the_table_of_migrations_keeps_its_code(project: Project, sql: Sql) -> None:
    """Django raises MigrationSchemaMissing there, and names no cause."""
    sql(
        "CREATE FUNCTION locked() RETURNS event_trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'locked' USING ERRCODE = '55P03'; END $$"
    )
    sql("CREATE EVENT TRIGGER locked ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION locked()")
    release = project.start("migrate", PYTHONUNBUFFERED="1")
    until(release, "Attempt 1 was stopped: locked. Trying again")
    sql("DROP EVENT TRIGGER locked")
    release.communicate(timeout=60)

    assert release.returncode == 0


@pytest.mark.parametrize("state", ["25P03", "57P01", "57P05"])
def test_an_ended_session_is_transient(state: str) -> None:
    error = OperationalError("terminating connection")
    error.__cause__ = psycopg.errors.lookup(state)("terminating connection")
    missing = MigrationSchemaMissing("Unable to create the django_migrations table")
    missing.__context__ = error

    assert is_transient(error)
    assert is_transient(missing)
