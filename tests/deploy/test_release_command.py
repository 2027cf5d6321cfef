"""One release command, wherever it is written down."""

import re
import runpy
from typing import Any

from railway_sdk import create_railway_context

from tests.conftest import ROOT, procfile

MIGRATE = "python manage.py migrate --noinput --fake-initial"
RELEASE = f"python manage.py migrate --check || {MIGRATE}"


def railway() -> dict[str, Any]:
    main = runpy.run_path(str(ROOT / ".railway/railway.py"))["main"]
    graph: dict[str, Any] = main(create_railway_context(environment="production")).to_graph()
    return graph


def test_procfile() -> None:
    assert procfile() == {
        "release": RELEASE,
        "web": "gunicorn --config python:config.gunicorn config.wsgi",
    }


def test_the_container_releases_and_then_becomes_gunicorn() -> None:
    commands = [line for line in (ROOT / "bin/start").read_text().splitlines() if not line.startswith("#")]

    assert commands == ["set -e", RELEASE, f"exec {procfile()['web']}"]
    assert 'CMD ["bin/start"]' in (ROOT / "Dockerfile").read_text()


def test_railways_graph() -> None:
    graph = railway()

    assert graph["name"] == "workout-planner"
    database, web = graph["resources"]
    assert (database["name"], database["type"]) == ("Postgres", "database")
    assert web["deploy"] == {
        "preDeployCommand": [MIGRATE],
        "preDeployTimeoutSeconds": 3600,
        "healthcheckPath": "/readyz",
        "healthcheckTimeout": 300,
        "overlapSeconds": 10,
        "drainingSeconds": 45,
        "restartPolicyType": "ON_FAILURE",
        "restartPolicyMaxRetries": 5,
    }
    assert web["variables"]["SECRET_KEY"] == {"type": "preserve"}
    assert web["variables"]["DATABASE_URL"] == {
        "type": "reference",
        "resource": database["address"],
        "output": "DATABASE_URL",
    }


def test_railway_drains_longer_than_gunicorn() -> None:
    graceful = re.search(r"^graceful_timeout = (\d+)", (ROOT / "config/gunicorn.py").read_text(), re.MULTILINE)
    assert graceful
    assert railway()["resources"][1]["deploy"]["drainingSeconds"] > int(graceful[1])


def test_documents_name_no_other_release_command() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for command in re.findall(r"python manage\.py migrate [^`\n|]*--noinput[^`\n|]*", document.read_text()):
            assert command.removesuffix(" --traceback") == MIGRATE, f"{document.name}: {command}"
