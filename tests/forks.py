"""Runs `python manage.py …` in forks of a process that has already imported Django and whatever else needs no settings.

A start and its imports take four times as long as what most commands do, and the tests start a thousand. The planner's
commands are forks of a process that has imported the planner as well, if the environment allows it (prepared.py).
test_forks.py holds that a fork behaves as a process of its own. Where it would not, or does not pay, a process is
started instead.
"""

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import select
import signal
import site
import socket
import struct
import subprocess
import sys
import threading
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests import prepared

PRELOADED = (
    "chardet",
    "django.contrib.admin.options",
    "django.contrib.postgres.operations",
    "django.core.management.commands.migrate",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.test.signals",
    "environs",
    "filelock",
    "icalendar",
    "ijson",
    "postgast",
    "pydantic.json_schema",
    "pydantic.networks",
    "pythonjsonlogger.core",
)
# The interpreter or the C library reads these when a process starts; coverage measures from the start.
READ_AT_START = ("COVERAGE", "LANG", "LC_", "LD_", "PYTHON", "TZ")
READ_BY_FORKS = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
READ_BY_SETTINGS = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "RELEASE_")  # and by no other module of the planner
CRASHING = {"PYTHONPATH": str(Path(__file__).parent / "crash")}  # which has no module of the planner

ROOT = Path(__file__).parent.parent
NOWHERE = {"sqlite": "sqlite:///nowhere", "postgresql": "postgresql://nowhere/nowhere"}
NUMBER = struct.Struct("i")


class Popen(subprocess.Popen[str]):
    """A subprocess with text streams; a fork if it is `python manage.py …`."""

    def __init__(self, args: Sequence[str], *, cwd: Path, env: Mapping[str, str], **options: Any) -> None:
        self._answers: socket.socket | None = None
        self._session = options.get("start_new_session", False)
        super().__init__(args, cwd=cwd, env=env, text=True, **options)

    def _execute_child(self, args: Any, *options: Any) -> None:
        """Overrides what starts the process. The arguments are the same from Python 3.11 to 3.14."""
        cwd, env, pipes = options[4], options[5], options[9:15]
        if not _can_fork(args, env):
            super()._execute_child(args, *options)  # type: ignore[misc]
            return
        self._answers, theirs = socket.socketpair()
        streams = [pipe if pipe != -1 else stream for stream, pipe in enumerate((pipes[0], pipes[3], pipes[5]))]
        with theirs:
            socket.send_fds(_server(_preparation(cwd, env)), [b"."], [theirs.fileno(), *streams])
        request = {"args": args[1:], "cwd": str(cwd), "env": dict(env), "session": self._session}
        self._answers.sendall(json.dumps(request).encode())
        self._answers.shutdown(socket.SHUT_WR)
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]
        self.pid = _receive(self._answers)

    def wait(self, timeout: float | None = None) -> int:
        if not self._answers:
            return super().wait(timeout)
        if self.returncode is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(_receive(self._answers))
            self._answers.close()
        return self.returncode

    def poll(self) -> int | None:
        if not self._answers:
            return super().poll()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode


def run(
    args: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: str | None = None, timeout: float = 120
) -> "subprocess.CompletedProcess[str]":
    """What subprocess.run() does with captured output, and the text `stdin`."""
    pipe = subprocess.PIPE
    with Popen(args, cwd=cwd, env=env, stdin=None if stdin is None else pipe, stdout=pipe, stderr=pipe) as process:
        try:
            stdout, stderr = process.communicate(stdin, timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def _can_fork(args: Sequence[str], env: Mapping[str, str]) -> bool:
    return (
        sys.platform == "linux"
        and list(args[:2]) == ["python", "manage.py"]
        and env.get("PATH") == os.environ["PATH"]
        and not any(name.startswith(READ_AT_START) and name not in READ_BY_FORKS for name in env)
    )


def _preparation(cwd: Path, env: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The variables with which the planner is imported for such a command; empty if it must import it itself."""
    scheme = env.get("DATABASE_URL", "").partition("://")[0]
    later = (*READ_BY_SETTINGS, "CRASH_")
    common = {name: value for name, value in env.items() if not name.startswith(later) and value != CRASHING.get(name)}
    if cwd != ROOT or common.keys() != {"PATH", "SECRET_KEY"} or scheme not in NOWHERE:
        return ()
    return tuple({**common, "DATABASE_URL": NOWHERE[scheme]}.items())


@functools.cache
def _server(variables: tuple[tuple[str, str], ...]) -> socket.socket:
    """A connection to a process that forks. It ends with the connection."""
    ours, theirs = socket.socketpair()
    command = ["python", "-m", "tests.forks", str(theirs.fileno())]
    environment = {"PATH": os.environ["PATH"], **dict(variables)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[theirs.fileno()])
    theirs.close()

    @atexit.register
    def end() -> None:
        ours.close()
        process.wait()

    return ours


def _receive(answers: socket.socket) -> int:
    (number,) = NUMBER.unpack(answers.recv(NUMBER.size, socket.MSG_WAITALL))
    return int(number)


def preload() -> None:
    for name in PRELOADED:
        with contextlib.suppress(ModuleNotFoundError):  # in an environment for `releases` alone
            importlib.import_module(name)


def serve(control: socket.socket) -> dict[str, Any]:
    """Forks for each request until the tests close `control`. Returns in the forks, with the request."""
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the tests, and they end
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the waiting processes
    while files := socket.recv_fds(control, 1, 4)[1]:
        if not os.fork():
            break
        for file in files:
            os.close(file)
    else:
        sys.exit()
    control.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    answers = socket.socket(fileno=files[0])
    with answers.makefile() as requests:
        request: dict[str, Any] = json.load(requests)
    if process := os.fork():
        _wait(process, answers, files[1:])
    signal.signal(signal.SIGINT, interrupted)
    if request["session"]:
        os.setsid()
    os.chdir(request["cwd"])
    for stream, file in enumerate(files[1:]):
        os.dup2(file, stream)
        os.close(file)
    with answers:
        answers.sendall(NUMBER.pack(os.getpid()))
    return request


def _wait(process: int, answers: socket.socket, files: list[int]) -> None:
    """Answers with the status of `process`, and ends."""
    try:
        for file in files:
            os.close(file)
        answers.sendall(NUMBER.pack(os.waitpid(process, 0)[1]))
    finally:
        os._exit(0)


def become(script: str, arguments: list[str], environment: dict[str, str]) -> None:
    """Does what Python does when it starts with `script`."""
    os.environ.update(environment)
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    sys.path[:0] = [
        str(Path(place).absolute()) for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place
    ]
    site.execsitecustomize()
    sys.path.insert(0, str(Path(script).resolve().parent))
    sys.argv = [script, *arguments]
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__file__ = str(Path(script).absolute())
    try:
        exec(compile(Path(script).read_bytes(), main.__file__, "exec"), vars(main))  # noqa: S102
    except SystemExit as end:
        if isinstance(end.code, str):
            raise
        _exit(end.code or 0)
    _exit(0)


def _exit(code: int) -> None:
    """Does what Python does at its end, except for freeing every object: that takes as long as importing Django."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)  # Python reports the stream that is closed


if __name__ == "__main__":
    for_planner = "DATABASE_URL" in os.environ
    preload()
    if for_planner:
        prepared.prepare()
    gc.freeze()  # a collection in a fork would copy the memory of every object
    del sys.path[0]  # the repository
    requested = serve(socket.socket(fileno=int(sys.argv[1])))
    if for_planner:
        prepared.renew()
    become(requested["args"][0], requested["args"][1:], requested["env"])
