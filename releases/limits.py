"""How long a release waits for what. Seconds; each is a setting that a project may leave out."""

import time
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Limits:
    """`settings.RELEASE_LIMITS` holds what differs from these."""

    database: float = 30  # for a database that does not answer yet
    lock: float = 1  # for a lock that an ordinary statement needs: whoever queues behind it waits as long
    build: float = 60  # for each of the older transactions that a concurrent index build has to see the end of
    deadline: float = 900  # for the whole release

    @classmethod
    def from_settings(cls) -> "Limits":
        return cls(**getattr(settings, "RELEASE_LIMITS", {}))


class Deadline:
    """A moment after which waiting ends."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def passed(self) -> bool:
        return self.remaining() == 0

    def remaining(self) -> float:
        return max(0.0, self._end - time.monotonic())
