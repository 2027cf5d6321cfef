"""How many rows a migration writes, in a rehearsal: whichever statement writes them, and none of those it reads."""

from collections.abc import Iterator

import psycopg
import pytest

from releases.rehearsal.databases import Databases
from releases.rehearsal.observer import OBSERVED, Observer
from releases.rehearsal.postgres import throwaway_postgres
from releases.rehearsal.recording import Recording
from tests.memory import TEMPORARY

pytestmark = pytest.mark.either_engine

TABLES = """
CREATE TABLE box (size int);
CREATE TABLE gone (LIKE box);
INSERT INTO box SELECT generate_series(1, 50);
CREATE FUNCTION grow() RETURNS void LANGUAGE sql AS 'UPDATE box SET size = size + 1 WHERE size <= 10';
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with throwaway_postgres(TEMPORARY, **OBSERVED) as server:
        url = Databases(server.url).create("rehearsal")
        with psycopg.connect(url) as connection:
            connection.execute(TABLES.encode())
        yield url


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("UPDATE box SET size = size", 50),
        ("DO 'BEGIN UPDATE box SET size = size; END'", 50),
        ("SELECT grow()", 10),
        ("WITH found AS (SELECT size FROM box) UPDATE box SET size = box.size FROM found WHERE found.size = 50", 50),
        ("WITH found AS (SELECT size FROM box FOR UPDATE) SELECT size FROM found", 0),
        ("SELECT size FROM box", 0),
        ("COPY (SELECT size FROM box) TO '/dev/null'", 0),
        ("COPY box (size) FROM '/dev/null'", 0),
    ],
)
def test_the_rows_that_a_statement_writes(url: str, statement: str, rows: int) -> None:
    with Observer(url, Recording(), "rehearsed") as observer, psycopg.connect(url) as connection:
        before = observer.snapshot()
        connection.execute("BEGIN")
        connection.execute(statement.encode())
        connection.rollback()
        assert observer.snapshot().rows - before.rows == rows
