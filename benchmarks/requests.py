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
from rehearsal import LOGIN, headers
from tests.conftest import ROOT
from tests.server import Server, serving, web

WORKOUTS = 5000
WORKERS = 2
SECONDS = 5.0
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


@dataclass(frozen=True)
class Planner:
    """Servers of a planner with full weeks, and the loads."""

    ours: Server
    gthread: Server
    """With gunicorn's own threaded worker."""
    old: Server
    """The old application's PUT on the same database."""
    browsable: Server
    """Without HTTPS."""
    loads: dict[str, Load]


@contextmanager
def planner(url: str) -> Iterator[Planner]:
    found = prepare(url)
    environment = {**ways.environment(url), **SETTINGS}
    with (
        tempfile.TemporaryDirectory() as files,
        serving(web(), environment, Path(files) / "log") as ours,
        serving(web("--worker-class gthread"), environment, Path(files) / "gthread.log") as gthread,
        serving(["sh", "-c", OLD_APPLICATION], environment, Path(files) / "old.log") as old,
        serving(web(), {**environment, **BROWSABLE}, Path(files) / "browsable.log") as browsable,
    ):
        yield Planner(ours, gthread, old, browsable, found)


def prepare(url: str) -> dict[str, Load]:
    """Fills a planner with full weeks. Returns the loads, which are requests of a logged-in user."""
    ways.release(url)
    first = datetime.date.today() - datetime.timedelta(days=WORKOUTS // 4)  # noqa: DTZ011
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(PLAN, [first, WORKOUTS])
        connection.execute(SELECTIONS, [])
        connection.execute("VACUUM ANALYZE")
    ways.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], url, **SETTINGS)
    shell = [sys.executable, "manage.py", "shell", "-v0", "-c", LOGIN]
    environment = {**ways.environment(url), **SETTINGS}
    return loads(subprocess.check_output(shell, cwd=ROOT, env=environment, text=True).strip())


def loads(session: str) -> dict[str, Load]:
    given = headers(session)
    selection = json.dumps({"timeOfDay": "7am", "userNotes": "%d"})
    return {
        "the bare view": Load("GET", "/bare", "", given, WORKOUTS, SECONDS),
        "PUT selections": Load("PUT", "/api/selections/%d", selection, given, WORKOUTS, SECONDS),
        "the week page": Load("GET", "/", "", given, WORKOUTS, SECONDS),
        "the week page, reloaded": Load("GET", "/", "", given, WORKOUTS, SECONDS, reload=True),
    }


def measure(load: Load, server: Server) -> Answers:
    """Raises RuntimeError if a request failed."""
    answers = answers_at(load, server.port)
    if answers.failed:
        raise RuntimeError(f"{answers.failed} requests of {load.path} failed: {server.log()[-2000:]}")
    return answers


def answers_at(load: Load, port: int) -> Answers:
    """Measures from a separate process, as clients are."""
    command = [sys.executable, "-m", "benchmarks.load", str(port)]
    output = subprocess.check_output(command, cwd=ROOT, input=json.dumps(asdict(load)), text=True)
    return Answers(**json.loads(output))
