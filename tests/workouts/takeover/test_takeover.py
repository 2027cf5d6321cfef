"""The old application's database is taken over, or refused without a change."""

import re
from functools import partial

import pytest

from tests import legacy
from tests.conftest import Manage, Once, Sql, execute
from tests.schema import contents, describe


@pytest.fixture(params=[legacy.FIRST_REVISION, legacy.UNIQUE_REVISION])
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def taken_over(once: Once, release: Manage, sql: Sql, engine: str, revision: str) -> None:
    """The database under test is the old application's, after the release."""

    def take_over() -> None:
        legacy.create(sql, engine, revision)
        release().check_returncode()

    once(f"taken over from {revision}", take_over)


def test_takes_over_in_one_release_and_loses_nothing(release: Manage, sql: Sql, engine: str, revision: str) -> None:
    legacy.create(sql, engine, revision)
    before, workouts = list(legacy.selections(sql).values()), legacy.workouts(sql)

    result = release()

    assert result.returncode == 0, result.stderr
    live, archived = legacy.settle(before)
    assert legacy.selections(sql) == live
    assert legacy.archive(sql) == archived
    assert legacy.workouts(sql) == workouts
    assert sql("SELECT version_num FROM alembic_version") == [(revision,)]
    assert sql("SELECT email, password_hash FROM users") == [("old@example.org", "scrypt:...")]


def test_prints_what_the_deduplication_did(release: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)

    assert "Workouts with duplicate selections: 5; rows archived: 7; gaps filled: 11." in release().stdout


def test_ends_with_the_schema_of_a_fresh_database(taken_over: None, sql: Sql, engine: str, template: str) -> None:
    assert describe(sql, engine) == describe(partial(execute, template), engine)


def test_goes_back_and_forward_again(
    taken_over: None, release: Manage, manage: Manage, sql: Sql, engine: str, revision: str
) -> None:
    before = legacy.UNIQUE_SELECTIONS if revision == legacy.UNIQUE_REVISION else legacy.SELECTIONS
    after, archived = legacy.selections(sql), legacy.archive(sql)

    assert manage("migrate", "workouts", "0003").returncode == 0
    assert legacy.selections(sql) == {row.id: row for row in before}
    assert legacy.archive(sql) == {}

    assert release().returncode == 0
    assert legacy.selections(sql) == after
    assert legacy.archive(sql) == archived


def test_a_second_release_has_nothing_to_do(taken_over: None, release: Manage, sql: Sql, engine: str) -> None:
    before = contents(sql, engine)

    result = release()

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert contents(sql, engine) == before


def test_an_empty_database_needs_no_alembic(release: Manage, manage: Manage) -> None:
    assert release().returncode == 0
    assert "[ ]" not in manage("showmigrations").stdout


