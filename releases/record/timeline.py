"""A release as bars over time: where it worked, where it waited, where others waited for it. Pure."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WORKING, WAITING, STALLED, EMPTY = "█", "░", "▓", " "


@dataclass(frozen=True)
class Span:
    """A migration. It began `after` seconds of the release, and took `seconds`.

    For `waited` of these it waited for locks; the statement of another session that waited longest for it did so for
    `stalled` seconds.
    """

    name: str
    after: float
    seconds: float
    waited: float = 0
    stalled: float = 0
    failed: bool = False

    @property
    def in_words(self) -> list[str]:
        """Sentences, none if it succeeded and nobody waited."""
        waits = ["It failed."] * self.failed
        waits += [f"It waited {self.waited:.2f} s for locks."] if self.waited else []
        return waits + ([f"Others waited up to {self.stalled:.2f} s for it."] if self.stalled else [])


def spans(migrations: Iterable[Mapping[str, Any]]) -> Iterator[Span]:
    """Of the recorded migrations. Before 0.1.0 their beginnings were not recorded: then one follows the other."""
    end = 0.0
    for one in migrations:
        marks = {name: one[name] for name in ("waited", "stalled", "failed") if name in one}
        span = Span(one["name"], one.get("after", end), one["seconds"], **marks)
        end = span.after + span.seconds
        yield span


def in_words(verdict: Mapping[str, str]) -> str:
    """A recorded verdict: what was not done as Django would have done it."""
    accepted = f" Accepted: {verdict['accepted']}" if "accepted" in verdict else ""
    return f"{verdict['operation']}: {verdict['verdict']}. {verdict['reason']}{accepted}"


def columns(seconds: Sequence[float | None], height: float) -> list[float]:
    """The heights of a chart of releases, at least 2. Logarithmic: beside a takeover the others would not be seen."""
    logarithms = [math.log1p(one or 0) for one in seconds]
    most = max(logarithms, default=0)
    return [round(max(2.0, height * one / most), 1) if most else 2.0 for one in logarithms]


def share(part: float, total: float) -> float:
    """In percent, 0 to 100."""
    return round(min(100.0, 100 * part / total), 2) if total else 0.0


def bar(span: Span, total: float, width: int) -> str:
    """The span within a line of `width` characters that stands for `total` seconds.

    Waiting is drawn first, and last for how long another session waited.
    """
    begin = min(width - 1, int(span.after / total * width)) if total else 0
    length = max(1, round(span.seconds / total * width)) if total else 1
    length = min(length, width - begin)
    waiting, stalled = (
        min(length, round(length * part / span.seconds)) if span.seconds else 0 for part in (span.waited, span.stalled)
    )
    working = max(0, length - waiting - stalled)
    drawn = EMPTY * begin + WAITING * waiting + WORKING * working + STALLED * (length - waiting - working)
    return drawn.ljust(width)
