"""The release on a busy PostgreSQL, with real connections and processes: locks, kills, cut connections, full disks."""

import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from releases.postgresql.lock import KEY
from tests import legacy
from tests.conftest import ROOT, Manage, Sql, execute
from tests.pgbouncer import pgbouncer
from tests.postgres import ThrowawayPostgres, throwaway_postgres
from tests.writers import OLD_VERSION, Writers

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("postgresql_only")]


@pytest.fixture
def postgresql_only(engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("needs a server")


def live_and_archived(sql: Sql) -> set[int]:
    archived = {row[0] for row in sql("SELECT selection_id FROM workout_selections_archive")}
    return archived | legacy.selections(sql).keys()


@pytest.mark.parametrize("round_number", range(3))
def test_the_old_version_writes_without_an_error(
    release: Manage, sql: Sql, engine: str, database_url: str, round_number: int
) -> None:
    legacy.create(sql, engine)
    writers = Writers(database_url)

    with writers.at_work(*OLD_VERSION):
        result = release()

    assert result.returncode == 0, result.stdout + result.stderr
    assert writers.errors == []
    assert writers.writes > 100
    assert {row.id for row in legacy.SELECTIONS} | writers.ids <= live_and_archived(sql)
    assert sql("SELECT 1 FROM workout_selections GROUP BY workout_id HAVING count(*) > 1") == []


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Starts Railway's pre-deploy command and returns at once."""
    started = []

    def run(**extra: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            ["python", "manage.py", "migrate", "--noinput", "--fake-initial"],
            cwd=ROOT,
            env={**environment, "PYTHONUNBUFFERED": "1", **extra},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def until(process: "subprocess.Popen[str]", words: str) -> str:
    """Reads what a release prints until `words` appear."""
    assert process.stdout
    printed = ""
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    for line in process.stdout:
        printed += line
        if words in line:
            watchdog.cancel()
            return printed
    raise AssertionError(f"{words!r} was never printed:\n{printed}")


def finish(process: "subprocess.Popen[str]") -> str:
    printed = process.communicate(timeout=120)[0]
    assert process.returncode == 0, printed
    return printed


def test_four_releases_at_once_apply_each_migration_once(start: Start, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)

    releases = [start() for _ in range(4)]
    printed = [finish(release) for release in releases]

    assert sum("Applying workouts.0005" in text for text in printed) == 1
    assert any("Another release is running: pid " in text for text in printed)
    assert sql("SELECT app, name FROM django_migrations GROUP BY 1, 2 HAVING count(*) > 1") == []
    assert sql("SELECT count(*) FROM releases_release WHERE outcome = 'succeeded'") == [(4,)]
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)


def test_the_lock_of_a_dead_release_is_freed(start: Start, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True, application_name="dead soon") as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [KEY])
        release = start()
        until(release, f"Another release is running: pid {holder.info.backend_pid}, dead soon, since ")

    finish(release)


def test_a_lock_that_is_never_freed_ends_the_wait(start: Start, database_url: str, sql: Sql) -> None:
    with psycopg.connect(database_url, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [KEY])
        release = start(RELEASE_DEADLINE="1")
        printed = release.communicate(timeout=60)[0]

    assert release.returncode == 1
    assert "still holds the migration lock. Nothing was changed by this one." in printed
    assert sql("SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []


def test_names_the_blocker_of_the_table_and_continues_once_it_is_free(
    start: Start, sql: Sql, engine: str, database_url: str
) -> None:
    legacy.create(sql, engine)
    with psycopg.connect(database_url, application_name="forgotten shell") as idle:
        idle.execute("UPDATE workout_selections SET user_notes = 'mine' WHERE id = 1")
        release = start()
        printed = until(release, f"Waiting for pid {idle.info.backend_pid} (forgotten shell, user ")
        assert "idle in transaction, transaction " in printed
        assert "UPDATE workout_selections SET user_notes" in printed
        until(release, "Trying again in ")
        idle.commit()
    printed = finish(release)

    assert "Release succeeded" in printed
    assert legacy.selections(sql)[1].user_notes == "mine"


def test_stops_at_the_deadline_and_a_later_release_finishes(
    start: Start, manage: Manage, sql: Sql, engine: str, database_url: str
) -> None:
    legacy.create(sql, engine)
    assert manage("migrate", "releases").returncode == 0  # the record, which a busy machine has not made in 5 s
    with psycopg.connect(database_url) as idle:
        idle.execute("UPDATE workout_selections SET user_notes = user_notes WHERE id = 1")
        release = start(RELEASE_DEADLINE="5", RELEASE_LOCK_TIMEOUT="0.3")
        printed = release.communicate(timeout=60)[0]
        assert release.returncode == 1
        assert re.search(
            r"(held the lock for too long\. Run|raise RELEASE_DEADLINE\. Then run) this again\.$", printed, re.MULTILINE
        )
        assert "Traceback" not in printed
        assert sql("SELECT outcome FROM releases_release ORDER BY id DESC LIMIT 1") == [("failed",)]
    finish(start())
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)


