"""Railway's infrastructure as code, evaluated as Railway's command-line tool does."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

FILE = ROOT / ".railway/railway.py"
MIGRATE = "python manage.py migrate --noinput --fake-initial"

# `main` is called without a context, in a python3 of its own.
EVALUATE = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("railway_sdk_user", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(json.dumps(module.main().to_graph()))
"""


def evaluate(file: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", EVALUATE, str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def graph(tmp_path: Path) -> dict[str, Any]:
    """The graph of the file, with the repository filled in."""
    file = tmp_path / "railway.py"
    file.write_text(FILE.read_text().replace('REPOSITORY = "OWNER/REPOSITORY"', 'REPOSITORY = "coach/planner"'))
    found: dict[str, Any] = json.loads(evaluate(file).stdout)
    return found


def test_plans_nothing_until_the_repository_is_filled_in() -> None:
    refused = evaluate(FILE)

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.startswith(
        "REPOSITORY in .railway/railway.py is still OWNER/REPOSITORY. Nothing was planned."
    )
    assert "Traceback" not in refused.stderr


def test_the_names_at_its_top_are_those_of_the_plan(graph: dict[str, Any]) -> None:
    database, web = graph["resources"]

    assert graph["name"] == "workout-planner"
    assert (database["name"], database["type"], database["engine"]) == ("Postgres", "database", "postgres")
    assert (web["name"], web["type"]) == ("web", "service")
    assert web["source"] == {"type": "github", "repo": "coach/planner", "branch": "main"}
    text = FILE.read_text()
    for name in ("workout-planner", "Postgres", "web", "OWNER/REPOSITORY"):
        assert len(re.findall(rf'= "{name}"$', text, re.MULTILINE)) == 1


def test_releases_before_it_serves_and_drains_longer_than_gunicorn(graph: dict[str, Any]) -> None:
    deploy = graph["resources"][1]["deploy"]

    assert deploy == {
        "startCommand": "bin/start",
        "preDeployCommand": [MIGRATE],
        "preDeployTimeoutSeconds": 3600,
        "healthcheckPath": "/readyz",
        "healthcheckTimeout": 300,
        "overlapSeconds": 10,
        "drainingSeconds": 45,
        "restartPolicyType": "ON_FAILURE",
        "restartPolicyMaxRetries": 5,
    }
    assert f'CMD ["{deploy["startCommand"]}"]' in (ROOT / "Dockerfile").read_text()
    graceful = re.search(r"^graceful_timeout = (\d+)", (ROOT / "config/gunicorn.py").read_text(), re.MULTILINE)
    assert graceful
    assert deploy["drainingSeconds"] > int(graceful[1])


def test_deletes_no_variable_that_an_operator_may_have_set(graph: dict[str, Any]) -> None:
    """A missing variable is planned as a deletion. `make test` reads TEST_DATABASE_URL, and Railway sets its own."""
    database, web = graph["resources"]
    table = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    ours = {name for name in table if not name.startswith("RAILWAY_")} - {"TEST_DATABASE_URL"}

    assert {"TIME_ZONE", "ALLOWED_HOSTS", "MIGRATION_DATABASE_URL", "SECRET_KEY"} < ours
    assert ours <= web["variables"].keys()
    assert web["variables"].pop("DATABASE_URL") == {
        "type": "reference",
        "resource": database["address"],
        "output": "DATABASE_URL",
    }
    assert all(variable == {"type": "preserve"} for variable in web["variables"].values())
