"""What messages call a setting is what the operator finds: a variable that holds a URL, or an entry of DATABASES."""

from typing import Any

import pytest
from django.db import connection

from releases.messages.naming import direct_place, migrate_command, place_of, repair_command, served_place
from tests.releases.conftest import Project

URL = {"DATABASE_VARIABLE": "DATABASE_URL", "DIRECT_DATABASE_VARIABLE": "DIRECT_URL", "COMMAND": "release now"}


def test_a_variable_that_holds_a_url_takes_parameters_at_its_end(settings: Any) -> None:
    settings.RELEASES = URL
    assert str(served_place()) == "DATABASE_URL"
    assert str(direct_place()) == "DIRECT_URL"
    assert served_place().with_parameter("sslmode", "require") == (
        "set sslmode=require in DATABASE_URL (at its end: ?sslmode=require)"
    )
    assert (migrate_command(), repair_command()) == ("release now", "python manage.py verify_schema --repair")


def test_without_a_variable_it_is_the_setting_and_its_options(settings: Any) -> None:
    settings.RELEASES = {}
    assert str(direct_place()) == 'RELEASES["DIRECT_DATABASE"]'
    assert served_place().with_parameter("sslmode", "require") == (
        'set "sslmode" to "require" in the OPTIONS of DATABASES["default"]'
    )
    assert migrate_command() == "python manage.py migrate"


def test_another_database_has_no_variable(settings: Any) -> None:
    settings.RELEASES = URL
    assert str(served_place("other")) == 'DATABASES["other"]'
    assert migrate_command("other") == "release now --database other"


def test_the_place_is_the_direct_one_while_a_release_uses_it(settings: Any) -> None:
    settings.RELEASES = URL | {"DIRECT_DATABASE": {"HOST": "direct", "OPTIONS": {"sslmode": "require"}}}
    assert str(place_of(connection)) == "DATABASE_URL"
    given = connection.settings_dict
    connection.settings_dict = {**given, "HOST": "direct", "OPTIONS": {"connect_timeout": 2}}
    try:
        assert str(place_of(connection)) == "DIRECT_URL"
    finally:
        connection.settings_dict = given


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sslmode": "require"}, 'set "sslmode" to "disable" in the OPTIONS of DATABASES["default"]'),
        ({"options": "-csearch_path=nowhere"}, 'Set "options" to "-csearch_path='),
    ],
)
def test_messages_of_a_project_without_a_variable_name_options(
    project: Project, postgresql: None, options: dict[str, str], said: str
) -> None:
    assert project.manage("migrate", "-v0").returncode == 0
    project.settings(f'RELEASES = {{}}\nDATABASES["default"].setdefault("OPTIONS", {{}}).update({options})')

    result = project.manage("migrate")

    assert result.returncode == 1
    assert said in result.stderr
    assert "DATABASE_URL" not in result.stderr
