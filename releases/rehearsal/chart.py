"""The chart of a report: how long reads and writes took, over the time. Its text is HTML, which no width stretches.

All places and lengths are percent of the width or the height.
"""

import math
from typing import Any

from releases.rehearsal.recording import OLD, Recording, Sample

TALLEST = 10_000  # milliseconds at its top
MOMENTS = 1000  # of each of which a dot is drawn
TICKS = 6  # at most
EVERY = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)  # seconds between two of them


def chart(recording: Recording) -> dict[str, Any]:
    total = max((phase.end for phase in recording.phases), default=1.0) or 1.0
    waited = [lock for lock in recording.locks if lock.waited]
    return {
        "spans": [
            {"name": phase.name, "within": phase.within, **_part(phase.begin, phase.seconds, total)}
            for phase in recording.phases
        ],
        "dots": _dots(_drawn(recording.samples, total), total),
        "waits": [_part(lock.at - lock.waited, lock.waited, total) for lock in waited],
        "levels": [(_y(value), f"{value} ms") for value in (1, 10, 100, 1000)],
        "ticks": _ticks(total),
    }


def _part(begin: float, seconds: float, total: float) -> dict[str, float]:
    return {"x": _x(begin, total), "wide": max(0.1, _x(seconds, total))}


def _ticks(total: float) -> list[tuple[float, str]]:
    every = next((one for one in EVERY if total < one * TICKS), math.ceil(total))
    return [(_x(at, total), f"{at} s") for at in range(0, math.ceil(total), every)]


def _drawn(samples: list[Sample], total: float) -> list[Sample]:
    """Of each kind the slowest of each moment, and those that failed: a dot for each would be a large page."""
    kept: dict[tuple[str, int], Sample] = {}
    for sample in samples:
        place = sample.kind, int(MOMENTS * sample.at / total)
        kept[place] = max(sample, kept.get(place, sample), key=lambda one: one.milliseconds)
    return [*kept.values(), *[sample for sample in samples if sample.error][:MOMENTS]]


def _dots(samples: list[Sample], total: float) -> dict[str, str]:
    """A path for each colour, of lines without length: their round ends stay round however wide the chart is."""
    paths = {"old": "", "new": "", "error": ""}
    for sample in samples:
        kind = "error" if sample.error else "old" if sample.kind == OLD else "new"
        paths[kind] += f"M{_x(sample.at, total)} {_y(sample.milliseconds)}h0"
    return paths


def _x(seconds: float, total: float) -> float:
    return round(100 * seconds / total, 2)


def _y(milliseconds: float) -> float:
    """Logarithmic, from 0.1 ms."""
    share = math.log10(max(0.1, milliseconds) / 0.1) / math.log10(TALLEST / 0.1)
    return round(100 * (1 - min(1.0, share)), 1)
