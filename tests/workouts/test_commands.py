"""The demo week and the accounts are created once."""

import re

import pytest

from tests.conftest import Manage, Sql

pytestmark = pytest.mark.either_engine


def test_the_demo_week_is_loaded_once(manage: Manage, sql: Sql, migrated: None) -> None:
    assert manage("load_demo_week").stdout == "Loaded a demo week of 7 workouts, for this week and the next.\n"
    assert manage("load_demo_week").stdout == "The planner has been used; the demo week was not loaded.\n"

    assert sql("SELECT count(*) FROM workouts") == [(14,)]
    assert sql("SELECT count(*) FROM workout_selections") == [(8,)]


@pytest.mark.parametrize(("role", "superuser"), [("admin", "True"), ("athlete", "False")])
def test_an_account_is_created_once_and_can_log_in(manage: Manage, role: str, superuser: str, migrated: None) -> None:
    created = manage(f"create_{role}")
    password = re.search(r"shown once: (\S+)", created.stdout)
    assert password
    program = (
        f"from django.contrib.auth.models import User; user = User.objects.get(username='{role}');"
        f"print(user.check_password('{password[1]}'), user.is_staff, user.is_superuser)"
    )
    assert manage("shell", "-v0", "-c", program).stdout == f"True {superuser} {superuser}\n"

    again = manage(f"create_{role}")
    assert again.stdout == f"The account {role} exists. A new password: python manage.py changepassword {role}\n"


def test_an_invalid_name_is_refused(manage: Manage, sql: Sql, migrated: None) -> None:
    for name in ("a b", "", "x" * 151):
        refused = manage("create_athlete", "--username", name)
        assert refused.returncode == 1
        assert refused.stderr.startswith("CommandError: ")
        assert refused.stderr.endswith("No account was created.\n")

    assert sql("SELECT count(*) FROM auth_user") == [(0,)]
