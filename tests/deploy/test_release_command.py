"""The release command is the same wherever it is written."""

import re

from tests.conftest import ROOT, procfile

MIGRATE = "python manage.py migrate --noinput --fake-initial"
RELEASE = f"python manage.py migrate --check || {MIGRATE}"


def test_procfile() -> None:
    assert procfile() == {
        "release": RELEASE,
        "web": "gunicorn --config python:config.gunicorn config.wsgi",
    }


def test_the_container_releases_and_then_becomes_gunicorn() -> None:
    commands = [line for line in (ROOT / "bin/start").read_text().splitlines() if not line.startswith("#")]

    assert commands[0] == "set -e"
    assert commands[-2].replace("run ", "") == RELEASE
    assert commands[-1] == f"exec {procfile()['web']}"
    assert 'CMD ["bin/start"]' in (ROOT / "Dockerfile").read_text()


def test_documents_name_no_other_release_command() -> None:
    """Except for the one for other projects, which adopt no old tables."""
    documents = {ROOT / "README.md", *(ROOT / "docs").glob("*.md")} - {ROOT / "docs/releases-in-your-project.md"}
    for document in documents:
        for command in re.findall(r"python manage\.py migrate [^`\n|]*--noinput[^`\n|]*", document.read_text()):
            assert command.removesuffix(" --traceback") == MIGRATE, f"{document.name}: {command}"
