"""`python -m tests [PYTEST ARGUMENTS]`: every test on SQLite, then those that use a database on PostgreSQL as well."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from types import FrameType

import psycopg

from tests.postgres import throwaway_postgres

COVERAGE = [sys.executable, "-m", "coverage"]


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.ExitStack() as stack:
        given = os.environ.get("TEST_DATABASE_URL")
        postgresql = given or stack.enter_context(throwaway_postgres())
        files = stack.enter_context(tempfile.TemporaryDirectory(prefix="planner-tests-"))
        with psycopg.connect(postgresql) as connection:
            version = connection.info.server_version
        print(f"PostgreSQL: {version // 10000}.{version % 10000}, {'TEST_DATABASE_URL' if given else 'throwaway'}")
        subprocess.run([*COVERAGE, "erase"], check=True)
        subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], check=True)
        failed = [
            engine
            for engine, url in (("sqlite", f"sqlite:///{files}/db.sqlite3"), ("postgresql", postgresql))
            if not _pytest(engine, url, arguments)
        ]
    subprocess.run([*COVERAGE, "combine", "--quiet"], check=True)
    reported = subprocess.run([*COVERAGE, "report"], check=False).returncode if not arguments else 0
    for engine in failed:
        print(f"FAILED on {engine}")
    return 1 if failed else reported


def _pytest(engine: str, url: str, arguments: list[str]) -> bool:
    print(f"\n=== Tests on {engine} ===", flush=True)
    environment = {**os.environ, "DATABASE_URL": url, "DEBUG": "False", "SECRET_KEY": "only-for-tests"}
    command = [*COVERAGE, "run", "--parallel-mode", "-m", "pytest", *arguments]
    tests = subprocess.Popen(command, env=environment)
    try:
        return tests.wait() in (0, 5)  # 5: none selected for this engine
    except KeyboardInterrupt:
        tests.send_signal(signal.SIGINT)
        tests.wait()
        raise


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
