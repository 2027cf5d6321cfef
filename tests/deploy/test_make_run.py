"""`make run` on a fresh clone in a folder with spaces: it serves, keeps its data, and leaves nothing running."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.postgres import free_port

pytestmark = pytest.mark.proof

SECONDS = 180


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The repository's files, with the environment of these tests, to avoid downloads."""
    clone = tmp_path / "a clone with spaces"
    files = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    for file in filter(None, files):
        (clone / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, clone / file)
    (clone / ".venv").symlink_to(ROOT / ".venv")
    return clone


@contextmanager
def make_run(clone: Path) -> Iterator[str]:
    """Yields what `make run` printed up to the address."""
    port = free_port()
    log = clone / "log"
    with log.open("wb") as output:
        make = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env={"PATH": os.environ["PATH"], "PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + SECONDS
        while f"http://localhost:{port}/" not in log.read_text():
            assert make.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield log.read_text()
    finally:
        os.killpg(make.pid, signal.SIGINT)
        make.wait(timeout=60)
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0


def test_a_port_that_is_taken_is_named_with_one_that_is_free(clone: Path) -> None:
    with make_run(clone) as first:
        port = re.findall(r"http://localhost:(\d+)/", first)[-1]
        environment = {"PATH": os.environ["PATH"], "PORT": port}
        second = subprocess.run(
            ["make", "run"], cwd=clone, env=environment, capture_output=True, text=True, check=False
        )

    assert second.returncode == 2
    assert f"Port {port}: Address already in use. Nothing is served." in second.stderr
    assert "The planner is at" not in second.stdout
    (free,) = re.findall(r"Try: PORT=(\d+) make run$", second.stderr, re.MULTILINE)
    socket.create_server(("127.0.0.1", int(free))).close()


def test_an_environment_that_was_left_without_pip_is_created_again(clone: Path) -> None:
    (clone / ".venv").unlink()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=clone, check=True)
    (clone / "nothing.txt").touch()
    subprocess.run(["bin/install", "nothing.txt"], cwd=clone, check=True)
    assert (clone / ".venv/bin/pip").exists()


def test_first_and_second_time(clone: Path) -> None:
    with make_run(clone) as first:
        assert "Loaded a demo week of 7 workouts, for this week and the next." in first
        assert re.search(r"Created the account admin. Its password, shown once: \S{16}", first)
        assert first.splitlines()[-1].startswith("The planner is at http://localhost:")

    with make_run(clone) as second:
        assert "Installing" not in second
        assert "Applying" not in second
        assert "The planner has been used; the demo week was not loaded." in second
        assert "The account admin exists." in second
