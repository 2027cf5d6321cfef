"""Those who use the application during a rehearsal: what they send, whatever its tables and columns are called."""

import tempfile
from pathlib import Path

import psycopg
import pytest

from releases.rehearsal import Scenario
from releases.rehearsal.postgres import ThrowawayPostgres, throwaway_postgres
from releases.rehearsal.traffic import Session
from tests.memory import TEMPORARY

pytestmark = pytest.mark.either_engine

TABLES = """
CREATE SCHEMA "Other";
CREATE TABLE "Other"."50%s Box" (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "a %" int, twice int GENERATED ALWAYS AS ("a %" * 2) STORED);
CREATE TABLE slot (id serial PRIMARY KEY, at int4range, EXCLUDE USING gist (at WITH &&));
CREATE TABLE without_default (name text PRIMARY KEY, size int);
CREATE TABLE without_key (size int);
CREATE TABLE empty (id serial PRIMARY KEY, size int);
INSERT INTO "Other"."50%s Box" ("a %") VALUES (1), (2);
INSERT INTO slot (at) VALUES ('[1,2)');
INSERT INTO without_default VALUES ('%s', 1);
INSERT INTO without_key VALUES (1);
"""


def test_a_session_whose_server_is_away_fails_until_it_is_back() -> None:
    with throwaway_postgres(TEMPORARY) as server:
        session = Session(server.url, [])
        assert session.act() == ("SELECT 1", "")
        server.stop()
        failed = [session.act(), session.act()]
        server.start()
        assert session.act() == ("SELECT 1", "")
        session.close()
    assert [bool(error) for _, error in failed] == [True, True]


def test_statements_of_the_old_version_are_those_that_succeed_before_the_release() -> None:
    with throwaway_postgres(TEMPORARY) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute(TABLES.encode())

        statements = Scenario().statements(server.url)
        session = Session(server.url, statements)
        failed = {session.act()[1] for _ in range(50)}
        session.close()

    assert [(one.text, one.undone, len(one.ids)) for one in statements] == [
        ('SELECT id, "a %%" FROM "Other"."50%%s Box" WHERE id = %(id)s', False, 2),
        ('UPDATE "Other"."50%%s Box" SET ("a %%") = ROW("a %%") WHERE id = %(id)s', False, 2),
        (
            'INSERT INTO "Other"."50%%s Box" ("a %%") SELECT "a %%" FROM "Other"."50%%s Box" WHERE id = %(id)s',
            True,
            2,
        ),
        ("SELECT id, at FROM slot WHERE id = %(id)s", False, 1),
        ("UPDATE slot SET (at) = ROW(at) WHERE id = %(id)s", False, 1),
        ("INSERT INTO slot (at) SELECT at FROM slot WHERE id = %(id)s", True, 1),
        ("SELECT name, size FROM without_default WHERE name = %(id)s", False, 1),
        ("UPDATE without_default SET (size) = ROW(size) WHERE name = %(id)s", False, 1),
    ]
    assert failed == {""}


def test_the_password_of_the_throwaway_server_is_for_its_user_alone() -> None:
    """With the data of a dump, anybody on the machine could otherwise read them."""
    with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
        server = ThrowawayPostgres(Path(folder))
        assert (server.data.parent / "password").stat().st_mode & 0o777 == 0o600
