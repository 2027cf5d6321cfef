"""Railway's order: pre-deploy, start, health check, traffic, overlap, SIGTERM, draining."""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal.railway import Platform
from rehearsal.recording import Phase, Recording
from tests.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent
PROBE = {"Host": "healthcheck.railway.app"}
APPLYING = re.compile(r"Applying (\S+)\.\.\.")
CONTRACT = re.compile(r"Contract: (.+)\.$", re.MULTILINE)


class DeployError(Exception):
    """A step failed, as it would on Railway."""


class Deploy:
    def __init__(self, platform: Platform, url: str, recording: Recording) -> None:
        self._platform, self._recording = platform, recording
        self._environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "SECRET_KEY": os.urandom(32).hex()}
        self.port = free_port()

    def build(self) -> None:
        """What the image's build does."""
        with self._recording.phase("build"):
            self.manage("collectstatic", "--noinput", "-v0")

    def manage(self, *arguments: str) -> str:
        """Returns what a command of the new version prints."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.check_output(command, cwd=ROOT, env=self._environment, text=True)

    def release(self, name: str, **environment: str) -> str:
        """The pre-deploy command, in a process of its own. Returns its output. Raises DeployError."""
        with self._recording.phase(name) as phase:
            process = subprocess.Popen(
                self._platform.pre_deploy,
                cwd=ROOT,
                env={**self._environment, "PYTHONUNBUFFERED": "1", **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            output = self._follow(process, phase)
        if process.wait():
            raise DeployError(f"{name} failed, so the deploy stops here. {output.strip().splitlines()[-1]}")
        return output

    def _follow(self, process: "subprocess.Popen[str]", phase: Phase) -> str:
        """Notes when each migration began: the command prints its name then, and OK at its end."""
        assert process.stdout
        output, running = "", None
        while letter := process.stdout.read(1):
            output += letter
            if letter == "." and running is None and (found := APPLYING.search(output.rpartition("\n")[2])):
                running = Phase(found[1], self._recording.now(), within=phase.name)
                self._recording.phases.append(running)
            elif letter == "\n" and running and output.endswith(" OK\n"):  # other lines may come before
                running.end, running = self._recording.now(), None
        if running:
            running.end = self._recording.now()
        return output

    @contextmanager
    def serving(self, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
        """The image's start command. Raises DeployError if it is not healthy in time. Then it is drained."""
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                self._platform.start,
                cwd=ROOT,
                env={**self._environment, "PORT": str(self.port), **environment},
                stdout=log,
                stderr=log,
            )
            try:
                with self._recording.phase("health check"):
                    self._wait_until_healthy(process)
                yield process
            finally:
                self._drain(process)

    def _wait_until_healthy(self, process: "subprocess.Popen[bytes]") -> None:
        deadline, answer = time.monotonic() + self._platform.health_timeout, "nothing"
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise DeployError(f"The new version ended with status {process.returncode} before it was healthy.")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", self._platform.health_path, headers=PROBE)
                response = connection.getresponse()
                answer = f"{response.status} {response.read()[:200].decode('utf-8', 'replace')}"
                if response.status == http.HTTPStatus.OK:
                    return
            except OSError:
                pass
            time.sleep(0.5)
        raise DeployError(
            f"{self._platform.health_path} did not answer 200 within {self._platform.health_timeout:g} s, but {answer}."
        )

    def _drain(self, process: "subprocess.Popen[bytes]") -> None:
        with self._recording.phase("draining"):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(self._platform.draining)
            except subprocess.TimeoutExpired:
                process.kill()
                self._recording.failure = self._recording.failure or (
                    f"The version did not end within {self._platform.draining:g} s of SIGTERM, and was killed."
                )
