"""Runs of pytest that share tests (tests/sharing.py)."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, container

MODULE = """
import pathlib, time, pytest

@pytest.mark.parametrize("number", [1, 2, 3])
def test_it(number):
    time.sleep(0.1)
    with pathlib.Path("ran").open("a") as ran:
        print(__name__, number, file=ran)
"""


def test_each_test_runs_once_and_modules_stay_whole(tmp_path: Path) -> None:
    names = [f"test_{letter}" for letter in "abcde"]
    for name in names:
        (tmp_path / f"{name}.py").write_text(MODULE)
    (tmp_path / "taken").mkdir()
    command = [sys.executable, "-m", "pytest", "-p", "tests.sharing", "-p", "no:django", "-p", "no:cacheprovider"]
    environment = {**container("sqlite://"), "PYTHONPATH": str(ROOT), "TESTS_TAKEN": str(tmp_path / "taken")}

    runs = [subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=-1, text=True) for _ in range(2)]
    printed = [run.communicate(timeout=60)[0] for run in runs]

    assert [run.returncode for run in runs] == [0, 0], printed
    ran = (tmp_path / "ran").read_text().splitlines()
    assert sorted(ran) == [f"{name} {number}" for name in names for number in (1, 2, 3)]
    for name in names:
        assert sum(f"{name}.py ..." in text for text in printed) == 1
