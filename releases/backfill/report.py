"""Says from time to time how far a long piece of work has got."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from releases.messages.counting import grouped
from releases.running.progress import Say

SAY_EVERY = 5.0  # seconds


@dataclass
class Report:
    """`what` begins each sentence; `unit` is what is counted, in the plural."""

    say: Say
    what: str
    unit: str
    _began: float = field(default_factory=time.monotonic)
    _said: float = field(default_factory=time.monotonic)
    _made: int = 0

    def made(self, count: int, up_to: int, total: Callable[[], int]) -> None:
        """`count` more in this run, which makes `up_to` of `total` with earlier ones."""
        self._made += count
        now = time.monotonic()
        if now - self._said > SAY_EVERY:
            self._said = now
            self.say(sentence(self.what, self.unit, up_to, total(), self._made / (now - self._began)))


def sentence(what: str, unit: str, up_to: int, total: int, per_second: float) -> str:
    """`Backfill of shop_box: 120 000 of about 300 000 rows, about 12 s to go.`

    `total` is an estimate: if it was too low, no time is told.
    """
    said = f"{what}: {grouped(up_to)}"
    if up_to >= total or per_second <= 0:
        return f"{said} {unit}."
    return f"{said} of about {grouped(total)} {unit}, about {grouped((total - up_to) / per_second)} s to go."
