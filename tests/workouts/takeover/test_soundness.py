"""What a release would only find at its end is found before it begins: PostgreSQL."""

import re

import psycopg
import pytest

from tests import legacy
from tests.conftest import Manage, Sql
from tests.schema import contents


@pytest.fixture(autouse=True)
def postgresql_only(engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("SQLite has none of this")


NOT_VALID = (
    "ALTER TABLE workout_selections DROP CONSTRAINT workout_selections_workout_id_fkey",
    "ALTER TABLE workout_selections ADD CONSTRAINT workout_selections_workout_id_fkey"
    " FOREIGN KEY (workout_id) REFERENCES workouts (id) NOT VALID",
)
UNSOUND = {
    "workouts.is_custom does not have the default false": ["ALTER TABLE workouts ALTER is_custom DROP DEFAULT"],
    "the sequence workouts_id_seq would give an id": ["SELECT setval('workouts_id_seq', 1, false)"],
    "the sequence workout_selections_id_seq would give an id": [
        "ALTER SEQUENCE workout_selections_id_seq OWNED BY NONE",
        "SELECT setval('workout_selections_id_seq', 1, false)",
    ],
    "workouts.id has no sequence": ["ALTER TABLE workouts ALTER id DROP DEFAULT"],
    "workout_selections.id has no sequence": [
        "ALTER TABLE workout_selections ALTER id SET DEFAULT nextval('workout_selections_id_seq'::text::regclass)"
    ],
    "foreign key workout_selections_workout_id_fkey": NOT_VALID,
    "refer to workouts that do not exist": [
        NOT_VALID[0],
        "INSERT INTO workout_selections (workout_id) VALUES (9999)",
        NOT_VALID[1],
    ],
}


def test_a_foreign_key_that_is_not_enforced_can_be_made_so_as_it_says(release: Manage, sql: Sql, engine: str) -> None:
    if sql("SELECT current_setting('server_version_num')::int < 180000") == [(True,)]:
        pytest.skip("since PostgreSQL 18")
    legacy.create(sql, engine)
    sql("ALTER TABLE workout_selections ALTER CONSTRAINT workout_selections_workout_id_fkey NOT ENFORCED")
    (typed,) = re.findall(r" Type: (.*)", release().stderr)
    sql(typed)
    assert release().returncode == 0


@pytest.mark.parametrize("reason", UNSOUND)
def test_what_would_fail_at_the_end_is_said_before_with_what_to_type(
    release: Manage, sql: Sql, engine: str, reason: str
) -> None:
    legacy.create(sql, engine)
    for statement in UNSOUND[reason]:
        sql(statement)
    before = contents(sql, engine)
    told = release().stderr
    assert reason in told
    assert contents(sql, engine) == before
    for statement in re.findall(r" Type: (.*)", told):
        sql(statement)
    assert release().returncode == 0


def test_a_generated_column_is_refused(manage: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)
    sql("ALTER TABLE workouts DROP tss, ADD tss double precision GENERATED ALWAYS AS (intensity_factor * 100) STORED")
    said = manage("takeover", "--dry-run").stderr
    assert "column workouts.tss is double precision GENERATED, and must be double precision\n" in said


def test_an_index_that_a_failed_build_left_does_not_replace_the_guard(
    release: Manage, manage: Manage, sql: Sql, engine: str, database_url: str
) -> None:
    legacy.create(sql, engine)
    build = "CREATE UNIQUE INDEX CONCURRENTLY uq_workout_selections_workout_id ON workout_selections (workout_id)"
    with psycopg.connect(database_url, autocommit=True) as session, pytest.raises(psycopg.errors.UniqueViolation):
        session.execute(build)
    assert manage("migrate", "workouts", "0004", "--noinput", "--fake-initial").returncode == 0
    sql("INSERT INTO workout_selections (workout_id, user_notes) VALUES (1, 'from the old application')")
    assert sql("SELECT count(*) FROM workout_selections WHERE workout_id = 1") == [(1,)]
    result = release()
    assert result.returncode == 0, result.stderr


def test_dates_are_read_whatever_style_the_database_has(release: Manage, manage: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)
    ((name,),) = sql("SELECT current_database()")
    sql(f"ALTER DATABASE \"{name}\" SET datestyle = 'SQL, DMY'")
    sql(f'ALTER DATABASE "{name}" SET quote_all_identifiers = on')
    assert manage("takeover", "--dry-run").returncode == 0
    result = release()
    assert result.returncode == 0, result.stderr
    assert manage("showmigrations").returncode == 0
    assert manage("migrate", "--check").returncode == 0


def test_selections_whose_workout_is_gone_keep_what_they_got_when_it_goes_back(
    release: Manage, manage: Manage, sql: Sql, engine: str
) -> None:
    legacy.create(sql, engine, rows=())
    sql("ALTER TABLE workout_selections DISABLE TRIGGER ALL")
    sql("INSERT INTO workout_selections (workout_id, current_plan_day) VALUES (9999, '2026-01-10'), (9999, NULL)")
    sql("ALTER TABLE workout_selections ENABLE TRIGGER ALL")
    assert release().returncode == 0
    assert manage("migrate", "workouts", "0003").returncode == 0
    assert sql("SELECT current_plan_day::text FROM workout_selections") == [("2026-01-10",)]
    assert sql("SELECT count(*) FROM workout_selections_archive") == [(1,)]
