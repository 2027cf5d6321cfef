"""A release that hangs ends in time, and one that is frozen, cut off or told to stop holds nothing."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import psycopg
import pytest

from releases.postgresql.lock import KEY
from tests.conftest import Sql, execute
from tests.proxy import proxy_to
from tests.releases.conftest import Project

pytestmark = pytest.mark.proof

HOUR = 3600
SLEEP = {
    "postgresql": "migrations.RunSQL('LOCK shop_a; SELECT pg_sleep(3600)')",
    "sqlite": (
        "migrations.RunSQL('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " INSERT INTO shop_a SELECT count(*) FROM n')"
    ),
}
LOCKED = "SELECT pid FROM pg_locks WHERE relation = to_regclass('shop_a') AND mode = 'AccessExclusiveLock' AND granted"
MIGRATION_LOCK = """
SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database
WHERE locktype = 'advisory' AND datname = current_database()
"""
COMPUTE = """
def compute(apps, schema_editor):
    schema_editor.execute("LOCK TABLE shop_a")
    deadline = time.monotonic() + {seconds}
    while time.monotonic() < deadline:
        sum(range(100_000))
    schema_editor.execute("INSERT INTO shop_a DEFAULT VALUES")

import time
"""

Made = Callable[..., Project]


@pytest.fixture
def shop(new_project: Callable[[str], Project], database_url: str) -> Made:
    """A project with the table shop_a, and one migration more."""

    def make(*operations: str, url: str = database_url, atomic: bool = True, before: str = "") -> Project:
        project = new_project(url)
        project.models("class A(models.Model):\n    pass\n")
        project.migration("0001_a", "migrations.CreateModel('A', [('id', models.BigAutoField(primary_key=True))])")
        project.migration("0002_more", *operations, atomic=atomic, before=before)
        return project

    return make


def wait_for(condition: Callable[[], object], seconds: float = 60) -> float:
    """Returns how many seconds it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen"
        time.sleep(0.2)
    return time.monotonic() - began


def end_of(process: "subprocess.Popen[str]", within: float = 60) -> tuple[str, str]:
    """What it printed. It has that many seconds to end by itself."""
    stdout, stderr = process.communicate(timeout=within)
    assert "Traceback" not in stdout + stderr
    return stdout, stderr


def outcomes(sql: Sql) -> list[str]:
    return [outcome for (outcome,) in sql("SELECT outcome FROM releases_release ORDER BY id")]


def has_begun(project: Project, engine: str, sql: Sql, process: "subprocess.Popen[str]") -> None:
    """Waits until the second migration is running."""
    if engine == "postgresql":
        wait_for(lambda: sql(LOCKED))
        return
    assert process.stdout
    while "shop.0002_more" not in os.read(process.stdout.fileno(), 4096).decode():
        assert process.poll() is None
    time.sleep(0.5)


@pytest.mark.usefixtures("postgresql")
def test_who_is_silent_loses_its_locks_within_a_minute_and_who_computes_keeps_them(
    shop: Made, new_database: Callable[[], str]
) -> None:
    urls = {name: new_database() for name in ("frozen", "cut off", "computing")}
    with proxy_to(urls["cut off"]) as proxy:
        began, releases = time.monotonic(), {}
        for name, url in urls.items():
            seconds = 70 if name == "computing" else 15
            project = shop(
                "migrations.RunPython(compute)",
                url=proxy.url if name == "cut off" else url,
                before=COMPUTE.format(seconds=seconds),
            )
            releases[name] = project.start("migrate")
        looks = {name: partial(execute, url) for name, url in urls.items()}
        for look in looks.values():
            wait_for(partial(look, LOCKED))
        releases["frozen"].send_signal(signal.SIGSTOP)
        proxy.fall_silent()
        silent = time.monotonic()

        wait_for(lambda: not any(looks[name](LOCKED) for name in ("frozen", "cut off")))
        assert all(looks[name](MIGRATION_LOCK) for name in ("frozen", "cut off")), "tables come first"
        wait_for(lambda: not any(looks[name](MIGRATION_LOCK) for name in ("frozen", "cut off")))
        assert time.monotonic() - silent < 60
        assert looks["computing"](LOCKED)
        releases["frozen"].send_signal(signal.SIGCONT)
        proxy.serve_again()

        for name, release in releases.items():
            stdout, _ = end_of(release, within=150)
            assert release.returncode == 0, stdout
            assert ("Trying again" in stdout) == (name != "computing")
            assert looks[name]("SELECT count(*) FROM shop_a") == [(1,)]
            assert outcomes(looks[name]) == ["succeeded"]
        assert time.monotonic() - began > 70


