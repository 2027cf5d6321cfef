"""Foreign keys whose rows cannot refer to the kept selection are refused before the first change."""

import re
import uuid
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests import legacy
from tests.conftest import Manage, Sql
from tests.schema import contents

NO_KEY = "without a primary key the archive cannot record which rows did"
CONFLICT = "is unique, and more than one of its rows would refer to one selection"
# The operator decides what to do; these are two possibilities.
UNFIT = {
    "selection integer REFERENCES workout_selections (id) ON DELETE CASCADE, note integer": (NO_KEY, None),
    "selection integer PRIMARY KEY REFERENCES workout_selections (id) ON DELETE CASCADE, note integer": (
        CONFLICT,
        "DELETE FROM notes WHERE selection IN (10, 11, 12, 13, 14, 15, 17, 20, 21)",
    ),
    "selection integer REFERENCES workout_selections (id), note integer, PRIMARY KEY (selection, note)": (
        CONFLICT,
        "UPDATE notes SET note = selection",
    ),
}


@pytest.mark.parametrize("columns", UNFIT)
def test_they_are_refused_and_once_fixed_changed_with_the_selections(
    release: Manage, manage: Manage, sql: Sql, engine: str, columns: str
) -> None:
    said, remedy = UNFIT[columns]
    legacy.create(sql, engine)
    sql(f"CREATE TABLE notes ({columns})")
    sql("INSERT INTO notes (selection, note) SELECT id, 0 FROM workout_selections")
    before = contents(sql, engine)

    result = release()

    assert result.returncode == 1
    assert said in result.stderr
    assert "Nothing was changed." in result.stderr
    assert contents(sql, engine) == before
    assert said in manage("takeover", "--dry-run").stderr
    if not remedy:
        return
    sql(remedy)
    rows = [selection for (selection,) in sql("SELECT selection FROM notes ORDER BY 1")]

    result = release()

    assert result.returncode == 0, result.stderr
    kept = {removed: row[1] for removed, row in legacy.settle(legacy.SELECTIONS)[1].items()}
    moved = sorted(kept.get(selection, selection) for selection in rows)
    assert [selection for (selection,) in sql("SELECT selection FROM notes ORDER BY 1")] == moved
    assert manage("migrate", "workouts", "0003").returncode == 0
    assert [selection for (selection,) in sql("SELECT selection FROM notes ORDER BY 1")] == rows


def test_a_large_table_without_an_index_is_refused(release: Manage, sql: Sql, engine: str, database_url: str) -> None:
    if engine != "postgresql":
        pytest.skip("SQLite has no other writers")
    legacy.create(sql, engine)
    columns = "title, workout_type, originally_planned_day, is_custom"
    sql(f"INSERT INTO workouts ({columns}) SELECT 'Extra', 'Run', now(), true FROM generate_series(1, 500)")
    twice = "workouts, generate_series(1, 2) WHERE title = 'Extra'"
    sql(f"INSERT INTO workout_selections (workout_id) SELECT id FROM {twice}")
    sql("CREATE TABLE notes (id integer PRIMARY KEY, selection integer REFERENCES workout_selections, text text)")
    sql("ALTER TABLE notes ALTER COLUMN text SET STORAGE PLAIN")
    sql("INSERT INTO notes (id, text) SELECT n, repeat('x', 5000) FROM generate_series(1, 300) n")

    result = release()

    assert result.returncode == 1
    assert "notes.selection refers to selections and has no index" in result.stderr
    (remedy,) = re.findall(r"CREATE INDEX CONCURRENTLY [^;]+;", result.stderr)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(remedy)
    result = release()
    assert result.returncode == 0, result.stderr


def test_rows_that_the_role_may_not_change_or_cannot_see_are_refused(
    release: Manage, sql: Sql, engine: str, database_url: str
) -> None:
    if engine != "postgresql":
        pytest.skip("SQLite knows no roles")
    role = f"owner_{uuid.uuid4().hex[:8]}"
    legacy.create(sql, engine)
    sql("CREATE TABLE notes (id integer PRIMARY KEY, selection integer REFERENCES workout_selections)")
    sql("INSERT INTO notes SELECT id, id FROM workout_selections")
    sql(f"CREATE ROLE {role} LOGIN PASSWORD 'owns'; GRANT CREATE ON SCHEMA public TO {role}")
    for table in ("workouts", "workout_selections", "alembic_version"):
        sql(f"ALTER TABLE {table} OWNER TO {role}")
    sql("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
    sql("ALTER TABLE workout_selections ENABLE ROW LEVEL SECURITY")
    sql("ALTER TABLE workout_selections FORCE ROW LEVEL SECURITY")
    parts = urlsplit(database_url)
    url = urlunsplit(parts._replace(netloc=f"{role}:owns@{parts.hostname}:{parts.port}"))
    try:
        result = release(DATABASE_URL=url)
        assert result.returncode == 1
        assert f"role {role} may not change it" in result.stderr
        assert f"row-level security hides rows of workout_selections from role {role}" in result.stderr
        sql(" ".join(re.findall(r"Type: (.*;)", result.stderr)))

        result = release(DATABASE_URL=url)
        assert f"role {role} cannot see all its rows" in result.stderr
        sql(" ".join(re.findall(r"Type: (.*;)", result.stderr)))

        result = release(DATABASE_URL=url)
        assert result.returncode == 0, result.stderr
        assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)
        assert sql("SELECT count(*) FROM notes JOIN workout_selections s ON s.id = selection") == [(15,)]
    finally:
        sql(f"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}")
