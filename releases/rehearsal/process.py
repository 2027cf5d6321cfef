"""A command of the platform, and what it says: its migrations, and why it failed."""

import os
import re
import signal
import subprocess
import threading
from dataclasses import dataclass

from releases.rehearsal.observer import Observer
from releases.rehearsal.recording import Phase, Recording

APPLYING = re.compile(r"^ *Applying (\S+)\.\.\.")
REFUSAL = re.compile(r"^(?:\w+\.)*(?:CommandError|SystemCheckError): .*", re.MULTILINE | re.DOTALL)
ERROR = re.compile(r"\w+(?:Error|Exception): [^\"\\\n]*|^Unknown command: .*", re.MULTILINE)
BYTES = 65536
READ_SECONDS = 5  # for what it said last; what has left its group may keep the pipe open


def reason(output: str) -> str:
    """The error of a command, the last one of a traceback, or its last line."""
    if refusal := REFUSAL.search(output):
        return refusal[0].strip()
    return (ERROR.findall(output) or output.strip().splitlines() or ["It said nothing."])[-1]


@dataclass
class Process:
    """A command that runs. If it is observed, its migrations are noted: it prints their names, and OK at their ends."""

    popen: "subprocess.Popen[bytes]"
    phase: Phase
    recording: Recording
    observer: Observer | None = None
    output: str = ""
    _line: str = ""
    _running: Phase | None = None

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def has_ended(self) -> bool:
        """Does not reap it: so nothing else gets the number of its group."""
        if self.popen.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def wait(self) -> None:
        """Until it has ended, whatever it left in the background."""
        os.waitid(os.P_PID, self.popen.pid, os.WEXITED | os.WNOWAIT)

    def end(self) -> int:
        """With everything that it started, as a container ends. Once it is reaped, its group may be another's."""
        if self.popen.returncode is None:
            os.killpg(self.popen.pid, signal.SIGKILL)
        code = self.popen.wait()
        self._reader.join(READ_SECONDS)
        return code

    def _read(self) -> None:
        assert self.popen.stdout
        while data := os.read(self.popen.stdout.fileno(), BYTES):
            text = data.decode(errors="replace")
            self.output += text
            for piece in text.splitlines(keepends=True):
                self._line += piece
                self._note(self._line)
                self._line = self._line if not self._line.endswith("\n") else ""
        self.popen.stdout.close()
        self._end()

    def _note(self, line: str) -> None:
        found = APPLYING.match(line)
        if self.observer and found and not self._running:
            self._running = Phase(found[1], self.recording.now(), within=self.phase.name)
            self._running.before = self.observer.snapshot()
            self.recording.phases.append(self._running)
        if line.endswith((" OK\n", " FAKED\n")):  # other lines may come before
            self._end()

    def _end(self) -> None:
        if self.observer and self._running:
            self._running.end, self._running.after = self.recording.now(), self.observer.snapshot()
            self._running = None