@pytest.mark.usefixtures("postgresql")
def test_who_wakes_up_without_its_transaction_tries_again(shop: Made, sql: Sql) -> None:
    release = shop("migrations.RunPython(compute)", before=COMPUTE.format(seconds=2)).start("migrate")
    wait_for(lambda: sql(LOCKED))
    release.send_signal(signal.SIGSTOP)
    wait_for(lambda: not sql(LOCKED))
    release.send_signal(signal.SIGCONT)

    stdout, _ = end_of(release)

    assert release.returncode == 0, stdout
    assert "Trying again" in stdout
    assert sql("SELECT count(*) FROM shop_a") == [(1,)]


def test_the_deadline_ends_a_statement_that_hangs(shop: Made, sql: Sql, engine: str) -> None:
    release = shop(SLEEP[engine]).start("migrate", RELEASE_DEADLINE="4")

    _, stderr = end_of(release)

    assert release.returncode == 1
    assert "CommandError: Migration shop.0002_more failed: it had not ended after 4 s." in stderr
    assert 'raise RELEASES["DEADLINE"]. Then run this again.' in stderr
    assert outcomes(sql) == ["failed"]
    assert engine == "sqlite" or sql(LOCKED) == sql(MIGRATION_LOCK) == []
    assert sql("SELECT name FROM django_migrations WHERE app = 'shop'") == [("0001_a",)]


@pytest.mark.usefixtures("postgresql")
def test_the_deadline_ends_a_release_whose_connections_are_silent(shop: Made, sql: Sql, database_url: str) -> None:
    with proxy_to(database_url) as proxy:
        release = shop(SLEEP["postgresql"], url=proxy.url).start("migrate", RELEASE_DEADLINE="15")
        wait_for(lambda: sql(LOCKED))
        proxy.fall_silent()
        _, stderr = end_of(release)

    assert release.returncode == 1
    assert "The connection was cut; the server rolls shop.0002_more back as soon as it notices." in stderr
    wait_for(lambda: not sql(LOCKED))


@pytest.mark.usefixtures("postgresql")
def test_a_migration_that_will_not_stop_is_ended_and_recorded(shop: Made, sql: Sql) -> None:
    deaf = "import time\n\ndef deaf(apps, schema_editor):\n    while True:\n        try:\n            time.sleep(9)\n"
    deaf += "        except BaseException:\n            pass\n"
    release = shop("migrations.RunPython(deaf)", before=deaf).start("migrate", RELEASE_DEADLINE="4")

    _, stderr = end_of(release)

    assert release.returncode == 1
    assert "CommandError: Migration shop.0002_more failed: it had not ended after 4 s." in stderr
    assert outcomes(sql) == ["failed"]