def test_a_row_that_a_writer_has_locked_is_left_for_later(
    start: Start, manage: Manage, sql: Sql, engine: str, database_url: str
) -> None:
    """SELECT FOR UPDATE delays neither guard nor index: the other rows are archived first, then this one is awaited."""
    legacy.create(sql, engine)
    assert manage("migrate", "workouts", "0003", "--fake-initial").returncode == 0
    with psycopg.connect(database_url, application_name="slow form") as slow:
        slow.execute("SELECT 1 FROM workout_selections WHERE id = 10 FOR UPDATE")
        release = start()
        until(release, "(slow form, user ")
        assert 10 not in legacy.archive(sql)
        assert {13, 14, 16} <= legacy.archive(sql).keys()
    finish(release)
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)


def test_a_long_reader_delays_the_build_and_nothing_else(
    start: Start, sql: Sql, engine: str, database_url: str
) -> None:
    legacy.create(sql, engine)
    with psycopg.connect(database_url, application_name="nightly report") as reader:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM alembic_version")
        release = start()
        until(release, "(nightly report, user ")
        sql("INSERT INTO workout_selections (workout_id, time_of_day) VALUES (30, 'evening')")
    finish(release)
    assert {row.time_of_day for row in legacy.selections(sql).values() if row.workout_id == 30} == {"evening"}


def test_lost_connections_are_reopened(start: Start, sql: Sql, engine: str, database_url: str) -> None:
    legacy.create(sql, engine)
    release = start()
    cut = 0
    deadline = time.monotonic() + 60
    while cut < 3 and release.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
        ended = sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'release %%'")
        cut += len(ended)
        time.sleep(0.3 if ended else 0)

    assert cut
    printed = finish(release)
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS), printed


@pytest.fixture
def own_server(engine: str) -> Iterator[ThrowawayPostgres]:
    with throwaway_postgres() as server:
        yield server


def test_waits_for_a_server_that_starts_and_survives_its_restart(
    start: Start, own_server: ThrowawayPostgres, engine: str
) -> None:
    legacy.create(lambda *statement: execute(own_server.url, *statement), engine)
    own_server.stop()
    release = start(DATABASE_URL=own_server.url)
    until(release, "The database does not answer yet; waiting up to 30 s.")
    own_server.start()
    until(release, "Applying ")
    own_server.stop()
    own_server.start()
    finish(release)

    def sql(statement: str) -> list[tuple[object, ...]]:
        return execute(own_server.url, statement)

    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)


@pytest.mark.parametrize("tenths", [4, 8, 12])
def test_killed_while_the_old_version_writes(
    start: Start, sql: Sql, engine: str, database_url: str, tenths: int
) -> None:
    legacy.create(sql, engine)
    writers = Writers(database_url)

    with writers.at_work(*OLD_VERSION):
        for _ in range(2):
            killed = start()
            time.sleep(tenths / 10 + random.random() / 5)
            killed.send_signal(signal.SIGKILL)
            killed.wait()
        finish(start())

    assert writers.errors == []
    assert {row.id for row in legacy.SELECTIONS} | writers.ids <= live_and_archived(sql)
    assert sql("SELECT 1 FROM workout_selections GROUP BY workout_id HAVING count(*) > 1") == []
    outcomes = {outcome for (outcome,) in sql("SELECT outcome FROM releases_release")}
    assert outcomes <= {"succeeded", "interrupted"}


@pytest.mark.parametrize("command", ["CREATE TRIGGER", "CREATE INDEX", "ALTER TABLE"])
def test_a_full_disk_fails_the_release_and_the_next_one_finishes(
    start: Start, sql: Sql, engine: str, command: str
) -> None:
    legacy.create(sql, engine)
    sql(
        "CREATE FUNCTION disk_full() RETURNS event_trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
    )
    sql(f"CREATE EVENT TRIGGER disk_full ON ddl_command_start WHEN TAG IN ('{command}') EXECUTE FUNCTION disk_full()")

    release = start()
    printed = release.communicate(timeout=60)[0]

    assert release.returncode == 1
    assert "No space left on device" in printed
    assert "Enlarge its volume. Then run this again." in printed
    assert "Traceback" not in printed
    sql("DROP EVENT TRIGGER disk_full")
    finish(start())
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)


@pytest.fixture
def pooled_url(database_url: str, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """The database through the real PgBouncer, in the given pool mode."""
    with ExitStack() as running:
        yield lambda mode: running.enter_context(pgbouncer(database_url, mode, tmp_path))


def test_transaction_pooling_is_refused_with_what_to_type(
    start: Start, sql: Sql, pooled_url: Callable[[str], str], database_url: str
) -> None:
    pooled = pooled_url("transaction")

    release = start(DATABASE_URL=pooled)
    printed = release.communicate(timeout=60)[0]

    assert release.returncode == 1
    assert "behind a pooler in transaction mode (PgBouncer)" in printed
    assert "Nothing was changed. Set MIGRATION_DATABASE_URL to a direct connection" in printed
    assert sql("SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []

    finish(start(DATABASE_URL=pooled, MIGRATION_DATABASE_URL=database_url))


def test_session_pooling_works_like_a_direct_connection(start: Start, pooled_url: Callable[[str], str]) -> None:
    finish(start(DATABASE_URL=pooled_url("session")))
