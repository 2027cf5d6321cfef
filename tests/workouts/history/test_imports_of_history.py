"""All other code imports from `workouts.history` only, not from its modules."""

import ast
from pathlib import Path

from tests.conftest import ROOT

INSIDE = (ROOT / "workouts/history", ROOT / "tests/workouts/history")


def modules(file: Path) -> set[str]:
    """The modules that a file imports from, including imported names that may be modules."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_no_other_code_imports_the_internals_of_history() -> None:
    inner = {f"workouts.history.{file.stem}" for file in INSIDE[0].glob("[!_]*.py")}
    assert "workouts.history.writing" in inner
    files = [file for folder in ("workouts", "tests", "benchmarks") for file in (ROOT / folder).rglob("*.py")]
    outside = [file for file in files if not any(file.is_relative_to(folder) for folder in INSIDE)]
    offenders = {str(file.relative_to(ROOT)): found for file in outside if (found := modules(file) & inner)}
    assert not offenders
