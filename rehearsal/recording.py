"""What happened during a rehearsal, and when: in seconds since its beginning."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """A write or a request. `error` is empty if it succeeded."""

    at: float
    milliseconds: float
    kind: str
    error: str = ""


@dataclass
class Phase:
    """A step of the deploy, or a migration of it (`within` names its step)."""

    name: str
    begin: float
    end: float = 0
    within: str = ""

    @property
    def seconds(self) -> float:
        return self.end - self.begin


@dataclass
class Recording:
    samples: list[Sample] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    failure: str = ""  # of a step; then the old version goes on serving
    left: list[str] = field(default_factory=list)  # in the contract
    _began: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> float:
        return time.monotonic() - self._began

    def add(self, sample: Sample) -> None:
        with self._lock:
            self.samples.append(sample)

    @contextmanager
    def phase(self, name: str) -> Iterator[Phase]:
        phase = Phase(name, self.now())
        self.phases.append(phase)
        print(f"{phase.begin:7.1f} s  {name}", flush=True)
        try:
            yield phase
        finally:
            phase.end = self.now()

    def named(self, name: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.name == name), None)

    def during(self, phase: Phase) -> list[Sample]:
        """What began within it."""
        return [sample for sample in self.samples if phase.begin <= sample.at < phase.end]
