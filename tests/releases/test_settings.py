"""The setting RELEASES: its mistakes are errors of the system checks, with a hint; every key is documented."""

import dataclasses
import re
from typing import Any

import pytest

from releases.checks import check_settings
from releases.conf import Conf, read
from tests.conftest import ROOT
from tests.releases.conftest import Project


def errors(settings: Any, given: Any) -> list[tuple[str | None, str, str | None]]:
    settings.RELEASES = given
    return [(error.id, str(error.msg), error.hint) for error in check_settings()]


def test_a_project_may_leave_out_the_setting_and_each_key(settings: Any) -> None:
    del settings.RELEASES
    assert (read(), check_settings()) == (Conf(), [])
    assert errors(settings, {"LOCK_TIMEOUT": 2}) == []
    assert read() == Conf(lock_timeout=2)


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        (None, "E002", "RELEASES is not a dictionary."),
        ({"LOCK": 1}, "E003", "RELEASES has no key 'LOCK'."),
        ({"lock_timeout": 1}, "E003", "RELEASES has no key 'lock_timeout'."),
        ({"DEADLINE": "900"}, "E004", "RELEASES['DEADLINE'] is of the wrong type."),
        ({"DEADLINE": True}, "E004", "RELEASES['DEADLINE'] is of the wrong type."),
        ({"UNVERIFIED_APPS": "shop"}, "E004", "RELEASES['UNVERIFIED_APPS'] is of the wrong type."),
        ({"UNVERIFIED_APPS": [1]}, "E004", "RELEASES['UNVERIFIED_APPS'] is of the wrong type."),
        ({"ACCEPTS": ["RenameField"]}, "E004", "RELEASES['ACCEPTS'] is of the wrong type."),
        ({"ACCEPTS": {"shop": "RenameField"}}, "E004", "RELEASES['ACCEPTS'] is of the wrong type."),
        ({"ACCEPTS": {"shop": {"RenameField": 1}}}, "E004", "RELEASES['ACCEPTS'] is of the wrong type."),
        ({"ACCEPTS": {"nowhere.0001_x": {"RenameField": "rare"}}}, "E006", "RELEASES['ACCEPTS'] names 'nowhere'"),
        ({"DIRECT_DATABASE": 5432}, "E004", "RELEASES['DIRECT_DATABASE'] is of the wrong type."),
        ({"LOCK_TIMEOUT": 0}, "E005", "RELEASES['LOCK_TIMEOUT'] has a value that cannot work."),
        ({"DEADLINE": float("inf")}, "E005", "RELEASES['DEADLINE'] has a value that cannot work."),
        ({"DEADLINE": float("nan")}, "E005", "RELEASES['DEADLINE'] has a value that cannot work."),
        ({"COMMAND": " "}, "E005", "RELEASES['COMMAND'] has a value that cannot work."),
        ({"DIRECT_DATABASE": "direct"}, "E005", "RELEASES['DIRECT_DATABASE'] has a value that cannot work."),
        ({"UNVERIFIED_APPS": ["nowhere"]}, "E006", "RELEASES['UNVERIFIED_APPS'] names 'nowhere'"),
    ],
)
def test_what_is_wrong_is_an_error_with_a_hint(settings: Any, given: Any, code: str, says: str) -> None:
    ((found, message, hint),) = errors(settings, given)

    assert (found, message[: len(says)]) == (f"releases.{code}", says)
    assert hint


def test_all_mistakes_are_reported_at_once(settings: Any) -> None:
    found = errors(settings, {"LOCK": 1, "DEADLINE": 0, "COMMAND": 7})
    assert [code for code, _, _ in found] == ["releases.E003", "releases.E005", "releases.E004"]


def test_a_direct_connection_of_another_engine_is_an_error(settings: Any) -> None:
    served = settings.DATABASES["default"]["ENGINE"]
    (error,) = errors(settings, {"DIRECT_DATABASE": {"ENGINE": "django.db.backends.mysql"}})
    assert error[0] == "releases.E001"
    assert f"is for django.db.backends.mysql, and the default database for {served}" in error[1]
    assert error[2] == (
        'Set RELEASES["DIRECT_DATABASE"] to a direct connection to the database of DATABASES["default"], or remove it.'
    )

    for same in (None, "default", {"HOST": "direct"}, {"ENGINE": served}):
        assert errors(settings, {"DIRECT_DATABASE": same}) == []


@pytest.mark.parametrize("command", ["migrate", "rollback", "verify_schema", "releases"])
def test_no_command_begins_with_wrong_settings(project: Project, command: str) -> None:
    project.settings("RELEASES = {'LOCK': 1}")

    result = project.manage(command)

    assert result.returncode == 1
    assert "RELEASES has no key 'LOCK'." in result.stderr
    assert "Traceback" not in result.stderr


def test_an_app_that_hides_the_command_is_named(project: Project) -> None:
    project.write("shop/management/__init__.py", "")
    project.write("shop/management/commands/__init__.py", "")
    project.write("shop/management/commands/migrate.py", "from django.core.management.commands.migrate import Command")
    assert project.manage("check").returncode == 0

    project.settings('INSTALLED_APPS = ["shop", "releases"]')

    said = project.manage("check").stderr
    assert "(releases.E008) `migrate` is the command of shop, not of releases" in said
    assert "HINT: Put releases before it in INSTALLED_APPS." in said


def test_every_key_is_in_the_documentation_with_its_default() -> None:
    text = (ROOT / "docs/releases-in-your-project.md").read_text()
    rows = re.findall(r"^\| `([A-Z_]+)` \| `([^|]*)` \|", text, re.MULTILINE)
    declared = [(field.name.upper(), _shown(field)) for field in dataclasses.fields(Conf)]
    assert rows == declared


def _shown(field: Any) -> str:
    default = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
    if isinstance(default, str):
        return f'"{default}"'
    return str(list(default) if isinstance(default, tuple) else default)


@pytest.mark.usefixtures("postgresql")
def test_a_backend_that_builds_on_djangos_needs_the_same_packages(project: Project) -> None:
    project.write("shop/backend/__init__.py", "")
    project.write("shop/backend/base.py", "from django.db.backends.postgresql.base import DatabaseWrapper\n")
    project.settings('DATABASES["default"]["ENGINE"] = "shop.backend"\nimport sys\nsys.modules["postgast"] = None')
    result = project.manage("check")
    assert result.returncode == 1
    assert "(releases.E007) A release on PostgreSQL needs what is not installed: postgast>=0.2." in result.stderr