@pytest.fixture
def heard() -> Iterator[None]:
    """Under nohup the tests ignore SIGHUP, and so would what they start."""
    before = signal.signal(signal.SIGHUP, lambda *_: None)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(("signum", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_release_with_one_line_and_a_record(
    shop: Made, sql: Sql, engine: str, signum: signal.Signals, status: int
) -> None:
    project = shop(SLEEP[engine])
    release = project.start("migrate", PYTHONUNBUFFERED="1")
    has_begun(project, engine, sql, release)

    for _ in range(3):
        release.send_signal(signum)
        time.sleep(0.02)
    _, stderr = end_of(release)

    assert release.returncode == status
    (line,) = [line for line in stderr.splitlines() if not line.startswith("Release failed: 5 migrations")]
    assert line.startswith(f"CommandError: Migration shop.0002_more failed: it was stopped by {signum.name}. ")
    assert line.endswith(" were applied before and stay. Run this again.")
    assert outcomes(sql) == ["failed"]
    assert engine == "sqlite" or sql(LOCKED) == sql(MIGRATION_LOCK) == []
    project.migration("0002_more", "migrations.RunSQL('INSERT INTO shop_a DEFAULT VALUES')")
    assert project.manage("migrate").returncode == 0
    assert sql("SELECT count(*) FROM shop_a") == [(1,)]


@pytest.mark.usefixtures("postgresql")
def test_a_signal_leaves_no_invalid_index(shop: Made, sql: Sql, database_url: str) -> None:
    unique = "AddUniqueConstraint('a', models.UniqueConstraint(fields=['id'], name='one'))"
    release = shop(unique, atomic=False)
    assert release.manage("migrate", "shop", "0001").returncode == 0
    with psycopg.connect(database_url) as writer:
        writer.execute("INSERT INTO shop_a VALUES (1)")
        process = release.start("migrate")
        wait_for(lambda: sql("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('one')"))
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        writer.commit()
    end_of(process)

    assert process.returncode == 143
    assert sql("SELECT to_regclass('one')") == [(None,)]


@pytest.mark.usefixtures("postgresql")
def test_a_signal_ends_each_wait_at_once(shop: Made, sql: Sql, database_url: str) -> None:
    project = shop("migrations.RunSQL('INSERT INTO shop_a DEFAULT VALUES')")
    with psycopg.connect(database_url, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [KEY])
        for_the_lock = project.start("migrate")
        assert for_the_lock.stdout
        assert "Another release is running" in for_the_lock.stdout.readline()
        project.database_url = "postgresql://shop:secret@127.0.0.1:1/shop"
        for_the_server = project.start("migrate", RELEASE_DATABASE_WAIT=str(HOUR), RELEASE_DEADLINE=str(HOUR))
        assert for_the_server.stdout
        assert "does not answer yet; waiting up to 3600 s" in for_the_server.stdout.readline()
        for waiting in (for_the_lock, for_the_server):
            waiting.send_signal(signal.SIGTERM)
            _, stderr = end_of(waiting, within=20)
            assert waiting.returncode == 143
            assert "The release failed: it was stopped by SIGTERM. Nothing was changed." in stderr
    assert sql("SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []


DESTRUCTOR = """
class Slow:
    def __del__(self):
        print("destroyed", flush=True)
        time.sleep(3600)

def destroy(apps, schema_editor):
    Slow()
    time.sleep(3600)

import time
"""


def test_a_signal_ends_a_destructor_and_what_follows_it(shop: Made) -> None:
    """What is raised in a destructor goes no further, and Python prints it."""
    release = shop("migrations.RunPython(destroy)", before=DESTRUCTOR).start("migrate")
    assert release.stdout
    while not release.stdout.readline().endswith("destroyed\n"):
        assert release.poll() is None
    release.send_signal(signal.SIGTERM)
    _, stderr = end_of(release, within=20)
    assert release.returncode == 143
    assert "it was stopped by SIGTERM" in stderr


@pytest.fixture
def mute_server() -> Iterator[str]:
    """Accepts connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"postgresql://shop:secret@127.0.0.1:{listener.getsockname()[1]}/shop"


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("unlimited", ["", "?connect_timeout=0"])
def test_the_wait_for_the_database_bounds_connecting(shop: Made, mute_server: str, unlimited: str) -> None:
    began = time.monotonic()
    project = shop("migrations.RunSQL('SELECT 1')", url=mute_server + unlimited)
    result = project.manage("migrate", RELEASE_DATABASE_WAIT="5", RELEASE_DEADLINE="30")

    assert result.returncode == 1
    assert "The database did not answer" in result.stderr
    assert time.monotonic() - began < 20  # it waits for 5 of them
