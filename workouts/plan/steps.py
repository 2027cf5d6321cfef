"""The steps of a workout: how long and how hard, in sets that are repeated. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from workouts.values.measures import minutes

TO, TIMES = "\N{EN DASH}", "\N{MULTIPLICATION SIGN}"


class Kind(StrEnum):
    """The values are the words for people."""

    WARM_UP = "warm-up"
    STEADY = ""
    EASY = "easy"
    COOL_DOWN = "cool-down"


@dataclass(frozen=True)
class WorkoutStep:
    """Targets are in percent of the threshold (FTP or threshold pace): `first` at the start, `last` at the end.

    Both are None without a target. Only of a ramp is the effort to change from one to the other; of any other step they
    are the limits within which it stays.
    """

    seconds: int
    kind: Kind = Kind.STEADY
    first: float | None = None
    last: float | None = None
    is_ramp: bool = False

    @property
    def middle(self) -> float | None:
        return None if self.first is None or self.last is None else (self.first + self.last) / 2

    def __str__(self) -> str:
        """Such as `15 min warm-up, 50 to 65 %` or `12 min at 90 %`."""
        long = minutes(self.seconds // 60) if self.seconds >= 60 else ""
        rest = f"{self.seconds % 60} s" if self.seconds % 60 else ""
        named = " ".join(part for part in (long, rest, self.kind) if part)
        if self.first is None or self.last is None:
            return named
        if self.first == self.last:
            return f"{named} at {self.first:g} %"
        return f"{named}, {self.first:g} {'to' if self.is_ramp else TO} {self.last:g} %"


@dataclass(frozen=True)
class Block:
    """Steps that are done one after the other, `times` times."""

    steps: tuple[WorkoutStep, ...]
    times: int = 1

    @property
    def seconds(self) -> int:
        return self.times * sum(step.seconds for step in self.steps)

    def __str__(self) -> str:
        """Such as `3 x (12 min at 90 %; 5 min easy)` with a multiplication sign."""
        text = "; ".join(map(str, self.steps))
        if self.times == 1:
            return text
        return f"{self.times} {TIMES} {text}" if len(self.steps) == 1 else f"{self.times} {TIMES} ({text})"


def in_order(blocks: Sequence[Block]) -> list[WorkoutStep]:
    """Every step, as often as it is done."""
    return [step for block in blocks for _ in range(block.times) for step in block.steps]
