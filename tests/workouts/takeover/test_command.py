"""`manage.py takeover --dry-run` reports what a release then does with a database, and changes nothing."""

import re
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests import legacy
from tests.conftest import Manage, Sql
from tests.schema import contents

RELEASE = "python manage.py migrate --noinput --fake-initial"


@pytest.mark.parametrize("revision", [legacy.FIRST_REVISION, legacy.UNIQUE_REVISION])
def test_it_reports_what_the_release_then_does(
    release: Manage, manage: Manage, sql: Sql, engine: str, revision: str, database_url: str
) -> None:
    legacy.create(sql, engine, revision)
    sql(
        "CREATE TABLE notes (id integer PRIMARY KEY, selection integer REFERENCES workout_selections ON DELETE CASCADE)"
    )
    sql("INSERT INTO notes SELECT id, id FROM workout_selections")
    before, file = contents(sql, engine), Path(urlsplit(database_url).path[1:])
    content = file.read_bytes() if engine == "sqlite" else b""

    result = manage("takeover", "--dry-run")

    assert result.returncode == 0, result.stderr
    assert contents(sql, engine) == before
    assert not content or file.read_bytes() == content
    assert f"Alembic revision {revision}" in result.stdout
    assert f"Workouts: 30; selections: {len(before['rows']['workout_selections'])}." in result.stdout
    assert "Adopted with their rows: workouts, workout_selections." in result.stdout
    assert "Not changed: alembic_version, notes, users." in result.stdout
    assert result.stdout.endswith(f"Rights and the server are checked by the release: {RELEASE}\n")
    told = r"duplicate selections: (\d+); rows (?:to archive|archived): (\d+); gaps (?:to fill|filled): (\d+)"
    announced = re.findall(told, result.stdout)
    assert ("notes.selection that will refer to the kept selection: 7." in result.stdout) == (announced[0][0] != "0")

    released = release()

    assert re.findall(told, released.stdout) == announced
    again = manage("takeover", "--dry-run")
    assert (again.returncode, again.stdout.splitlines()[0]) == (
        0,
        "This database is taken over: every migration of the planner is applied.",
    )


def test_it_reports_what_blocks_the_release_and_fails(manage: Manage, sql: Sql, engine: str) -> None:
    legacy.create(sql, engine)
    sql("CREATE VIEW recent AS SELECT id, updated_at FROM workout_selections")
    sql("CREATE TABLE tokens (id integer)")
    before = contents(sql, engine)

    result = manage("takeover", "--dry-run")

    assert result.returncode == 1
    assert "rows to archive: 7" in result.stdout
    assert "view recent" in result.stderr
    assert "The table tokens already exists" in result.stderr
    assert contents(sql, engine) == before

    sql("UPDATE alembic_version SET version_num = '0123456789ab'")
    result = manage("takeover", "--dry-run")
    assert result.returncode == 1
    assert "its Alembic revision is 0123456789ab" in result.stderr


def test_without_a_dry_run_it_names_the_release(manage: Manage) -> None:
    result = manage("takeover")

    assert result.returncode == 1
    assert RELEASE in result.stderr


def test_an_empty_database_has_nothing_to_take_over(manage: Manage, sql: Sql, engine: str, database_url: str) -> None:
    if engine == "sqlite":
        result = manage("takeover", "--dry-run")
        assert (result.returncode, "There is no SQLite file" in result.stderr) == (1, True)
        assert not Path(urlsplit(database_url).path[1:]).exists()
    sql("CREATE TABLE other (id integer)")

    result = manage("takeover", "--dry-run")

    assert result.returncode == 0, result.stderr
    assert "a release creates an empty planner" in result.stdout
    assert contents(sql, engine)["rows"] == {"other": []}


def test_a_role_that_may_only_read_can_run_it(manage: Manage, sql: Sql, engine: str, database_url: str) -> None:
    if engine != "postgresql":
        pytest.skip("SQLite knows no roles")
    legacy.create(sql, engine)
    sql("CREATE ROLE only_reader LOGIN PASSWORD 'reads'")
    sql("GRANT SELECT ON workouts, workout_selections TO only_reader")
    sql("ALTER ROLE only_reader SET default_transaction_read_only = on")
    parts = urlsplit(database_url)
    reader = urlunsplit(parts._replace(netloc=f"only_reader:reads@{parts.hostname}:{parts.port}"))
    try:
        refused = manage("takeover", "--dry-run", DATABASE_URL=reader)
        sql(" ".join(re.findall(r"GRANT .*?;", refused.stderr)))
        result = manage("takeover", "--dry-run", DATABASE_URL=reader)
    finally:
        sql("DROP OWNED BY only_reader")
        sql("DROP ROLE only_reader")

    assert "role only_reader may not read alembic_version." in refused.stderr
    assert result.returncode == 0, result.stderr
    assert "rows to archive: 7; gaps to fill: 11." in result.stdout


def test_a_damaged_file_is_named_by_its_path(manage: Manage, sql: Sql, engine: str, database_url: str) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL is a server")
    legacy.create(sql, engine)
    file = Path(urlsplit(database_url).path[1:])
    file.write_bytes(file.read_bytes()[:9000])

    said = manage("takeover", "--dry-run").stderr

    assert f"Nothing was changed. {file} is damaged." in said


def test_values_that_the_planner_cannot_read_are_shown(manage: Manage, sql: Sql, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL has types")
    legacy.create(sql, engine)
    sql("UPDATE workouts SET originally_planned_day = '0000-00-00' WHERE id = 1")
    sql("UPDATE workout_selections SET is_selected = 'no', time_of_day = x'ff', updated_at = '10.1.2026' WHERE id = 1")

    said = manage("takeover", "--dry-run").stderr

    columns = re.findall(r"- the planner cannot read every value of (\S+)\. Type: ", said)
    assert columns == [
        "workouts.originally_planned_day",
        *(f"workout_selections.{column}" for column in ("is_selected", "time_of_day", "updated_at")),
    ]
    assert [sql(statement)[0][0] for statement in re.findall(r"Type: (SELECT .*);", said)] == [1, 1, 1, 1]


def test_a_missing_database_is_reported_without_a_traceback(manage: Manage, engine: str, database_url: str) -> None:
    if engine != "postgresql":
        pytest.skip("SQLite is a file")
    result = manage("takeover", "--dry-run", DATABASE_URL=f"{database_url}_not")

    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "does not exist" in result.stderr
