"""Every command block of the documentation is run here, or in test_wheel.py, or is marked as needing Railway."""

import os
import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PATH = re.compile(r"`((?:config|workouts|releases|bin|tests|docs|\.railway)/[\w./-]+)`")
BLOCK = re.compile(r"^ *```([^\n]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
ON_RAILWAY = re.compile(r"railway |git push|# ")
AGAINST_ITS_DATABASE = re.compile(
    r"pg_dump |pg_restore |psql |make rehearse |DATABASE_URL=\S+ SECRET_KEY=\S+( rand -hex 32\))? python manage\.py "
)
"""Typed on the operator's machine. tests/deploy/test_takeover_checklist.py runs those of railway-deployment.md."""
RAN_ELSEWHERE = {"make run", "make test", "make check", "make lint", "make hooks", "make help", ".ci/run"}
KINDS = {"sh", "sh railway", "sh project", "sh removed", "text", "python", "sql", "json", "toml", "yaml"}


def blocks(kind: str) -> list[tuple[str, str]]:
    return [
        (document.name, textwrap.dedent(body))
        for document in DOCUMENTS
        for info, body in BLOCK.findall(document.read_text())
        if info == kind
    ]


def test_every_block_says_what_it_is() -> None:
    kinds = {info for document in DOCUMENTS for info, _ in BLOCK.findall(document.read_text())}
    assert kinds <= KINDS


@pytest.mark.proof
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_work_one_after_the_other(document: Path, tmp_path: Path) -> None:
    """On a copy of the project, with a database of its own."""
    commands = [body for name, body in blocks("sh") if name == document.name]
    lines = [line for body in commands for line in body.splitlines() if line not in RAN_ELSEWHERE]
    lines = [line for line in lines if not line.startswith("make rehearse ")]  # in test_rehearsal.py
    copy = tmp_path / "project"
    left_out = (".git", ".venv", ".*_cache", ".coverage*", "db.sqlite3*", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*left_out))
    environment = {"PATH": os.environ["PATH"], "DEBUG": "True", "HOME": str(tmp_path)}
    subprocess.run(["python", "manage.py", "migrate", "-v0"], cwd=copy, env=environment, check=True)
    result = subprocess.run(
        ["sh", "-eux"],
        input="\n".join(lines),
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_railway_blocks_contain_only_railway_commands() -> None:
    for name, body in blocks("sh railway"):
        for line in filter(None, body.splitlines()):
            assert ON_RAILWAY.match(line) or AGAINST_ITS_DATABASE.match(line), f"{name}: {line}"


def test_commands_inside_railway_exist() -> None:
    known = subprocess.check_output(
        ["python", "manage.py", "help", "--commands"], cwd=ROOT, env={**os.environ, "DEBUG": "True"}, text=True
    ).split()
    for document in DOCUMENTS:
        for command in re.findall(r"manage\.py (\w+)", document.read_text()):
            assert command in known, f"{document.name}: manage.py {command}"


def test_links_between_documents_resolve() -> None:
    for document in DOCUMENTS:
        for link in re.findall(r"\]\((?!http)([^)#]+)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_paths_in_documents_exist() -> None:
    for document in DOCUMENTS:
        for path in PATH.findall(document.read_text()):
            assert (ROOT / path).exists(), f"{document.name}: {path}"
