"""A limit for waiting, on the monotonic clock."""

import time


class Deadline:
    """`seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def passed(self) -> bool:
        return self.remaining() == 0

    def remaining(self) -> float:
        return max(0.0, self._end - time.monotonic())
