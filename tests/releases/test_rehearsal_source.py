"""What a rehearsal reads: the database of a URL, as a whole or in part. It writes nothing there."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from releases.rehearsal import CannotRehearseError
from releases.rehearsal.checkouts import this_tree
from releases.rehearsal.sample import sample
from releases.rehearsal.source import READ_ONLY, dump_of, restore, url_in
from tests.databases import Databases
from tests.postgres import PROGRAMS, throwaway_postgres

pytestmark = pytest.mark.either_engine

TABLES = """
CREATE TABLE colour (id serial PRIMARY KEY, name text);
CREATE TABLE box (
    id serial PRIMARY KEY, colour_id int REFERENCES colour, inside_id int REFERENCES box, size int,
    twice int GENERATED ALWAYS AS (size * 2) STORED);
CREATE TABLE label (id serial PRIMARY KEY, box_id int NOT NULL REFERENCES box, text text);
CREATE TABLE "Event %" (id int, box_id int REFERENCES box, "is %" bool, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE "First half" PARTITION OF "Event %" FOR VALUES FROM (1) TO (20000);
CREATE TABLE second_half PARTITION OF "Event %" FOR VALUES FROM (20000) TO (40001);
CREATE TABLE seen (event_id int REFERENCES "Event %");
CREATE TABLE nothing ();
INSERT INTO colour (name) VALUES ('red'), ('green');
INSERT INTO box (colour_id, size) SELECT 1 + n % 2, n FROM generate_series(1, 20000) n;
UPDATE box SET inside_id = id / 2 WHERE id > 1 AND id % 10 = 0;
INSERT INTO label (box_id, text) SELECT 1 + n % 20000, 'x' FROM generate_series(1, 40000) n;
INSERT INTO "Event %" SELECT n, 1 + n % 20000 FROM generate_series(1, 40000) n;
INSERT INTO seen SELECT id FROM "Event %" WHERE id % 2 = 0;
ANALYZE;
"""
COUNTS = "SELECT (SELECT count(*) FROM colour), (SELECT count(*) FROM box), (SELECT count(*) FROM label)"
PARTITIONED = 'SELECT count(*), count(seen) FROM "Event %" LEFT JOIN seen ON id = event_id'
RIGHTS = """
CREATE ROLE "The ""owner"; CREATE ROLE clerk; CREATE ROLE reader; CREATE ROLE writer; CREATE ROLE guest;
ALTER TABLE box OWNER TO "The ""owner"; ALTER TABLE label OWNER TO clerk;
GRANT SELECT ON colour TO reader, PUBLIC;
GRANT SELECT ON box TO guest WITH GRANT OPTION;
SET ROLE guest; GRANT SELECT ON box TO writer; RESET ROLE;
CREATE POLICY own ON colour TO reader, writer;
ALTER DEFAULT PRIVILEGES FOR ROLE clerk GRANT SELECT ON TABLES TO writer;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """As of a rehearsal: its pg_dump writes what older servers do not know."""
    with throwaway_postgres() as server:
        yield server.url


@pytest.fixture
def new_database(server: str, tmp_path: Path) -> Iterator[Callable[[], str]]:
    databases = Databases(tmp_path, server)
    yield databases.make
    databases.drop()


@pytest.fixture
def source(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The variable that names the database."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(TABLES.encode())
    monkeypatch.setenv("PRODUCTION_URL", database_url)
    return "PRODUCTION_URL"


def counts(url: str) -> tuple[int, ...]:
    with psycopg.connect(url) as connection:
        return connection.execute(COUNTS).fetchone() or ()


def test_a_whole_database(source: str, new_database: Callable[[], str], tmp_path: Path) -> None:
    target = new_database()
    restore(dump_of(source, tmp_path), target)
    assert counts(target) == (2, 20000, 40000)


def test_a_tree_without_git_is_deployed_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert this_tree(tmp_path, tmp_path / "new") == tmp_path
    (tmp_path / "env").symlink_to("/usr/bin/env")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert this_tree(tmp_path, tmp_path / "new") == tmp_path


def test_the_tree_that_git_would_commit(tmp_path: Path) -> None:
    root, folder = tmp_path / "shop", tmp_path / "new"
    for name in ("static/box.css", "ignored", "gone", "new file"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / ".gitignore").write_text("ignored\n")
    (root / "styles").symlink_to("static")
    for arguments in (["init", "-q"], ["add", "static", "styles", "gone"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    (root / "gone").unlink()

    assert this_tree(root, folder) == folder

    assert {one.name for one in folder.iterdir()} == {".gitignore", "static", "styles", "new file"}
    assert (folder / "styles/box.css").read_text() == "static/box.css"


def made_dump(url: str, folder: Path, *options: str, program: str = "pg_dump") -> Path:
    dump = folder / "dump"
    command = [str(PROGRAMS / program), f"--dbname={url}", f"--file={dump}", *options]
    subprocess.run(command, env={"PGPASSWORD": urlsplit(url).password or ""}, check=True)
    return dump


@pytest.mark.parametrize(("program", "options"), [("pg_dump", ["-C"]), ("pg_dumpall", ["--exclude-database=planner*"])])
def test_a_dump_that_would_be_restored_elsewhere(
    new_database: Callable[[], str], tmp_path: Path, program: str, options: list[str]
) -> None:
    dump = made_dump(new_database(), tmp_path, *options, program=program)
    with pytest.raises(CannotRehearseError, match="one database, as a whole: pg_dump --format=custom, without -C"):
        restore(dump, new_database())


def test_rows_that_look_like_commands(new_database: Callable[[], str], tmp_path: Path) -> None:
    source, target = new_database(), new_database()
    with psycopg.connect(source) as connection:
        connection.execute(TABLES.encode())
        connection.execute("INSERT INTO colour (name) VALUES ('\\connect live'), ('CREATE DATABASE live')")
        connection.execute("ALTER TABLE colour DROP id CASCADE")  # so a row begins with it
    restore(made_dump(source, tmp_path), target)
    assert counts(target) == (4, 20000, 40000)


@pytest.mark.parametrize("kind", ["plain", "custom", "directory", "tar"])
def test_a_dump_of_owners_and_rights_that_only_its_server_knows(
    new_database: Callable[[], str], tmp_path: Path, kind: str
) -> None:
    with throwaway_postgres() as live:
        with psycopg.connect(live.url) as connection:
            connection.execute((TABLES + RIGHTS).encode())
        dump = made_dump(live.url, tmp_path, f"--format={kind}")

    target = new_database()
    restore(dump, target)

    assert counts(target) == (2, 20000, 40000)
    with psycopg.connect(target) as connection:
        connection.execute("GRANT SELECT ON box TO reader")


def test_a_sample_has_part_of_large_tables_and_no_row_without_its_references(
    source: str, new_database: Callable[[], str], tmp_path: Path
) -> None:
    target = new_database()

    sample(source, 10, target, tmp_path)  # the foreign keys are created last, so each reference is there

    colours, boxes, labels = counts(target)
    assert colours == 2
    assert 1000 < boxes < 3000
    assert 1.5 < labels / boxes < 2.5
    with psycopg.connect(target) as connection:
        assert connection.execute("SELECT nextval('label_id_seq')").fetchone() == (40001,)
        events, seen = connection.execute(PARTITIONED).fetchone() or (0, 0)
    assert 1.5 < events / boxes < 2.5
    assert seen > 0


def test_no_process_shows_the_password_meanwhile(source: str, database_url: str, tmp_path: Path) -> None:
    password = urlsplit(database_url).password
    assert password
    with psycopg.connect(database_url) as blocking:
        blocking.execute("LOCK TABLE box")
        reading = threading.Thread(target=dump_of, args=(source, tmp_path))
        reading.start()
        listed = b""
        while reading.is_alive() and b"pg_dump" not in listed:
            listed = subprocess.check_output(["ps", "-ww", "-eo", "args"])
        blocking.rollback()
    reading.join()
    assert b"pg_dump" in listed
    assert password.encode() not in listed


def test_a_url_in_the_place_of_a_name_is_refused_and_not_shown(database_url: str) -> None:
    with pytest.raises(CannotRehearseError) as refusal:
        url_in(database_url)
    assert "postgres" not in str(refusal.value)


def test_a_password_that_is_wrong_is_not_shown(
    source: str, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    password = urlsplit(database_url).password or ""
    monkeypatch.setenv("PRODUCTION_URL", database_url.replace(password, "hidden"))
    with pytest.raises(CannotRehearseError, match="The database of PRODUCTION_URL could not be read: ") as refusal:
        dump_of("PRODUCTION_URL", tmp_path)
    assert "hidden" not in str(refusal.value)


def test_the_session_that_reads_cannot_write(source: str) -> None:
    with (
        psycopg.connect(url_in(source), options=READ_ONLY) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("DELETE FROM label")
