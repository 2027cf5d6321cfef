"""What `make rehearse` tells `releases.rehearsal` about the planner: the old application's data, and what users do."""

import json
from collections.abc import Callable
from functools import partial

import psycopg

from rehearsal import old_application
from releases.rehearsal import CannotRehearseError, Request, Scenario, Statement

WORKOUTS = """
from workouts.models import Workout
print(*Workout.objects.order_by("pk").values_list("pk", flat=True)[:30])
"""
LOGIN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
user = User.objects.create_user(f"measured-{User.objects.count()}")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]  # that of the login form
session.save()
print(session.session_key)
"""
ARCHIVED = "SELECT count(*), count(*) FILTER (WHERE filled <> '{}') FROM workout_selections_archive"


def headers(session: str) -> dict[str, str]:
    """Of a logged-in athlete behind a platform's proxy."""
    secret = "c" * 32
    return {
        "Cookie": f"sessionid={session}; csrftoken={secret}",
        "X-CSRFToken": secret,
        "X-Forwarded-Proto": "https",
        "Referer": "https://localhost/",
        "Host": "localhost",
        "Content-Type": "application/json",
        "Accept-Encoding": "gzip",
    }


class Planner(Scenario):
    def fill(self, url: str, rows: int) -> None:
        old_application.create(url, rows)

    def statements(self, url: str) -> list[Statement]:
        """The old application's: its query and its two writes. The second has no index, so it is rare."""
        try:
            with psycopg.connect(url) as connection:
                selections, workouts = ([one for (one,) in connection.execute(ids)] for ids in old_application.IDS)
        except psycopg.errors.UndefinedTable:
            raise CannotRehearseError(
                "There is no table workout_selections: it is no database of the planner."
            ) from None
        read, write = Statement(old_application.READ, selections), Statement(old_application.WRITE, selections)
        inserts = [Statement(old_application.INSERT, workouts)] if workouts else []
        return [*[read] * 30, *[write] * 69, *inserts] if selections else inserts

    def requests(self, shell: Callable[[str], str]) -> list[Request]:
        workouts = [int(one) for one in shell(WORKOUTS).split()]
        request = partial(Request, headers=headers(shell(LOGIN)), ids=workouts or 1)
        selection = json.dumps({"timeOfDay": "7am", "userNotes": "%d"})
        writes = [request("PUT", "/api/selections/%d", selection)] if workouts else []
        return [request("GET", "/"), *writes]

    def findings(self, url: str) -> list[str]:
        with psycopg.connect(url) as connection:
            archived, filled = connection.execute(ARCHIVED).fetchone() or (0, 0)
        return [f"Rows archived: {archived}. Of these, rows from which gaps were filled: {filled}."]
