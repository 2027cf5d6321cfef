"""Objects that depend on the old tables: refused before the first change if they would break, else not changed."""

import re
import sqlite3

import pytest

from tests import legacy
from tests.conftest import Manage, Sql
from tests.schema import contents

TRIGGER = "CREATE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {1} END$$"

# Statements, by the name of the object in the refusal.
STOPS = {
    "postgresql": {
        "view recent": "CREATE VIEW recent AS SELECT id, updated_at FROM workout_selections",
        "view of_recent": "CREATE VIEW of_recent WITH (security_barrier=true) AS SELECT id FROM recent",
        "materialized view ages": "CREATE MATERIALIZED VIEW ages AS SELECT id, created_at FROM workouts",
        "trigger touched of workout_selections": "CREATE TRIGGER touched BEFORE UPDATE OF updated_at"
        " ON workout_selections FOR EACH ROW EXECUTE FUNCTION pass()",
        "trigger born of workouts": "CREATE TRIGGER born AFTER UPDATE ON workouts FOR EACH ROW"
        " WHEN (OLD.created_at IS DISTINCT FROM NEW.created_at) EXECUTE FUNCTION pass()",
        "policy lately of workouts": "CREATE POLICY lately ON workouts TO PUBLIC USING (created_at > '2020-01-01')",
        "function last_change()": "CREATE FUNCTION last_change() RETURNS text LANGUAGE sql"
        " BEGIN ATOMIC SELECT max(updated_at)::text FROM workout_selections; END",
        "columns or condition of publication partial for workouts": "CREATE PUBLICATION partial FOR TABLE workouts"
        " (id, created_at)",
        "index by_day": "CREATE INDEX by_day ON workout_selections (date_trunc('day', updated_at))",
        "index of_late": "CREATE INDEX of_late ON workouts (id) WHERE created_at > '2020-01-01'",
        "column old of history": "CREATE TABLE history (old workout_selections)",
        "rule counted of workout_selections": "CREATE RULE counted AS ON DELETE TO workout_selections DO ALSO NOTHING",
        "rule kept of workouts": "CREATE RULE kept AS ON DELETE TO workouts DO INSTEAD NOTHING",
        "has no replica identity": "CREATE PUBLICATION everything FOR TABLE workout_selections",
        "child inherits from workout_selections": "CREATE TABLE child () INHERITS (workout_selections)",
    },
    "sqlite": {
        "view recent": "CREATE VIEW recent AS SELECT id, updated_at FROM Workout_Selections",
        "view of_recent": "CREATE VIEW of_recent AS SELECT id FROM recent",
        "trigger noted": "CREATE TRIGGER noted AFTER INSERT ON workout_selections BEGIN SELECT 1; END",
        "trigger renamed": "CREATE TRIGGER renamed AFTER UPDATE ON users"
        " BEGIN UPDATE workouts SET title = title WHERE id = 0; END",
    },
}
LOST = {"recent", "of_recent", "ages", "touched", "born", "lately", "last_change", "partial", "noted", "renamed"}

HARMLESS = {
    "postgresql": [
        "CREATE VIEW titles AS SELECT id, title FROM workouts",
        "CREATE INDEX by_change ON workout_selections (updated_at)",
        "CREATE INDEX changed ON workout_selections (id) WHERE updated_at IS NOT NULL",
        "CREATE STATISTICS together ON workout_id, updated_at FROM workout_selections",
        "ALTER TABLE workout_selections ADD CONSTRAINT late CHECK (updated_at > '2020-01-01')",
        "CREATE TABLE log (id integer)",
        "CREATE TRIGGER logged AFTER INSERT ON workout_selections FOR EACH ROW EXECUTE FUNCTION log()",
        "CREATE TRIGGER passed BEFORE DELETE ON workout_selections FOR EACH ROW EXECUTE FUNCTION pass()",
        "CREATE PUBLICATION everything FOR ALL TABLES",
        "ALTER TABLE workouts ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY everybody ON workouts USING (id > 0)",
        "CREATE TABLE notes (id integer PRIMARY KEY, workout integer REFERENCES workouts ON DELETE CASCADE)",
    ],
    "sqlite": [
        "CREATE VIEW emails AS SELECT email FROM users",
        "CREATE INDEX by_title ON workouts (title)",
        "CREATE INDEX by_day ON workout_selections (current_plan_day) WHERE current_plan_day IS NOT NULL",
        "CREATE TABLE notes (id integer PRIMARY KEY, workout integer REFERENCES workouts ON DELETE CASCADE)",
    ],
}
OBJECTS = {
    "postgresql": "SELECT relname FROM pg_class UNION SELECT tgname FROM pg_trigger UNION SELECT polname FROM pg_policy"
    " UNION SELECT proname FROM pg_proc UNION SELECT pubname FROM pg_publication_tables WHERE tablename = 'workouts'",
    "sqlite": "SELECT name FROM sqlite_master",
}


@pytest.fixture
def old_database(sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)
    if engine == "postgresql":
        sql(TRIGGER.format("pass", "RETURN coalesce(NEW, OLD);"))
        sql(TRIGGER.format("log", "INSERT INTO log VALUES (NEW.id); RETURN NULL;"))


def type_in(sql: Sql, engine: str, script: str) -> None:
    """Runs the statements one by one, as psql and the SQLite shell do."""
    statement = ""
    for line in script.splitlines() if engine == "sqlite" else ():
        statement += f"{line}\n"
        if sqlite3.complete_statement(statement):
            sql(statement)
            statement = ""
    if engine == "postgresql":
        sql(script)


@pytest.mark.usefixtures("old_database")
def test_obstacles_are_refused_together_and_the_printed_statements_remove_them(
    release: Manage, sql: Sql, engine: str
) -> None:
    for statement in STOPS[engine].values():
        sql(statement)
    if engine == "postgresql":
        sql("ALTER TABLE workout_selections REPLICA IDENTITY NOTHING")
    before = contents(sql, engine)

    refusal = release()

    assert refusal.returncode == 1
    assert "Nothing was changed." in refusal.stderr
    assert "Traceback" not in refusal.stderr
    assert [name for name in STOPS[engine] if name not in refusal.stderr] == []
    assert contents(sql, engine) == before
    remedies, restore = re.split(r"\nThen run: .*\nAfterwards, .*, in this order:\n", refusal.stderr)
    type_in(sql, engine, "\n".join(re.findall(r"Type: (.*;)$", remedies, re.MULTILINE)))

    result = release()

    assert result.returncode == 0, result.stderr
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)
    type_in(sql, engine, restore.partition("\nSee docs/")[0])
    assert LOST & set(re.findall(r"\w+", " ".join(STOPS[engine]))) <= {name for (name,) in sql(OBJECTS[engine])}


@pytest.mark.usefixtures("old_database")
def test_harmless_objects_are_neither_refused_nor_lost(release: Manage, sql: Sql, engine: str) -> None:
    for statement in HARMLESS[engine]:
        sql(statement)
    sql("INSERT INTO notes SELECT id, id FROM workouts")
    before = {name for (name,) in sql(OBJECTS[engine]) if not name.startswith(("pg_", "sqlite_"))}

    result = release()

    assert result.returncode == 0, result.stderr
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)
    assert before - {name for (name,) in sql(OBJECTS[engine])} == set()
    assert sql("SELECT count(*) FROM notes") == [(30,)]