REFUSED = {
    "its Alembic revision is 0123456789ab, and must be c1ce1892f74b or ffe812d426e2": [
        "UPDATE alembic_version SET version_num = '0123456789ab'"
    ],
    "its Alembic revision is 0123456789ab and c1ce1892f74b, and": [
        "INSERT INTO alembic_version VALUES ('0123456789ab')"
    ],
    "its Alembic revision is none, and": ["DELETE FROM alembic_version"],
    "there is no alembic_version, so the tables must be this version's own": ["DROP TABLE alembic_version"],
    "table workout_selections is missing": ["DROP TABLE workout_selections"],
    "column workouts.tss is missing, and must be (double precision|float)": ["ALTER TABLE workouts DROP COLUMN tss"],
    "column workouts.rating is integer, and must be absent": ["ALTER TABLE workouts ADD COLUMN rating integer"],
    "column workouts.coach_comments is (varchar|character varying)\\(9\\), and must be text": [
        "ALTER TABLE workouts DROP COLUMN coach_comments",
        "ALTER TABLE workouts ADD COLUMN coach_comments VARCHAR(9)",
    ],
    "column workouts.tss is (double precision|float) NOT NULL, and must be (double precision|float)": [
        "ALTER TABLE workouts DROP COLUMN tss",
        "ALTER TABLE workouts ADD COLUMN tss FLOAT DEFAULT 0 NOT NULL",
    ],
    "workouts has the unknown unique constraint once on title": ["CREATE UNIQUE INDEX once ON workouts (title)"],
    "workouts has the unknown unique constraint mixed on id, an expression": [
        "CREATE UNIQUE INDEX mixed ON workouts (id, lower(title))"
    ],
    "constraint uq_workout_selections_workout_id on workout_id that is partial": [
        "CREATE UNIQUE INDEX uq_workout_selections_workout_id ON workout_selections (workout_id) WHERE id < 0"
    ],
    "its Alembic revision is None": [
        "DROP TABLE alembic_version",
        "CREATE TABLE alembic_version (version_num text)",
        "INSERT INTO alembic_version VALUES (NULL)",
    ],
    "its Alembic revision is none": ["DROP TABLE alembic_version", "CREATE TABLE alembic_version (number text)"],
}


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses_an_unknown_database_and_changes_nothing(release: Manage, sql: Sql, engine: str, reason: str) -> None:
    legacy.create(sql, engine)
    for statement in REFUSED[reason]:
        sql(statement)
    before = contents(sql, engine)

    result = release()

    assert result.returncode == 1
    assert "This version cannot take over this database. Nothing was changed.\n- " in result.stderr
    assert re.search(f"^- .*{reason}", result.stderr, re.MULTILINE)
    assert "Traceback" not in result.stderr
    assert contents(sql, engine) == before


def test_refuses_the_database_of_another_django_project(manage: Manage, release: Manage, sql: Sql) -> None:
    assert manage("migrate", "sessions", "-v0").returncode == 0
    sql("INSERT INTO django_migrations (app, name, applied) VALUES ('shop', '0001_initial', '2026-11-30')")

    refused, inspected = release(), manage("takeover", "--dry-run")

    for result in (refused, inspected):
        assert result.returncode == 1
        assert "it is another Django project's: this code has no app shop, whose migrations it has\n" in result.stderr
    assert sql("SELECT count(*) FROM django_migrations WHERE app = 'workouts'") == [(0,)]


def test_refuses_tables_of_its_own_whose_records_were_lost(migrated: None, release: Manage, sql: Sql) -> None:
    records = sql("SELECT app, name, applied FROM django_migrations")
    sql("DELETE FROM django_migrations")

    result = release()

    assert result.returncode == 1
    assert "its tables are this planner's, and django_migrations does not say so\n" in result.stderr
    sql("DELETE FROM django_migrations")
    for record in records:
        sql("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", *record)
    assert release().returncode == 0


def test_refuses_a_table_without_its_keys(release: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)
    sql("ALTER TABLE workout_selections RENAME TO old_selections")
    sql("CREATE TABLE workout_selections AS SELECT * FROM old_selections")
    sql("DROP TABLE old_selections")

    result = release()

    assert result.returncode == 1
    assert "workout_selections has no primary key on id" in result.stderr
    assert "workout_selections.workout_id does not refer to workouts.id" in result.stderr


def test_refuses_selections_without_a_workout(release: Manage, sql: Sql, engine: str) -> None:
    if engine == "postgresql":
        pytest.skip("PostgreSQL has enforced the foreign key all along")
    legacy.create(sql, engine)
    sql("DELETE FROM workouts WHERE id = 1")
    before = contents(sql, engine)

    result = release()

    assert result.returncode == 1
    assert "selections such as 1 refer to workouts that do not exist" in result.stderr
    assert contents(sql, engine) == before


def test_says_what_to_type_when_fake_initial_was_left_out(manage: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)

    result = manage("migrate")

    assert result.returncode == 1
    assert "Run: python manage.py migrate --noinput --fake-initial" in result.stderr.replace("then run", "Run")
    assert "Traceback" not in result.stderr
