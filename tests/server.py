"""The real gunicorn, started with the Procfile's own line."""

import http.client
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, container, procfile, run_release
from tests.postgres import free_port

START_SECONDS = 60


class Server:
    """A running server, its log and a client for it."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        self.process, self.port, self._log = process, port, log

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers in lower case, body. In the names of headers `_` means `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        body = response.read()
        found = {name.lower(): value for name, value in response.getheaders()}
        connection.close()
        return response.status, found, body.decode("latin-1")

    def log(self) -> str:
        return self._log.read_text()

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log().splitlines()]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@contextmanager
def serving(command: list[str], environment: dict[str, str], log: Path, cwd: Path = ROOT) -> Iterator[Server]:
    """Runs `command` on a free port until the block ends; yields once it answers."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env={**environment, "PORT": str(port)}, stdout=output, stderr=subprocess.STDOUT
        )
    server = Server(process, port, log)
    try:
        wait_until_it_answers(server)
        yield server
    finally:
        if process.poll() is None:
            server.stop()


@contextmanager
def released(folder: Path) -> Iterator[Server]:
    """The Procfile's two lines, on an SQLite database in `folder`."""
    environment = container(f"sqlite:///{folder}/db.sqlite3")
    run_release(environment).check_returncode()
    with serving(web(), environment, folder / "log") as server:
        yield server


def wait_until_it_answers(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.get("/livez")
        except OSError:
            assert server.process.poll() is None, server.log()
            assert time.monotonic() < deadline, server.log()
            time.sleep(0.1)
        else:
            return


def web(options: str = "") -> list[str]:
    return ["sh", "-c", f"exec {procfile()['web']} {options}"]
