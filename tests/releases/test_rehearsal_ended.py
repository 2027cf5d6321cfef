"""A rehearsal that is ended by a signal leaves nothing behind: no process, directory or worktree."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from releases.rehearsal.platforms import Platform
from releases.rehearsal.recording import Recording
from releases.rehearsal.version import Version
from tests.conftest import ROOT
from tests.memory import TEMPORARY
from tests.releases.conftest import Project

pytestmark = [pytest.mark.proof, pytest.mark.either_engine]

SERVER = """
import os
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

Path(os.environ["NOTES"], str(os.getpid())).touch()
HTTPServer(("127.0.0.1", int(os.environ["PORT"])), SimpleHTTPRequestHandler).serve_forever()
"""
DEPLOY = {"preDeployCommand": "python manage.py migrate", "startCommand": "python server.py", "drainingSeconds": 1}


@pytest.fixture
def shop(new_project: Callable[[str], Project]) -> Project:
    """In a repository, with a server that notes its process."""
    project = new_project("sqlite://")
    project.write("server.py", SERVER)
    project.write("railway.json", json.dumps({"deploy": DEPLOY}))
    git = ["git", "-c", "user.name=shop", "-c", "user.email=shop@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], cwd=project.root, check=True)
    return project


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    return tmp_path / "notes"


@pytest.fixture
def temporary() -> Iterator[Path]:
    """For whatever the rehearsal makes; its server, which is not root's, must reach it."""
    with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


Rehearsing = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def rehearsing(shop: Project, notes: Path, temporary: Path, tmp_path: Path) -> Iterator[Rehearsing]:
    """Starts a rehearsal."""
    with ExitStack() as stack:

        def start(*arguments: str, before: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
            command = [*before, sys.executable, "-m", "releases.rehearsal", "--root", str(shop.root), "--deploy-only"]
            taken = ["--take", "PYTHONPATH", "--take", "NOTES", "--report", str(tmp_path / "report.html")]
            given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "NOTES": str(notes)}
            process = subprocess.Popen(
                [*command, *taken, *arguments],
                env={**given, "TMPDIR": str(temporary)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def wait_for(step: str, process: "subprocess.Popen[str]") -> None:
    assert process.stderr
    lines = []
    for line in process.stderr:
        lines.append(line)
        if line.endswith(f"  {step}\n"):
            return
    pytest.fail("".join(lines))


def running(notes: Path) -> list[str]:
    """The servers, without those of which only the exit code is left, for whoever may read it."""
    commands = [Path("/proc", note.name, "cmdline") for note in notes.iterdir()]
    return [command.parent.name for command in commands if command.exists() and command.read_text()]


def worktrees(shop: Project) -> int:
    """With that of the repository itself."""
    return len(subprocess.check_output(["git", "worktree", "list"], cwd=shop.root).splitlines())


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def test_a_terminal_that_is_closed(rehearsing: Rehearsing, shop: Project, notes: Path, temporary: Path) -> None:
    process = rehearsing("--old", "HEAD", "--quiet", "60")
    wait_for("quiet", process)
    assert running(notes)
    process.send_signal(signal.SIGHUP)
    _, errors = process.communicate(timeout=30)

    assert (process.returncode, errors) == (130, "")
    assert running(notes) == []
    assert list(temporary.iterdir()) == []
    assert worktrees(shop) == 1


def test_a_terminal_that_is_closed_although_nohup_is_used(rehearsing: Rehearsing) -> None:
    process = rehearsing("--quiet", "1", before=("nohup",))
    wait_for("quiet", process)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_ctrl_c_during_a_release_that_does_not_touch_the_database(rehearsing: Rehearsing, temporary: Path) -> None:
    process = rehearsing("--quiet", "0", "--release", "sleep 60")
    wait_for("release", process)
    time.sleep(0.5)
    with within(20):
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (130, "")
    assert list(temporary.iterdir()) == []


def test_a_rehearsal_that_is_killed(rehearsing: Rehearsing, shop: Project, notes: Path, temporary: Path) -> None:
    process = rehearsing("--old", "HEAD", "--quiet", "60")
    wait_for("quiet", process)
    process.kill()
    process.communicate(timeout=60)

    deadline = time.monotonic() + 10
    while running(notes) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running(notes) == []
    assert rehearsing("--old", "nowhere").wait(60) == 2
    assert list(temporary.iterdir()) == []
    assert worktrees(shop) == 1


def test_a_release_that_leaves_something_in_the_background(rehearsing: Rehearsing, shop: Project, notes: Path) -> None:
    shop.write("release.sh", "PORT=0 python server.py &\npython manage.py migrate\n")
    process = rehearsing("--quiet", "0", "--release", "sh release.sh")
    process.communicate(timeout=60)

    assert process.returncode == 0
    assert len(list(notes.iterdir())) == 2
    assert running(notes) == []


@pytest.mark.parametrize(("kill", "faults"), [(os.kill, 1), (os.killpg, 0)])
def test_a_server_that_a_shell_runs_ends_if_all_get_the_signal(
    tmp_path: Path, kill: Callable[[int, int], None], faults: int
) -> None:
    (tmp_path / "server.py").write_text(SERVER)
    platform = Platform([], [], ["sh", "-c", "cd . && python server.py"], "COMMIT", draining=1, kill=kill)
    version = Version("the new version", tmp_path, platform, {"NOTES": str(tmp_path)}, "DATABASE_URL", Recording())
    with version.serving(commit="rehearsed"):
        pass
    assert len(version.recording.breaking) == faults
