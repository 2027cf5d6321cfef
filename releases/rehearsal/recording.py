"""What happened during a rehearsal, and when: in seconds since its beginning."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

OLD, NEW = "the old version", "the new version"


@dataclass(frozen=True)
class Sample:
    """A statement or a request, by the `kind` OLD or NEW. `error` is empty if it succeeded."""

    at: float
    milliseconds: float
    kind: str
    error: str = ""
    sent: str = ""

    @property
    def end(self) -> float:
        return self.at + self.milliseconds / 1000


@dataclass(frozen=True)
class Lock:
    """That the release was seen to hold on a table; or, if `waited`, for which somebody had waited so many seconds."""

    at: float
    table: str
    mode: str
    waited: float = 0


@dataclass(frozen=True)
class Snapshot:
    """Of the database: the file of each table, which a rewrite replaces, with its bytes; the bytes of all; and the rows
    that releases have written since the server started."""

    files: dict[str, tuple[int, int]]
    size: int
    rows: int


@dataclass
class Phase:
    """A step of the deploy, or a migration of it (`within` names its step)."""

    name: str
    begin: float
    end: float = 0
    within: str = ""
    before: Snapshot | None = None
    after: Snapshot | None = None
    foretold: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.end - self.begin

    def rewritten(self) -> dict[str, int]:
        """The tables that have a new file, and the bytes of the old one."""
        if not (self.before and self.after):
            return {}
        found = {table: (*old, *self.after.files.get(table, old)) for table, old in self.before.files.items()}
        return {table: size for table, (old, size, new, _) in found.items() if new != old}


@dataclass
class Recording:
    samples: list[Sample] = field(default_factory=list)
    locks: list[Lock] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    left: list[str] | None = None  # in the contract, as the next release says
    findings: list[str] = field(default_factory=list)
    breaking: list[str] = field(default_factory=list)  # what failed, by itself
    _began: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        return time.monotonic() - self._began

    @contextmanager
    def phase(self, name: str) -> Iterator[Phase]:
        phase = Phase(name, self.now())
        self.phases.append(phase)
        print(f"{phase.begin:7.1f} s  {name}", file=sys.stderr, flush=True)
        try:
            yield phase
        finally:
            phase.end = self.now()

    def pause(self, name: str, seconds: float) -> None:
        """A step in which only the others work."""
        with self.phase(name):
            time.sleep(seconds)

    def named(self, name: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.name == name), None)

    def migrations(self) -> list[Phase]:
        return [phase for phase in self.phases if phase.within]

    def old_code(self, *, is_served: bool) -> str:
        """What became of the old version after the last migration; without its server, of what stands for it."""
        since = max((phase.end for phase in self.migrations()), default=0.0)
        errors = [sample.error for sample in self.samples if sample.kind == OLD and sample.at >= since]
        what = "Old code on the new schema" if is_served else "In place of old code, sessions on the new schema"
        return f"{what}: {len(errors)} reads and writes, {sum(map(bool, errors))} failed."

    def during(self, phase: Phase) -> list[Sample]:
        """What began within it."""
        return [sample for sample in self.samples if phase.begin <= sample.at < phase.end]

    def seen(self, phase: Phase) -> list[Lock]:
        return [lock for lock in self.locks if phase.begin <= lock.at < phase.end]
