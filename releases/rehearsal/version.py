"""A checkout of the project, deployed as its platform would: built, released, started, probed, stopped."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from releases.rehearsal.observer import Observer
from releases.rehearsal.platforms import Platform
from releases.rehearsal.postgres import die_with_parent, free_port
from releases.rehearsal.process import Process, reason
from releases.rehearsal.proxy import balanced
from releases.rehearsal.recording import Phase, Recording

CONTRACT = re.compile(r"^Contract: (.+)\.$", re.MULTILINE)
MIGRATE = ["python", "manage.py", "migrate", "--noinput"]
NOTHING = "nothing"
BEGIN = "of the rehearsal:"


class DeployError(Exception):
    """A step failed, as it would on the platform."""


@dataclass
class Version:
    """`variables` are those of its environment. The platform's commands are run in `root`."""

    name: str
    root: Path
    platform: Platform
    variables: Mapping[str, str]
    database_variable: str
    recording: Recording
    observer: Observer | None = None
    port: int = field(default_factory=free_port)

    def environment(self, *, commit: str = "", url: str = "", **more: str) -> dict[str, str]:
        """With the commit, as the platform names it, and the URL of another database, if they are given."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        more |= {self.platform.commit_variable: commit} if commit else {}
        more |= {self.database_variable: url} if url else {}
        return {"PATH": path, "PYTHONUNBUFFERED": "1", **self.variables, **more}

    def build(self) -> None:
        """What the image's build does. Raises DeployError."""
        if self.platform.build:
            self._run(f"build of {self.name}", self.platform.build)

    def release(self, step: str, **more: str) -> str:
        """The platform's command, in a process of its own. Returns its output. Raises DeployError."""
        return self._run(step, self.platform.release or MIGRATE, **more)

    def run(self, command: list[str], **more: str) -> "subprocess.CompletedProcess[str]":
        """Here, and not as a step of the deploy."""
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )

    def manage(self, *arguments: str, **more: str) -> str:
        """What a command prints. Raises DeployError."""
        done = self.run(["python", "manage.py", *arguments], **more)
        if done.returncode:
            raise DeployError(f"manage.py {arguments[0]} failed: {reason(done.stderr or done.stdout)}")
        return done.stdout

    def shell(self, code: str) -> str:
        """What the code prints, without what settings and apps print before it. Raises DeployError."""
        return self.manage("shell", "-v0", "-c", f"print({BEGIN!r})\n{code}").partition(f"{BEGIN}\n")[2].strip()

    def _run(self, step: str, command: list[str], **more: str) -> str:
        with self.recording.phase(step) as phase:
            process = self._start(command, phase, **more)
            try:
                process.wait()
            finally:
                code = process.end()
            if code:
                raise DeployError(f"{step} failed, so the deploy stops here. {reason(process.output)}")
        return process.output

    def _start(self, command: list[str], phase: Phase, **more: str) -> Process:
        popen = subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its group is the container
            preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
        )
        return Process(popen, phase, self.recording, self.observer)

    @contextmanager
    def serving(self, *, replicas: int = 1, commit: str) -> Iterator[None]:
        """Starts it, and stops it in the end. Raises DeployError if a replica is not healthy in time.

        With several replicas, a proxy listens at `port`.
        """
        ports = [self.port] if replicas == 1 else [free_port() for _ in range(replicas)]
        with ExitStack() as stack:
            with self.recording.phase(f"start of {self.name}") as phase:
                processes = []
                for port in ports:
                    processes.append(self._start(self.platform.start, phase, PORT=str(port), commit=commit))
                    stack.callback(processes[-1].end)
                for process, port in zip(processes, ports, strict=True):
                    self._wait_until_healthy(process, port)
            if replicas > 1:
                stack.enter_context(balanced(self.port, ports, self.platform))
            yield
            self._drain(processes, ports)

    def _wait_until_healthy(self, process: Process, port: int) -> None:
        deadline, answer = time.monotonic() + self.platform.health_timeout, NOTHING
        what = self.platform.health_path or "/"
        while time.monotonic() < deadline:
            if process.has_ended():
                ended = f"{self.name} ended with status {process.end()} before it was healthy."
                raise DeployError(f"{ended} {reason(process.output)}")
            answer = _answer(port, what, self.platform.health_host, deadline - time.monotonic()) or answer
            if answer.startswith("200 ") or (answer != NOTHING and not self.platform.health_path):
                return
            time.sleep(0.2)
        raise DeployError(
            f"{self.name}: {what} did not answer 200 within {self.platform.health_timeout:g} s, but {answer}."
        )

    def _drain(self, processes: list[Process], ports: list[int]) -> None:
        with self.recording.phase(f"draining of {self.name}"):
            for process in processes:
                self.platform.kill(process.popen.pid, signal.SIGTERM)
            deadline = time.monotonic() + self.platform.draining
            while (is_up := _is_up(processes, ports)) and time.monotonic() < deadline:
                time.sleep(0.05)
        if self.platform.draining and is_up:
            self.recording.breaking.append(
                f"{self.name} did not end within {self.platform.draining:g} s of SIGTERM, and was killed. If a shell"
                " runs it, the command needs `exec`."
            )


def _is_up(processes: list[Process], ports: list[int]) -> bool:
    """A shell may end before what it has started."""
    return not all(process.has_ended() for process in processes) or any(map(_is_open, ports))


def _is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _answer(port: int, path: str, host: str, seconds: float) -> str:
    """Empty if there is none."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=max(0.1, min(5, seconds)))) as connection:
        try:
            connection.request("GET", path, headers={"Host": host})
            response = connection.getresponse()
            return f"{response.status} {response.read()[:200].decode(errors='replace')}"
        except (OSError, http.client.HTTPException):
            return ""
