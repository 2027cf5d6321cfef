"""A trigger that keeps or changes rows is found before the first change, or else before a batch commits."""

import re

import pytest

from tests import legacy
from tests.conftest import Manage, Sql
from tests.schema import contents

KEEPS = {
    "postgresql": "CREATE TRIGGER keep BEFORE DELETE ON workout_selections FOR EACH ROW EXECUTE FUNCTION keep()",
    "sqlite": "CREATE TRIGGER keep BEFORE DELETE ON workout_selections BEGIN SELECT RAISE(IGNORE); END",
}


def function(sql: Sql, body: str) -> None:
    sql(f"CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body} END$$")


def typed(sql: Sql, text: str) -> list[str]:
    statements = [one for line in re.findall(r"Type: (.*;)", text) for one in re.findall(r"[^;]+;", line)]
    for statement in statements:
        sql(statement)
    return statements


def test_it_is_found_by_trying_before_the_first_change(release: Manage, manage: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)
    if engine == "postgresql":
        function(sql, "RETURN NULL;")
    else:  # which refuses any trigger while the tables are to be rebuilt
        assert manage("migrate", "workouts", "0003", "--fake-initial").returncode == 0
    sql(KEEPS[engine])
    before = contents(sql, engine)

    result = release()

    assert result.returncode == 1
    assert "of 7 selections archived 0 were removed, 7 are still there" in result.stderr
    assert "What can prevent it: the trigger keep of workout_selections" in result.stderr
    assert "Nothing was changed." in result.stderr
    assert contents(sql, engine) == before
    assert typed(sql, result.stderr)
    result = release()
    assert result.returncode == 0, result.stderr
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)


@pytest.fixture
def postgresql_only(engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("needs triggers that look at the database")


@pytest.mark.usefixtures("postgresql_only")
@pytest.mark.parametrize(
    ("event", "does", "said"),
    [
        ("UPDATE", "NEW.updated_at = now(); RETURN NEW;", "kept selections did not get exactly the values"),
        ("DELETE", "RAISE EXCEPTION 'never';", "failed: never. What can prevent it: "),
    ],
)
def test_one_that_changes_the_kept_row_or_raises_an_error_is_found_too(
    release: Manage, sql: Sql, engine: str, event: str, does: str, said: str
) -> None:
    legacy.create(sql, engine)
    function(sql, does)
    sql(f"CREATE TRIGGER keep BEFORE {event} ON workout_selections FOR EACH ROW EXECUTE FUNCTION keep()")

    result = release()

    assert result.returncode == 1
    assert said in result.stderr
    assert legacy.selections(sql) == {row.id: row for row in legacy.SELECTIONS}
    typed(sql, result.stderr)
    assert release().returncode == 0
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)


@pytest.mark.usefixtures("postgresql_only")
def test_one_that_acts_only_later_stops_the_batch(release: Manage, manage: Manage, sql: Sql, engine: str) -> None:
    """It also prevents the reverse migration, and acts only there."""
    legacy.create(sql, engine)
    guarded = "EXISTS (SELECT FROM pg_trigger WHERE tgname = 'keep_one_workout_selection')"
    function(sql, f"IF {guarded} THEN RETURN NULL; END IF; RETURN OLD;")
    sql(KEEPS[engine])

    result = release()

    assert result.returncode == 1
    assert "of 7 selections archived 0 were removed, 7 are still there. This batch was rolled back" in result.stderr
    assert legacy.selections(sql) == {row.id: row for row in legacy.SELECTIONS}
    assert legacy.archive(sql) == {}
    typed(sql, result.stderr)
    assert release().returncode == 0
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)

    sql("CREATE OR REPLACE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$")
    sql("CREATE TRIGGER back BEFORE INSERT ON workout_selections FOR EACH ROW EXECUTE FUNCTION keep()")
    result = manage("migrate", "workouts", "0003")
    assert result.returncode == 1
    assert "The archived selections could not be restored exactly: 7 did not come back as they were" in result.stderr
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)
    typed(sql, result.stderr)
    assert manage("migrate", "workouts", "0003").returncode == 0
    assert legacy.selections(sql) == {row.id: row for row in legacy.SELECTIONS}


def test_rows_that_are_both_archived_and_live_have_a_way_back(
    release: Manage, manage: Manage, sql: Sql, engine: str
) -> None:
    """An earlier version left such rows, with 0004 recorded."""
    legacy.create(sql, engine)
    assert manage("migrate", "workouts", "0004", "--fake-initial").returncode == 0
    if engine == "postgresql":
        sql("ALTER TABLE workout_selections DISABLE TRIGGER keep_one_workout_selection")
    columns = legacy.COLUMNS.removeprefix("id, ")
    sql(
        f"INSERT INTO workout_selections (id, {columns}) SELECT selection_id, {columns} FROM workout_selections_archive"
    )

    assert manage("migrate", "workouts", "0003").returncode == 0
    assert legacy.selections(sql) == {row.id: row for row in legacy.SELECTIONS}
    assert release().returncode == 0
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)


def test_permanent_tables_with_the_names_of_the_work_tables_stay(release: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)
    names = ("duplicate_selections", "held_selections", "ranked_selections", "kept_selections")
    for name in names:
        sql(f"CREATE TABLE {name} (id integer)")
        sql(f"INSERT INTO {name} VALUES (1)")

    assert release().returncode == 0

    assert [sql(f"SELECT id FROM {name}") for name in names] == [[(1,)]] * 4
