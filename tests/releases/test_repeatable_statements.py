"""What already exists decides: accepted, dropped and built again, or refused with nothing changed."""

from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from releases.repeatable.hook import repeatable

pytestmark = [pytest.mark.usefixtures("postgresql"), pytest.mark.django_db(transaction=True)]

Run = Callable[[str], None]
INDEXES = """
SELECT c.relname::text, indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname IN ('public', 'Store') AND indrelid IN
    ('box'::regclass, '"Store"."Big Box"'::regclass) ORDER BY 1
"""


def rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def run(told: list[str]) -> Iterator[Run]:
    execute("CREATE TABLE box (size integer, label text)")
    execute('CREATE SCHEMA "Store"')
    execute('CREATE TABLE "Store"."Big Box" (size integer, "a "" quote" text)')
    with repeatable(connection, told.append):
        yield execute
    execute('DROP TABLE IF EXISTS box CASCADE; DROP SCHEMA "Store" CASCADE; DROP VIEW IF EXISTS i')


def make_invalid(index: str) -> None:
    execute(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{index}'::regclass")


@pytest.mark.parametrize(
    "standing",
    [
        "CREATE INDEX i ON box (label)",
        "CREATE INDEX i ON box (size, label)",
        "CREATE INDEX i ON box (size DESC)",
        "CREATE INDEX i ON box ((size + 0))",
        "CREATE INDEX i ON box (size) WHERE size > 0",
        "CREATE INDEX i ON box (size) INCLUDE (label)",
        "CREATE INDEX i ON box USING hash (size)",
        "CREATE INDEX i ON box (size) WITH (fillfactor = 50)",
        "CREATE UNIQUE INDEX i ON box (size)",
        "ALTER TABLE box ADD CONSTRAINT i UNIQUE (size)",
        "ALTER TABLE box ADD CONSTRAINT i UNIQUE (size) DEFERRABLE",
        "ALTER TABLE box ADD CONSTRAINT i EXCLUDE (size WITH =)",
        "CREATE TABLE other (size integer); CREATE INDEX i ON other (size)",
        "CREATE VIEW i AS SELECT 1 AS size",
    ],
)
def test_refuses_another_definition(run: Run, standing: str) -> None:
    execute(f"DROP TABLE IF EXISTS other; {standing}")
    before = rows("SELECT oid, relname FROM pg_class ORDER BY oid")

    refusal = r"^i exists with another definition: it is .*, and wanted on box is INDEX USING btree \(size\)\."
    with pytest.raises(ProgrammingError, match=refusal):
        run("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON box (size)")

    assert rows("SELECT oid, relname FROM pg_class ORDER BY oid") == before
    execute("DROP TABLE IF EXISTS other")


@pytest.mark.parametrize("standing", ["INDEX i ON box (size)", "INDEX i ON box (label) WHERE size > 1"])
def test_an_invalid_index_is_built_again_whatever_it_was(run: Run, standing: str) -> None:
    execute(f"CREATE {standing}")
    make_invalid("i")

    run('CREATE INDEX CONCURRENTLY "i" ON "box" ("size" )')

    assert rows(INDEXES) == [("i", True)]
    assert rows("SELECT pg_get_indexdef('i'::regclass)") == [("CREATE INDEX i ON public.box USING btree (size)",)]


@pytest.mark.parametrize(
    "statement",
    [
        "create unique index concurrently i on box(size)",
        "CREATE UNIQUE INDEX CONCURRENTLY i ON public.box USING btree (size) NULLS DISTINCT ;",
        "-- unique\nCREATE /* really */ UNIQUE\n\tINDEX CONCURRENTLY IF NOT EXISTS I ON Box ((box.size))\n",
    ],
)
def test_however_it_is_written(run: Run, told: list[str], statement: str) -> None:
    run(statement)
    assert rows(INDEXES) == [("i", True)]
    run(statement)
    assert told == ["Index i already exists with the wanted definition."]
    make_invalid("i")
    run(statement)
    assert rows(INDEXES) == [("i", True)]


def test_names_that_need_quotes_in_a_schema_of_their_own(run: Run, told: list[str]) -> None:
    create = 'CREATE INDEX CONCURRENTLY "An ""Index" ON "Store"."Big Box" ("a "" quote", "size")'
    for _ in range(2):
        run(create)
        make_invalid('"Store"."An ""Index"')
    run(create)
    assert rows(INDEXES) == [('An "Index', True)]
    for _ in range(2):
        run('DROP INDEX CONCURRENTLY "Store"."An ""Index"')
    assert told == ['There is no index "Store"."An ""Index": nothing to drop.']


def test_without_a_name_it_is_known_by_the_one_that_the_server_gives(run: Run, told: list[str]) -> None:
    for _ in range(2):
        run("CREATE INDEX CONCURRENTLY ON box (label)")
    assert rows(INDEXES) == [("box_label_idx", True)]
    assert told == ["Index box_label_idx already exists with the wanted definition."]


def test_a_half_dropped_index_is_dropped(run: Run) -> None:
    execute("CREATE INDEX i ON box (size)")
    execute(
        "UPDATE pg_index SET indisvalid = false, indisready = false, indislive = false WHERE indexrelid = 'i'::regclass"
    )
    run("DROP INDEX CONCURRENTLY IF EXISTS i")
    assert rows(INDEXES) == []


@pytest.mark.parametrize(
    "reindex",
    ["REINDEX TABLE CONCURRENTLY box", "REINDEX (VERBOSE) INDEX CONCURRENTLY i", "REINDEX (CONCURRENTLY) TABLE box"],
)
def test_what_an_interrupted_reindex_left_is_dropped(run: Run, reindex: str) -> None:
    execute("CREATE INDEX i ON box (size)")
    for left in ("i_ccnew", "i_ccold1"):
        execute(f"CREATE INDEX {left} ON box (size)")
        make_invalid(left)

    run(reindex)

    assert rows(INDEXES) == [("i", True)]


def test_a_reindex_that_fails_leaves_nothing(run: Run) -> None:
    execute("CREATE UNIQUE INDEX i ON box (size)")
    execute("UPDATE pg_index SET indisunique = false WHERE indexrelid = 'i'::regclass")
    execute("INSERT INTO box (size) VALUES (1), (1)")
    execute("UPDATE pg_index SET indisunique = true WHERE indexrelid = 'i'::regclass")

    with pytest.raises(IntegrityError):
        run("REINDEX INDEX CONCURRENTLY i")

    assert rows(INDEXES) == [("i", True)]


def test_other_statements_and_those_in_a_transaction_are_left_to_the_server(run: Run) -> None:
    run("CREATE INDEX i ON box (size)")
    with pytest.raises(ProgrammingError, match="already exists"):
        run("CREATE INDEX i ON box (size)")
    with pytest.raises(ProgrammingError, match='relation "nothing" does not exist'):
        run("CREATE INDEX CONCURRENTLY j ON nothing (size)")
    with pytest.raises(ProgrammingError, match='column "absent" does not exist'):
        run("CREATE INDEX CONCURRENTLY j ON box (absent)")
    assert rows(INDEXES) == [("i", True)]
    assert rows("SHOW lock_timeout") == [("0",)]
