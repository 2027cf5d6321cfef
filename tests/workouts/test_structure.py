"""The planner's packages are layers: none imports from a higher one, and no two things of the domain share a name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

LAYERS = ("values", "models", "plan", "history", "files", "accounts")
INTERFACES = frozenset({"pages", "api", "admin", "management", "templatetags", "middleware", "urls", "apps"})
"""The interfaces for people and programs. They import the layers, and no layer imports them."""

BESIDE = frozenset({"takeover", "migrations"})
"""These inspect databases of other versions, and need only the models of the layers."""


def test_no_package_imports_from_a_higher_layer() -> None:
    upwards = {
        f"{path.relative_to(ROOT)} imports {other}"
        for path in python_files()
        for other in imported_layers(path)
        if other not in allowed(layer_of(path))
    }
    assert upwards == set()


def test_every_package_has_a_layer() -> None:
    layers = {layer_of(path) for path in python_files()} - {"__init__"}
    assert layers == {*LAYERS, *INTERFACES, *BESIDE}


def test_no_two_modules_of_the_domain_share_a_name() -> None:
    """Except in the interfaces: pages and API name their modules after what they show."""
    places = defaultdict(list)
    for path in python_files():
        if layer_of(path) in LAYERS and path.stem != "__init__":
            places[path.stem].append(path)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    for path in python_files():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name not in ("Command", "Migration"):
                places[node.name].append(path)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def allowed(layer: str) -> frozenset[str]:
    if layer in INTERFACES:
        return INTERFACES | BESIDE | set(LAYERS)
    if layer in BESIDE:
        return BESIDE | {"models"}
    return frozenset(LAYERS[: LAYERS.index(layer) + 1]) if layer in LAYERS else frozenset()


def python_files() -> Iterator[Path]:
    return (ROOT / "workouts").rglob("*.py")


def layer_of(path: Path) -> str:
    return path.relative_to(ROOT / "workouts").parts[0].removesuffix(".py")


def imported_layers(path: Path) -> Iterator[str]:
    """The imports from `workouts`, including those inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("workouts."))
