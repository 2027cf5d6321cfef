"""`python -m tests [PYTEST ARGUMENTS]`: every test on SQLite, and those that use a database on PostgreSQL as well.

`--coverage` measures, and fails below the threshold. A traced process takes half as long again, and the tests start
about a thousand. The proofs must run without it: Python 3.11 with a tracer cannot interrupt a thread that is inside
SQLite.

If no tests are chosen, two processes share those of each engine, and three the proofs on PostgreSQL: one often waits,
and starts matter little. Those on PostgreSQL have a server each; with TEST_DATABASE_URL there is one.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from types import FrameType

import psycopg

from tests.postgres import die_with_parent, throwaway_postgres

COVERAGE = [sys.executable, "-m", "coverage"]
PROOFS = ["-m", "proof"]


def main(arguments: list[str]) -> int:
    for signum in (signal.SIGINT, signal.SIGTERM):  # also where they were ignored, as in a background job
        signal.signal(signum, _interrupt)
    measured = "--coverage" in arguments
    if measured:
        arguments.remove("--coverage")
        subprocess.run([*COVERAGE, "erase"], check=True)
    command = [*COVERAGE, "run", "--parallel-mode"] if measured else [sys.executable]
    command += ["-m", "pytest", *arguments]
    shared = arguments in ([], PROOFS)
    given = os.environ.get("TEST_DATABASE_URL")
    with contextlib.ExitStack() as stack:

        def start(engine: str, urls: Iterable[str]) -> list[tuple[str, subprocess.Popen[str]]]:
            taken = stack.enter_context(tempfile.TemporaryDirectory()) if shared else ""
            return [(engine, _start(stack, command, TEST_DATABASE_URL=url, TESTS_TAKEN=taken)) for url in urls]

        runs = start("sqlite", [""] * (2 if shared else 1))  # while the servers start
        servers = 3 if arguments == PROOFS else len(runs)
        urls = [given] if given else [stack.enter_context(throwaway_postgres()).url for _ in range(servers)]
        with psycopg.connect(urls[0]) as connection:
            version = connection.info.server_version
        print(f"PostgreSQL: {version // 10000}.{version % 10000}, {'TEST_DATABASE_URL' if given else 'throwaway'}")
        runs += start("postgresql", urls)
        failed = {engine for engine, run in runs if not _succeeds(engine, run)}
    reported = _report_coverage() if measured else 0
    for engine in sorted(failed):
        print(f"FAILED on {engine}")
    return 1 if failed else reported


def _start(stack: contextlib.ExitStack, command: list[str], **variables: str) -> "subprocess.Popen[str]":
    """Starts a run, which ends with `stack`."""
    run = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **variables},  # to compile the tests once, not in each run
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509
    )
    stack.callback(_end, run)
    return run


def _succeeds(engine: str, run: "subprocess.Popen[str]") -> bool:
    """Prints the output of a run. All run at once, and are printed one after the other."""
    print(f"\n=== Tests on {engine} ===", flush=True)
    assert run.stdout
    while text := run.stdout.read(1):
        sys.stdout.write(text)
        sys.stdout.flush()
    return run.wait() in (0, 5)  # 5: none selected for this engine


def _report_coverage() -> int:
    subprocess.run([*COVERAGE, "combine", "--quiet"], check=True)
    return subprocess.run([*COVERAGE, "report"], check=False).returncode


def _end(run: "subprocess.Popen[str]") -> None:
    """After an interruption: lets pytest clean up, then ends every process that its tests started."""
    if run.poll() is None:
        run.send_signal(signal.SIGINT)
        try:
            run.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
