"""The application behind PgBouncer in transaction mode, with the real gunicorn."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.conftest import ROOT
from tests.pgbouncer import pgbouncer
from tests.server import Server, serving, web

pytestmark = pytest.mark.proof

# A session of an administrator, a row of each table, and the pages that show them.
PREPARE = """
import json
from django.contrib import admin
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from workouts.models import ArchivedSelection, Upload, Workout, WorkoutSelection

call_command("load_demo_week", verbosity=0)
user = get_user_model().objects.create_superuser("admin", password="x")
kept = WorkoutSelection.objects.create(workout=Workout.objects.filter(selections=None).first())
ArchivedSelection.objects.create(
    selection_id=1, workout=kept.workout, kept_selection=kept, filled={}, archived_at=timezone.now())
Upload.objects.create(file_name="plan.csv", made_by=user, content=b"", result={})
Group.objects.create(name="coaches")
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session.save()
pages = [reverse("admin:index")]
for model in admin.site._registry:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    pages.append(reverse(f"{name}_changelist"))
    pages += [reverse(f"{name}_change", args=[row.pk]) for row in model.objects.all()[:3]]
print(json.dumps([session.session_key, pages]))
"""


@pytest.fixture
def pooled_url(database_url: str, engine: str, tmp_path: Path) -> Iterator[str]:
    if engine != "postgresql":
        pytest.skip("needs a server")
    with pgbouncer(database_url, "transaction", tmp_path) as url:
        yield url


@pytest.mark.usefixtures("migrated")
def test_every_admin_page_answers_many_at_once(environment: dict[str, str], pooled_url: str, tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", PREPARE]
    key, pages = json.loads(subprocess.check_output(command, cwd=ROOT, env=environment).splitlines()[-1])
    for pooled in (
        {"DATABASE_URL": pooled_url, "MIGRATION_DATABASE_URL": environment["DATABASE_URL"]},
        {"DATABASE_URL": f"{pooled_url}?pgbouncer=true"},
    ):
        with serving(web(), environment | pooled, tmp_path / "log") as server, ThreadPoolExecutor(8) as clients:

            def status(page: str, server: Server = server) -> int:
                return server.get(page, Cookie=f"sessionid={key}", X_Forwarded_Proto="https")[0]

            found = Counter(clients.map(status, pages * 3))

        assert found == {200: 3 * len(pages)}, server.log()


def test_the_tests_of_the_pages_pass(database_url: str, server_url: str, pooled_url: str, template: str) -> None:
    """On a migrated database with the name that Django's test runner expects."""
    name, released = (url.rpartition("/")[2] for url in (database_url, template))
    command = [sys.executable, "-m", "pytest", "-q", "--reuse-db", "tests/workouts/pages"]
    environment = {**os.environ, "TEST_DATABASE_URL": f"{pooled_url}?pgbouncer=true"}
    execute_alone(server_url, f"CREATE DATABASE test_{name} TEMPLATE {released}")
    try:
        result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    finally:
        execute_alone(server_url, f"DROP DATABASE test_{name} WITH (FORCE)")
    assert result.returncode == 0, result.stdout


def execute_alone(url: str, statement: str) -> None:
    """Outside of a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
