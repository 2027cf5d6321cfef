"""The demo week and the first account: made once."""

import re

from tests.conftest import Manage, Sql


def test_the_demo_week_is_loaded_once(manage: Manage, sql: Sql) -> None:
    manage("migrate", "-v0")

    assert manage("load_demo_week").stdout == "Loaded a demo week of 7 workouts, for this week and the next.\n"
    assert manage("load_demo_week").stdout == "The planner has workouts; the demo week was not loaded.\n"

    assert sql("SELECT count(*) FROM workouts") == [(14,)]
    assert sql("SELECT count(*) FROM workout_selections") == [(8,)]


def test_the_admin_account_is_created_once_and_can_log_in(manage: Manage) -> None:
    manage("migrate", "-v0")

    created = manage("create_admin")
    password = re.search(r"shown once: (\S+)", created.stdout)
    assert password
    program = f"from django.contrib.auth import authenticate as a; print(a(username='admin', password='{password[1]}'))"
    assert manage("shell", "-v0", "-c", program).stdout == "admin\n"

    again = manage("create_admin")
    assert again.stdout == "The account admin exists. A new password: python manage.py changepassword admin\n"
