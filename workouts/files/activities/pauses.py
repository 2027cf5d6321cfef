"""The pauses in a segment of a track. Pure.

Most exports have one segment, with a gap where the watch was paused. A gap is a pause if it is much longer than the
usual time between two points and the athlete hardly moved: not faster than 1 km/h, as in gpxpy's `get_moving_data`.
Standing still while the watch records is no pause, and neither is a tunnel, nor a recorder that writes once a minute.
"""

from array import array
from collections.abc import Iterator
from statistics import median

SHORTEST, LONGER = 30, 10
"""In seconds, and how many times as long as the usual time between two points."""

STILL = 1 / 3.6
"""Metres per second."""


class Pauses:
    """Finds the pauses among the ways from one point to the next."""

    def __init__(self) -> None:
        self._seconds = array("d")
        self._gaps: list[tuple[float, float]] = []

    def add(self, seconds: float, metres: float) -> None:
        self._seconds.append(seconds)
        if seconds >= SHORTEST and metres <= seconds * STILL:
            self._gaps.append((seconds, metres))

    def __iter__(self) -> Iterator[tuple[float, float]]:
        """The seconds and metres of each pause."""
        least = LONGER * median(self._seconds) if self._gaps else 0
        return ((seconds, metres) for seconds, metres in self._gaps if seconds >= least)
