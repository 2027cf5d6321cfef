"""Commands in forks (tests/forks.py) behave as processes that are started."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import forks
from tests.conftest import ROOT, container

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are only used on Linux")

PROGRAM = """
import atexit, json, locale, os, random, signal, sys, threading
import shop
if sys.argv[1] == "tell":
    print(json.dumps({
        "arguments": sys.argv, "path": sys.path, "environment": dict(os.environ), "directory": os.getcwd(),
        "name": __name__, "file": __file__, "main": sys.modules["__main__"].shop is shop, "shop": shop.__file__,
        "read": sys.stdin.read(), "locale": locale.setlocale(locale.LC_ALL),
        "streams": [[f.name, f.encoding, f.errors] for f in (sys.stdin, sys.stdout, sys.stderr)],
        "buffering": [f.line_buffering for f in (sys.stdout, sys.stderr)], "flags": sys.flags[:4] + sys.flags[5:],
        "open": len(os.listdir("/proc/self/fd")), "threads": threading.active_count(),
        "bytecode": sys.dont_write_bytecode, "executable": sys.executable, "leads": os.getsid(0) == os.getpid(),
        "signals": [str(signal.getsignal(number)) for number in signal.valid_signals()],
        "customized": "sitecustomize" in sys.modules, "settings": "config.settings" in sys.modules,
    }))
elif sys.argv[1] == "say":
    atexit.register(print, "at exit")
    threading.Timer(0.1, print, ["of a thread"]).start()
    print("out")
    print("err", file=sys.stderr)
    sys.exit(3)
elif sys.argv[1] == "refuse":
    sys.exit("words")
elif sys.argv[1] == "fail":
    raise ValueError("reason")
elif sys.argv[1] == "draw":
    print(random.random())
elif sys.argv[1] == "wait":
    print(os.getpid(), flush=True)
    signal.pause()
"""

PLANNER = """
import json, logging, os, re, sys
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.checks.registry import registry
from django.core.management import get_commands
from django.db import connections
from django.db.models import signals
told = {
    "settings": {name: getattr(settings, name) for name in dir(settings) if name.isupper()},
    "given": sorted(settings._explicit_settings), "databases": connections.settings,
    "environment": dict(os.environ), "path": sys.path, "arguments": sys.argv,
    "apps": list(apps.get_app_configs()), "commands": get_commands(), "admin": list(admin.site._registry.values()),
    "checks": sorted(f"{check.__module__}.{check.__name__}" for check in registry.get_checks(True)),
    "receivers": {name: len(one.receivers) for name, one in vars(signals).items() if hasattr(one, "receivers")},
    "levels": {name: one.level for name, one in logging.root.manager.loggerDict.items() if getattr(one, "level", 0)},
    "handlers": logging.root.handlers,
}
print(re.sub(" at 0x[0-9a-f]+", "", json.dumps(told, default=repr, sort_keys=True)))
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def starts(tmp_path: Path) -> Iterator[list[Start]]:
    """Start PROGRAM with the given arguments: as a process, and in a fork."""
    (tmp_path / "manage.py").write_text(PROGRAM)
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/shop.py").touch()
    (tmp_path / "modules/sitecustomize.py").touch()
    environment = {**container("sqlite:///:memory:"), "PYTHONPATH": "modules", "PYTHONDONTWRITEBYTECODE": "1"}
    started: list[subprocess.Popen[str]] = []

    def start(popen: Any, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        command = ["python", "manage.py", *arguments]
        started.append(popen(command, cwd=tmp_path, env=environment, **{**pipes, **options}))
        return started[-1]

    def process(*arguments: str, **options: Any) -> "subprocess.Popen[str]":
        return start(subprocess.Popen, *arguments, text=True, **options)

    def fork(*arguments: str, **options: Any) -> "subprocess.Popen[str]":
        return start(forks.Popen, *arguments, **options)

    yield [process, fork]
    for one in started:
        one.kill()
        one.communicate()


@pytest.fixture
def fork(starts: list[Start]) -> Start:
    return starts[1]


@pytest.mark.skipif("coverage" in sys.modules, reason="it handles SIGTERM, as a fork does only later")
@pytest.mark.parametrize("session", [False, True])
def test_they_find_the_same(starts: list[Start], session: bool) -> None:
    told = []
    for start in starts:
        process = start("tell", "a word", start_new_session=session)
        printed, errors = process.communicate("text \xe4")
        told.append(json.loads(printed))
        assert (process.returncode, errors) == (0, "")

    assert told[0] == told[1]
    assert told[0]["environment"]["DATABASE_URL"] == "sqlite:///:memory:"
    assert (told[0]["leads"], told[0]["customized"], told[0]["settings"]) == (session, True, False)


@pytest.mark.parametrize("what", ["say", "refuse", "fail"])
def test_they_end_the_same(starts: list[Start], what: str) -> None:
    ends = []
    for start in starts:
        process = start(what)
        printed, errors = process.communicate()
        ends.append((process.returncode, printed, errors.splitlines()[-1]))

    assert ends[0] == ends[1]
    assert ends[0][0] in (1, 3)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_they_are_killed_the_same(starts: list[Start], signum: signal.Signals) -> None:
    for start in starts:
        process = start("wait", start_new_session=True)
        assert process.stdout
        assert int(process.stdout.readline()) == process.pid
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        os.killpg(process.pid, signum)
        assert process.wait(30) == -signum
        assert process.poll() == -signum


def test_they_share_a_pipe_and_a_file(starts: list[Start], tmp_path: Path) -> None:
    for start in starts:
        with (tmp_path / "log").open("w") as log:
            process = start("say", stdout=log, stderr=subprocess.STDOUT)
        assert process.wait(30) == 3
        assert sorted((tmp_path / "log").read_text().split("\n")) == ["", "at exit", "err", "of a thread", "out"]


def test_forks_do_not_draw_the_same_numbers(fork: Start) -> None:
    assert fork("draw").communicate() != fork("draw").communicate()


def test_they_end_the_same_when_nobody_reads(starts: list[Start]) -> None:
    ends = []
    for start in starts:
        reading, writing = os.pipe()
        os.close(reading)
        process = start("say", stdout=writing)
        os.close(writing)
        ends.append((process.wait(30), process.stderr and process.stderr.read()))

    assert ends[0] == ends[1]
    assert ends[0][0] == 120


def test_the_planner_is_the_same(new_database: Callable[[], str]) -> None:
    environment = {**container(new_database()), "RELEASE_DEADLINE": "60", "MIGRATION_DATABASE_URL": ""}
    command = ["python", "manage.py", "shell", "-v0", "-c", PLANNER]
    process = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=True)
    fork = forks.run(command, cwd=ROOT, env=environment)

    assert [json.loads(fork.stdout), fork.stderr] == [json.loads(process.stdout), process.stderr]
