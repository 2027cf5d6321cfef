"""The real PgBouncer in front of a database. It stops when the block ends."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.postgres import free_port


@contextlib.contextmanager
def pgbouncer(database_url: str, mode: str, folder: Path) -> Iterator[str]:
    """Yields the URL of the database through it: in transaction mode each one is on the next of several servers.

    As root, PgBouncer runs as `nobody`.
    """
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed")
    server, port = urlsplit(database_url), free_port()
    (folder / "users").write_text(f'"{server.username}" "{server.password}"\n')
    (folder / "ini").write_text(
        f"[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\nlisten_addr=127.0.0.1\n"
        f"listen_port={port}\nauth_type=plain\nauth_file={folder}/users\npool_mode={mode}\nunix_socket_dir=\n"
        "ignore_startup_parameters=extra_float_digits\nserver_round_robin=1\nmin_pool_size=4\n"
    )
    for directory in (folder, *folder.parents):
        if os.geteuid() == 0 and directory != Path("/tmp") and directory.owner() == "root":
            directory.chmod(directory.stat().st_mode | 0o111)
    process = subprocess.Popen(
        [program, folder / "ini"],
        user="nobody" if os.geteuid() == 0 else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = server._replace(netloc=f"{server.username}:{server.password}@127.0.0.1:{port}").geturl()
    try:
        _wait_until_it_answers(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        try:
            psycopg.connect(url, connect_timeout=1).close()
        except psycopg.OperationalError:
            assert process.poll() is None
            time.sleep(0.1)
        else:
            return
    raise AssertionError("PgBouncer did not answer")
