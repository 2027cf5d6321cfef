"""A limit for waiting, on the monotonic clock."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Deadline:
    """`seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def passed(self) -> bool:
        return self.remaining() == 0

    def remaining(self) -> float:
        return min(self.seconds, max(0.0, self._end - time.monotonic()))

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """While somebody is asked. Then all of the time is there again."""
        self._end = math.inf
        try:
            yield
        finally:
            self._end = time.monotonic() + self.seconds
