"""The planner uses only what `releases` documents as public, and `releases` uses nothing of the planner."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.conftest import ROOT

REHEARSAL = ROOT / "releases/rehearsal"
DOCUMENT = ROOT / "docs/releases-in-your-project.md"
OFFERED = {
    module: re.findall(r"`(\w+)`", names)
    for module, names in re.findall(r"^\| `(releases\.\w+)` \| ([^:]*)", DOCUMENT.read_text(), re.MULTILINE)
}


def imported(*folders: str) -> Iterator[tuple[Path, str, str]]:
    """Every file, the module that it imports, and a name from it."""
    for file in (file for folder in folders for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield from ((file, node.module, alias.name) for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((file, alias.name, "") for alias in node.names)


def test_the_planner_imports_only_what_is_offered() -> None:
    used = [one for one in imported("workouts", "config", "serving") if one[1].split(".")[0] == "releases"]
    assert used
    for file, module, name in used:
        assert name in OFFERED.get(module, ()), f"{file}: {module}.{name}"


def test_its_migrations_import_only_operations() -> None:
    for file, module, _ in imported("workouts/migrations"):
        assert module.split(".")[0] != "releases" or module == "releases.operations", file


@pytest.mark.parametrize("module", OFFERED)
def test_what_is_offered_is_there(module: str) -> None:
    found = import_module(module)
    assert OFFERED[module] == sorted(OFFERED[module])
    assert all(hasattr(found, name) for name in OFFERED[module])
    assert getattr(found, "__all__", OFFERED[module]) == OFFERED[module]


def test_releases_knows_nothing_of_the_planner() -> None:
    for file, module, _ in imported("releases"):
        assert module.split(".")[0] not in ("workouts", "config", "serving", "rehearsal", "tests", "benchmarks"), file
    for file in (ROOT / "releases").rglob("*.py"):
        platform = "" if REHEARSAL in file.parents else "|railway|DATABASE_URL"
        words = re.findall(rf"workout|athlete{platform}", file.read_text(), re.IGNORECASE)
        assert not words, f"{file}: {words}"


def test_only_two_packages_and_one_module_import_psycopg() -> None:
    importing = {file.relative_to(ROOT / "releases") for file, module, _ in imported("releases") if "psycopg" in module}
    elsewhere = {file for file in importing if file.parts[0] not in ("postgresql", "rehearsal")}
    assert elsewhere == {Path("messages/errors.py")}


def test_nothing_else_of_releases_imports_the_rehearsal() -> None:
    for file, module, _ in imported("releases"):
        assert not module.startswith("releases.rehearsal") or REHEARSAL in file.parents, file
