"""docs/rollback.md, step by step, with two checkouts: the older version serves throughout, without an error."""

import json
import re
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.conftest import ROOT, Manage, Sql, procfile
from tests.server import Server, serving, web
from tests.workouts.accounts.test_sessions import log_in

pytestmark = pytest.mark.proof

PROBE = {"Host": "healthcheck.railway.app"}
EDGE = {"X-Forwarded-Proto": "https", "Host": "localhost"}
NAME = "9999_effort"
MIGRATION = '''"""How hard it was, and what the athlete thought."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workouts", "{last}")]
    operations = [
        migrations.AddField("workout", "effort", models.IntegerField(null=True)),
        migrations.CreateModel("Thought", [("id", models.BigAutoField(primary_key=True))]),
    ]
'''
FIELD = "    title = models.CharField(max_length=bounds.TITLE)\n"
MODEL = """

class Thought(models.Model):
    id = models.BigAutoField(primary_key=True)
"""


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A checkout of the next version: one more migration, and the models that need it."""
    checkout = tmp_path / "newer"
    left_out = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".coverage*", "db.sqlite3*", ".hypothesis", "tests")
    shutil.copytree(ROOT, checkout, ignore=left_out)
    migrations, plan = checkout / "workouts/migrations", checkout / "workouts/models/plan.py"
    last = max(file.stem for file in migrations.glob("0*.py"))
    (migrations / f"{NAME}.py").write_text(MIGRATION.format(last=last))
    text = plan.read_text().replace(FIELD, f"{FIELD}    effort = models.IntegerField(null=True)\n", 1)
    assert "effort" in text
    plan.write_text(text + MODEL)
    return checkout


def test_the_order_of_steps(
    manage: Manage, sql: Sql, environment: dict[str, str], newer: Path, migrated: None, tmp_path: Path
) -> None:
    password = manage("create_athlete").stdout.split()[-1]
    token = manage("api_token", "athlete").stdout.split()[-1]
    assert manage("load_demo_week").returncode == 0
    released = subprocess.run(["sh", "-c", procfile()["release"]], cwd=newer, env=environment, check=False)
    assert released.returncode == 0
    with serving(web(), environment, tmp_path / "newer.log", cwd=newer) as newest:
        assert newest.get("/readyz", **PROBE)[::2] == (200, '{"status": "ok"}')
        cookie = log_in(newest, password)
    sql("UPDATE workouts SET effort = 7 WHERE id = (SELECT min(id) FROM workouts)")

    # 1. The dashboard's Rollback: the older image starts on the newer schema.
    with serving([str(ROOT / "bin/start")], environment, tmp_path / "older.log") as older:
        body = '{"status": "ok", "unknown": ["workouts.9999_effort"]}'
        assert older.get("/readyz", **PROBE)[::2] == (200, body)
        (workout,) = sql("SELECT min(id) FROM workouts")[0]
        with used_meanwhile(older, cookie, token, workout) as answers:
            # 2. The older code has nothing to undo.
            refused = manage("rollback", "--noinput")
            assert "This version of the code does not have workouts.9999_effort. Nothing was changed." in refused.stderr
            # 3. From a checkout of the newer commit.
            result = subprocess.run(
                ["sh", "-c", f"{documented('rollback')} --noinput"],
                cwd=newer,
                env={"PATH": environment["PATH"], "DATABASE_PUBLIC_URL": environment["DATABASE_URL"]},
                capture_output=True,
                text=True,
                check=False,
            )
            assert result.returncode == 0, result.stderr
            assert "  workouts.9999_effort\n    How hard it was, and what the athlete thought.\n" in result.stdout
            assert "    - drops table workouts_thought with 0 rows\n" in result.stdout
            assert "    - drops column workouts.effort with 1 value\n" in result.stdout
        assert older.get("/readyz", **PROBE)[::2] == (200, '{"status": "ok"}')
    assert set(answers) == {("GET", "/login/", 200), ("GET", "/", 200), ("PUT", f"/api/selections/{workout}", 200)}
    assert ": too slow\n" in manage("releases").stdout
    assert manage("migrate", "--check").returncode == 0

    # What it says about the newer version, if that is still running or starts again.
    with serving(web(), environment, tmp_path / "late.log", cwd=newer) as late:
        status, _, answer = late.get("/readyz", **PROBE)
        assert (status, json.loads(answer)["unapplied"]) == (503, ["workouts.9999_effort"])
    with serving([str(newer / "bin/start")], environment, tmp_path / "again.log", cwd=newer) as again:
        assert again.get("/readyz", **PROBE)[0] == 200


def documented(command: str) -> str:
    """The commands that docs/rollback.md has for the operator's machine."""
    line = rf"^ *(DATABASE_URL=.* python manage\.py {command} .*)$"
    (found,) = re.findall(line, (ROOT / "docs/rollback.md").read_text(), re.MULTILINE)
    return str(found)


@contextmanager
def used_meanwhile(server: Server, cookie: str, token: str, workout: int) -> Iterator[Counter[tuple[str, str, int]]]:
    """Repeats a few requests until the block ends; counts the answers."""
    requests: tuple[tuple[str, str, dict[str, str], bytes | None], ...] = (
        ("GET", "/login/", {}, None),
        ("GET", "/", {"Cookie": cookie}, None),
        ("PUT", f"/api/selections/{workout}", {"Authorization": f"Bearer {token}"}, b'{"timeOfDay": "morning"}'),
    )
    answers: Counter[tuple[str, str, int]] = Counter()
    stopping = threading.Event()

    def use() -> None:
        while not stopping.is_set():
            for method, path, headers, body in requests:
                connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
                connection.request(method, path, body, {**EDGE, "Content-Type": "application/json", **headers})
                answers[method, path, connection.getresponse().status] += 1
                connection.close()

    thread = threading.Thread(target=use)
    thread.start()
    try:
        yield answers
    finally:
        stopping.set()
        thread.join()
