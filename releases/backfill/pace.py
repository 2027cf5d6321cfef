"""How large the next batch is. Pure."""

from collections import deque
from dataclasses import dataclass, field
from statistics import median

SECONDS = 0.03  # that the rows of a batch should take: nobody waits much longer for its row locks
LEAST, MOST = 10, 10_000  # rows in a batch
FIRST = 100
PROBES = 3  # of which the median counts
PROBE_EVERY = 25  # batches


@dataclass
class Pace:
    """The size of the next batch, in rows or blocks, follows what the rows take. Whatever their number, a batch takes
    round trips and a commit, which last where the network is slow or the machine is busy: smaller batches would only be
    more of them. A batch of one tells how long that is."""

    first: int = FIRST
    least: int = LEAST
    most: int = MOST
    _size: int = field(init=False)
    _batches: int = 0
    _probes: deque[float] = field(default_factory=lambda: deque(maxlen=PROBES))

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The rows that come may take longer."""
        self._size = self.first

    @property
    def size(self) -> int:
        return 1 if self._is_probe else self._size

    def follow(self, size: int, took: float) -> None:
        """After a batch of that size, which took that many seconds."""
        if self._is_probe:
            self._probes.append(took)
        else:
            self._size = next_size(size, took - median(self._probes), self.least, self.most)
        self._batches += 1

    @property
    def _is_probe(self) -> bool:
        return len(self._probes) < PROBES or self._batches % PROBE_EVERY == 0


def next_size(size: int, took: float, least: int = LEAST, most: int = MOST) -> int:
    """After a batch of `size`, whose rows took `took` seconds. It grows to twice as many at most."""
    return max(least, min(most, int(size * min(2, SECONDS / took)))) if took > 0 else min(most, size * 2)
