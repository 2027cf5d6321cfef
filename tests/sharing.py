"""Several runs of pytest share the tests of an engine: each takes the next module that no other has taken.

What a module prepares once is prepared by one of them, and none waits long for another at the end.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Does what pytest does, with the tests of the modules that it takes. The others are not reported."""
    folder = os.environ.pop("TESTS_TAKEN", "")  # not for a pytest that a test starts
    if not folder or session.config.option.collectonly or session.testsfailed:
        return None
    items = _taken(session.items, Path(folder))
    item = next(items, None)
    while item:
        following = next(items, None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    return True


def _taken(items: Iterable[pytest.Item], folder: Path) -> Iterator[pytest.Item]:
    """The tests of the modules that are taken; each only when the one before it is about to run."""
    ours: dict[Path, bool] = {}
    for item in items:
        if item.path not in ours:
            ours[item.path] = _takes(folder / str(item.path).replace(os.sep, "+"))
        if ours[item.path]:
            yield item


def _takes(mark: Path) -> bool:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
