"""Tables with the names of those that pending migrations create, on an otherwise empty database."""

import re

import pytest

from tests.conftest import Manage, Sql
from tests.schema import contents

COLUMNS = "id integer, password text, last_login text, is_superuser integer, username text, first_name text"
COLUMNS += ", last_name text, email text, is_staff integer, is_active integer, date_joined text"


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (
            [
                "auth_user (id integer, name text)",
                "changes (id integer, what text)",
                "django_session (id integer)",
                "workout_selections_archive (id integer)",
            ],
            [
                "The table auth_user already exists, and auth.0001_initial creates",
                "The table changes already exists, and workouts.0007_change_history",
                "django_session already exists and is not what sessions.0001_initial creates: it lacks",
                "archive already",
            ],
        ),
        (
            ["auth_user (id integer, name text NOT NULL)", "auth_group (id integer)", "auth_permission (id integer)"],
            ["auth_user already exists and is not what auth.0001_initial creates: it lacks password"],
        ),
        (
            [
                f"auth_user ({COLUMNS})",
                "auth_group (id integer, name text)",
                "auth_permission (id integer, name text, content_type_id integer, codename text)",
            ],
            ["auth_user already exists and is not what auth.0001_initial creates", "auth_user_groups is missing"],
        ),
    ],
)
def test_they_are_named_before_the_first_change_and_renaming_them_lets_the_release_run(
    release: Manage, sql: Sql, engine: str, tables: list[str], said: list[str]
) -> None:
    for table in tables:
        sql(f"CREATE TABLE {table}")
    before = contents(sql, engine)

    result = release()

    assert result.returncode == 1
    assert [sentence for sentence in said if sentence not in result.stderr] == []
    assert "Nothing was changed." in result.stderr
    assert contents(sql, engine) == before
    for statement in re.findall(r"ALTER TABLE [^;]+;", result.stderr):
        sql(statement)
    result = release()
    assert result.returncode == 0, result.stderr
    assert [sql(f"SELECT * FROM other_{table.split()[0]}") for table in tables] == [[]] * len(tables)


def test_a_view_or_a_sequence_with_the_name_conflicts_too(release: Manage, sql: Sql, engine: str) -> None:
    sql("CREATE VIEW tokens AS SELECT 1 AS id")
    if engine == "postgresql":
        sql("CREATE SEQUENCE preferences")
        sql("CREATE TYPE imports AS ENUM ('one')")

    result = release()

    assert result.returncode == 1
    assert "The view tokens already exists" in result.stderr
    if engine == "postgresql":
        for statement in re.findall(r"ALTER \w+ [^;]+;", result.stderr):
            sql(statement)
        assert release().returncode == 0


def test_tables_of_an_earlier_version_are_adopted_and_without_the_option_it_is_named(
    manage: Manage, release: Manage, sql: Sql
) -> None:
    """The records are lost, and the tables of the initial migrations exist."""
    assert manage("migrate", "sessions").returncode == 0
    sql("DELETE FROM django_migrations")

    result = manage("migrate")

    assert result.returncode == 1
    told = "django_session already exist as sessions.0001_initial creates them, and can be adopted. Run: "
    assert f"{told}python manage.py migrate --noinput --fake-initial" in result.stderr
    assert release().returncode == 0
