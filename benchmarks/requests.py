"""Requests per second and their 99th percentile: the product, a bare view, and the old application's PUT, in turn."""

import datetime
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from benchmarks import ways
from benchmarks.load import Answers, Load
from tests.conftest import ROOT
from tests.server import Server, serving, web

WORKOUTS = 5000
WORKERS = 2
SECONDS = 5.0
PER_WEEK = 14
OLD_APPLICATION = f"exec gunicorn --bind 0.0.0.0:$PORT --workers {WORKERS} --threads 4 benchmarks.old_application"
SETTINGS = {"DJANGO_SETTINGS_MODULE": "benchmarks.bare_settings", "WEB_CONCURRENCY": str(WORKERS)}
BROWSABLE = {"DJANGO_SETTINGS_MODULE": "benchmarks.browsable_settings"}

PLAN = """
INSERT INTO workouts (title, workout_type, workout_description, planned_duration, planned_distance_meters,
    originally_planned_day, tss, is_custom)
SELECT 'Workout ' || n, (ARRAY['Run', 'Bike', 'Swim', 'Strength'])[1 + n %% 4], repeat('3 x 12 minutes. ', 10), 1.5,
    12000, %s::date + n / 2, 60, false
FROM generate_series(0, %s - 1) n
"""
SELECTIONS = """
INSERT INTO workout_selections (workout_id, is_selected, time_of_day, user_notes)
SELECT id, true, (ARRAY['morning', 'evening'])[1 + id %% 2], 'Two bottles.' FROM workouts WHERE id %% 3 > 0
"""
LOGIN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
user = User.objects.create_user(f"measured-{User.objects.count()}")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
session.save()
print(session.session_key)
"""


@dataclass(frozen=True)
class Planner:
    """Servers of a planner with full weeks, and the loads, which are requests of a logged-in user."""

    ours: Server
    gthread: Server
    """With gunicorn's own threaded worker."""
    old: Server
    """The old application's PUT on the same database."""
    browsable: Server
    """Without HTTPS."""
    session: str
    loads: dict[str, Load]


@contextmanager
def planner(url: str) -> Iterator[Planner]:
    ways.release(url)
    first = datetime.date.today() - datetime.timedelta(days=WORKOUTS // 4)  # noqa: DTZ011
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(PLAN, [first, WORKOUTS])
        connection.execute(SELECTIONS, [])
        connection.execute("VACUUM ANALYZE")
    environment = {**ways.environment(url), **SETTINGS}
    ways.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], url, **SETTINGS)
    shell = [sys.executable, "manage.py", "shell", "-v0", "-c", LOGIN]
    session = subprocess.check_output(shell, cwd=ROOT, env=environment, text=True).strip()
    with (
        tempfile.TemporaryDirectory() as files,
        serving(web(), environment, Path(files) / "log") as server,
        serving(web("--worker-class gthread"), environment, Path(files) / "gthread.log") as gthread,
        serving(["sh", "-c", OLD_APPLICATION], environment, Path(files) / "old.log") as old,
        serving(web(), {**environment, **BROWSABLE}, Path(files) / "browsable.log") as browsable,
    ):
        yield Planner(server, gthread, old, browsable, session, loads(session))


def loads(session: str) -> dict[str, Load]:
    secret = "c" * 32
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={secret}",
        "X-CSRFToken": secret,
        "X-Forwarded-Proto": "https",
        "Referer": "https://localhost/",
        "Host": "localhost",
        "Content-Type": "application/json",
        "Accept-Encoding": "gzip",
    }
    selection = json.dumps({"timeOfDay": "7am", "userNotes": "%d"})
    return {
        "the bare view": Load("GET", "/bare", "", headers, WORKOUTS, SECONDS),
        "PUT selections": Load("PUT", "/api/selections/%d", selection, headers, WORKOUTS, SECONDS),
        "the week page": Load("GET", "/", "", headers, WORKOUTS, SECONDS),
        "the week page, reloaded": Load("GET", "/", "", headers, WORKOUTS, SECONDS, reload=True),
    }


def measure(load: Load, server: Server) -> Answers:
    """Measures from a separate process, as clients are. Raises RuntimeError if a request failed."""
    command = [sys.executable, "-m", "benchmarks.load", str(server.port)]
    output = subprocess.check_output(command, cwd=ROOT, input=json.dumps(asdict(load)), text=True)
    answers = Answers(**json.loads(output))
    if answers.failed:
        raise RuntimeError(f"{answers.failed} requests of {load.path} failed: {server.log()[-2000:]}")
    return answers
