"""The planner's rooms are a staircase: nobody imports upwards, and no two things of the domain share a name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

STAIRS = ("values", "models", "plan", "history", "files", "accounts")
FACES = frozenset({"pages", "api", "admin", "management", "templatetags", "middleware", "urls", "apps"})
"""What people and programs meet. A face shows the rooms, and no room knows of a face."""

BESIDE = frozenset({"takeover", "migrations"})
"""They look at databases of other versions, and need nothing of the rooms but the models."""


def test_no_room_imports_from_above() -> None:
    upwards = {
        f"{path.relative_to(ROOT)} imports {other}"
        for path in python_files()
        for other in imported_rooms(path)
        if other not in allowed(room_of(path))
    }
    assert upwards == set()


def test_every_room_is_on_the_stairs() -> None:
    rooms = {room_of(path) for path in python_files()} - {"__init__"}
    assert rooms == {*STAIRS, *FACES, *BESIDE}


def test_no_two_modules_of_the_domain_share_a_name() -> None:
    """Faces name their modules by what they show, so that pages and API have the same ones."""
    places = defaultdict(list)
    for path in python_files():
        if room_of(path) in STAIRS and path.stem != "__init__":
            places[path.stem].append(path)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    for path in python_files():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name not in ("Command", "Migration"):
                places[node.name].append(path)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def allowed(room: str) -> frozenset[str]:
    if room in FACES:
        return FACES | BESIDE | set(STAIRS)
    if room in BESIDE:
        return BESIDE | {"models"}
    return frozenset(STAIRS[: STAIRS.index(room) + 1]) if room in STAIRS else frozenset()


def python_files() -> Iterator[Path]:
    return (ROOT / "workouts").rglob("*.py")


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "workouts").parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    """Of `workouts`, also those that are imported inside a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("workouts."))
