"""The planner's packages are layers: none imports from a higher one, and no two names of the domain are the same."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

LAYERS = ("values", "models", "plan", "history", "files", "accounts")
INTERFACES = frozenset({"pages", "api", "admin", "management", "templatetags", "middleware", "urls", "apps"})
"""What people and programs use. They import the packages of the domain, and no such package imports them."""

BESIDE = frozenset({"takeover", "migrations", "postgresql"})
"""They handle databases, and use nothing of the domain but the models."""


def test_no_package_imports_from_a_higher_layer() -> None:
    upwards = {
        f"{path.relative_to(ROOT)} imports {other}"
        for path in python_files()
        for other in imported_packages(path)
        if other not in allowed(package_of(path))
    }
    assert upwards == set()


def test_every_package_has_its_place_in_the_order() -> None:
    packages = {package_of(path) for path in python_files()} - {"__init__"}
    assert packages == {*LAYERS, *INTERFACES, *BESIDE}


def test_no_two_modules_of_the_domain_share_a_name() -> None:
    """Pages and API name their modules by what they show, so both may have the same names."""
    places = defaultdict(list)
    for path in python_files():
        if package_of(path) in LAYERS and path.stem != "__init__":
            places[path.stem].append(path)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    for path in python_files():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name not in ("Command", "Migration"):
                places[node.name].append(path)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def allowed(package: str) -> frozenset[str]:
    if package in INTERFACES:
        return INTERFACES | BESIDE | set(LAYERS)
    if package in BESIDE:
        return BESIDE | {"models"}
    return frozenset(LAYERS[: LAYERS.index(package) + 1]) if package in LAYERS else frozenset()


def python_files() -> Iterator[Path]:
    return (ROOT / "workouts").rglob("*.py")


def package_of(path: Path) -> str:
    return path.relative_to(ROOT / "workouts").parts[0].removesuffix(".py")


def imported_packages(path: Path) -> Iterator[str]:
    """Packages of `workouts`, including those imported inside a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("workouts."))
