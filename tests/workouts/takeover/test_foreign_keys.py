"""Other software's rows that refer to a removed selection are changed to refer to the kept one, and back."""

import random
from typing import Any

import psycopg
import pytest

from tests import legacy
from tests.conftest import Manage, Sql
from tests.writers import HOT, OLD_VERSION, Writers

TABLES = {
    "cascading": "selection integer NOT NULL REFERENCES workout_selections (id) ON DELETE CASCADE",
    "emptied": "selection integer REFERENCES workout_selections (id) ON DELETE SET NULL",
    "held": "selection integer NOT NULL REFERENCES workout_selections",
    "checked_late": "selection integer REFERENCES workout_selections (id) DEFERRABLE INITIALLY DEFERRED",
}


def refer_to_every_selection(sql: Sql) -> None:
    for table, column in TABLES.items():
        key = "id, selection, code" if table == "held" else "code"
        sql(f"CREATE TABLE {table} (code VARCHAR(9) NOT NULL, {column}, id integer DEFAULT 1, PRIMARY KEY ({key}))")
        sql(f"INSERT INTO {table} (code, selection) SELECT 'n\"' || id, id FROM workout_selections")
        sql(f"INSERT INTO {table} (code, selection) SELECT 'second' || id, id FROM workout_selections WHERE id < 16")


def references(sql: Sql) -> dict[str, dict[str, int]]:
    return {table: dict(sql(f"SELECT code, selection FROM {table}")) for table in TABLES}


def test_they_refer_to_the_kept_selection_and_back_again(
    release: Manage, manage: Manage, sql: Sql, engine: str
) -> None:
    legacy.create(sql, engine)
    refer_to_every_selection(sql)
    before, selections = references(sql), legacy.selections(sql)
    kept = {removed: row[1] for removed, row in legacy.settle(legacy.SELECTIONS)[1].items()}
    constraints = foreign_keys(sql, engine)

    for _ in range(2):
        result = release()
        assert result.returncode == 0, result.stderr
        assert references(sql) == {
            table: {code: kept.get(selection, selection) for code, selection in rows.items()}
            for table, rows in before.items()
        }
        assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)
        assert foreign_keys(sql, engine) == constraints

        result = manage("migrate", "workouts", "0003")
        assert result.returncode == 0, result.stderr
        assert references(sql) == before
        assert legacy.selections(sql) == selections
        assert foreign_keys(sql, engine) == constraints


def test_one_that_was_changed_in_the_meantime_stays_as_it_is(
    release: Manage, manage: Manage, sql: Sql, engine: str
) -> None:
    legacy.create(sql, engine)
    refer_to_every_selection(sql)
    assert release().returncode == 0
    sql("UPDATE held SET selection = 22 WHERE code = 'n\"10'")

    assert manage("migrate", "workouts", "0003").returncode == 0

    assert references(sql)["held"]['n"10'] == 22
    assert references(sql)["held"]["second10"] == 10


def test_one_that_refers_to_a_row_which_the_guard_replaces_goes_to_the_new_one(
    release: Manage, manage: Manage, sql: Sql, engine: str
) -> None:
    if engine != "postgresql":
        pytest.skip("the guard is a trigger of PostgreSQL")
    legacy.create(sql, engine)
    refer_to_every_selection(sql)
    before = references(sql)
    constraints = foreign_keys(sql, engine)
    assert manage("migrate", "workouts", "0004", "--fake-initial").returncode == 0
    for number in (900, 901):
        legacy.insert_selections(sql, legacy.Selection(number, 1))
        assert {row["second1"] for row in references(sql).values()} == {number}
    sql("SELECT setval('workout_selections_id_seq', 901)")

    assert release().returncode == 0
    assert foreign_keys(sql, engine) == constraints
    assert manage("migrate", "workouts", "0003").returncode == 0

    assert references(sql) == before
    assert foreign_keys(sql, engine) == constraints


@pytest.mark.proof
def test_they_follow_while_both_applications_write(release: Manage, sql: Sql, engine: str, database_url: str) -> None:
    """Here the guard replaces rows continually while other software refers to them.

    The column has an index: without one the server reads all of `notes` for each deleted row, and thousands of them at
    once take longer than the stall budget allows.
    """
    if engine != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    legacy.create(sql, engine)
    sql(f"CREATE TABLE notes (id serial PRIMARY KEY, {TABLES['cascading']})")
    sql("CREATE INDEX ON notes (selection)")
    sql("INSERT INTO notes (selection) SELECT id FROM workout_selections")
    noted = {number for (number,) in sql("SELECT id FROM notes")}

    def note(writers: Writers, connection: "psycopg.Connection[Any]") -> None:
        row = connection.execute(
            "WITH found AS (SELECT id FROM workout_selections WHERE workout_id = %s LIMIT 1 FOR KEY SHARE)"
            " INSERT INTO notes (selection) SELECT id FROM found RETURNING id",
            [random.choice(HOT)],
        ).fetchone()
        connection.commit()
        if row:
            noted.add(row[0])

    writers = Writers(database_url)
    with writers.at_work(*OLD_VERSION, note, note):
        result = release(RELEASE_STALL_BUDGET="20")

    assert result.returncode == 0, result.stdout + result.stderr
    assert writers.errors == []
    assert noted == {number for (number,) in sql("SELECT id FROM notes")}


def foreign_keys(sql: Sql, engine: str) -> list[tuple[object, ...]]:
    if engine != "postgresql":
        return []
    return sql(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid), obj_description(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND confrelid = 'workout_selections'::regclass ORDER BY 1"
    )
