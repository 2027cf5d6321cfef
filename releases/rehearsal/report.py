"""The report: lines for a terminal, and one HTML page that needs nothing from elsewhere."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from releases.rehearsal.observer import EVERY
from releases.rehearsal.recording import OLD, Lock, Phase, Recording, Sample
from releases.rehearsal.verdict import percentile, slowest

TEMPLATE = Path(__file__).with_name("report.html")
SHOWN = 5  # migrations on a terminal: those that took longest
WIDTH, HEIGHT, TALLEST = 1000, 260, 10_000  # the chart, in its own units; milliseconds at its top
WELL, NOT_WELL = "The deploy would have gone well.", "The deploy would not have gone well."


class Report:
    """`found` are the faults, `percent` the percentile that is shown."""

    def __init__(self, recording: Recording, found: list[str], percent: float) -> None:
        self._recording, self._found, self._percent = recording, found, percent
        self._rows = [self._row(phase) for phase in recording.phases]
        self.verdict = NOT_WELL if found else WELL

    def lines(self) -> Iterator[str]:
        longest = sorted((row["seconds"] for row in self._rows if row["within"]), reverse=True)[:SHOWN]
        for row in self._rows:
            if row["within"] and row["seconds"] < longest[-1]:
                continue
            name = f"{'  ' * bool(row['within'])}{row['name']}"
            yield f"{name:<44.44} {row['seconds']:7.2f} s {row['count']:6} done, slowest {row['slowest']:.0f} ms"
        yield from (f"Left for the contract, and made by the next release: {one}" for one in self._recording.left)
        yield from self._recording.findings
        yield from self._found
        yield self.verdict

    def figures(self) -> dict[str, Any]:
        recording = self._recording
        return {
            "well": not self._found,
            "faults": self._found,
            "findings": recording.findings,
            "contract": recording.left,
            "phases": self._rows,
        }

    def page(self) -> str:
        recording = self._recording
        total = max((phase.end for phase in recording.phases), default=1.0) or 1.0
        context = {
            **self.figures(),
            "verdict": self.verdict,
            "percent": f"{self._percent:g}",
            "every": round(1 / EVERY),
            "steps": [row for row in self._rows if not row["within"]],
            "migrations": [row for row in self._rows if row["within"]],
            "width": WIDTH,
            "height": HEIGHT,
            "spans": [_span(phase, total) for phase in recording.phases],
            "dots": [_dot(sample, total) for sample in _drawn(recording.samples, total)],
            "waits": [_wait(lock, total) for lock in recording.locks if lock.waited],
            "lines": [(_y(value), f"{value} ms") for value in (1, 10, 100, 1000)],
        }
        return Engine().from_string(TEMPLATE.read_text()).render(Context(context))

    def _row(self, phase: Phase) -> dict[str, Any]:
        samples, seen = self._recording.during(phase), self._recording.seen(phase)
        before, after = phase.before, phase.after
        return {
            "name": phase.name,
            "within": phase.within,
            "seconds": round(phase.seconds, 2),
            "count": len(samples),
            "errors": sum(bool(sample.error) for sample in samples),
            "slowest": round(slowest(samples), 1),
            "percentile": round(percentile(samples, self._percent), 1),
            "foretold": phase.foretold,
            "rows": after.rows - before.rows if before and after else None,
            "rewritten": sorted(phase.rewritten()),
            "megabytes": [round(one.size / 1e6, 1) for one in (before, after) if one],
            "locks": _held(seen),
            "waits": _waited(seen),
        }


def _held(seen: Iterable[Lock]) -> list[str]:
    found = Counter((lock.table, lock.mode.removesuffix("Lock")) for lock in seen if not lock.waited)
    return [f"{table}: {mode}, about {count * EVERY:.2f} s" for (table, mode), count in found.most_common()]


def _waited(seen: Iterable[Lock]) -> list[str]:
    longest: dict[str, float] = defaultdict(float)
    for lock in seen:
        longest[lock.table] = max(longest[lock.table], lock.waited)
    return [f"{table}: up to {seconds:.2f} s" for table, seconds in longest.items() if seconds]


def _drawn(samples: list[Sample], total: float) -> list[Sample]:
    """Of each kind the slowest for each unit of width, and all that failed: a dot for each would be a large page."""
    kept: dict[tuple[str, int], Sample] = {}
    for sample in samples:
        place = sample.kind, int(WIDTH * sample.at / total)
        kept[place] = max(sample, kept.get(place, sample), key=lambda one: one.milliseconds)
    return [*kept.values(), *[sample for sample in samples if sample.error][:WIDTH]]


def _span(phase: Phase, total: float) -> dict[str, Any]:
    width = round(max(1.0, WIDTH * phase.seconds / total), 1)
    return {
        "name": phase.name,
        "migration": bool(phase.within),
        "x": round(WIDTH * phase.begin / total, 1),
        "width": width,
        "is_named": not phase.within and width > 7 * len(phase.name),
    }


def _dot(sample: Sample, total: float) -> dict[str, Any]:
    kind = "error" if sample.error else "old" if sample.kind == OLD else "new"
    return {"x": round(WIDTH * sample.at / total, 1), "y": _y(sample.milliseconds), "kind": kind}


def _wait(lock: Lock, total: float) -> dict[str, float]:
    return {
        "x": round(WIDTH * (lock.at - lock.waited) / total, 1),
        "width": round(max(1.0, WIDTH * lock.waited / total), 1),
    }


def _y(milliseconds: float) -> float:
    """Logarithmic, from 0.1 ms."""
    share = math.log10(max(0.1, milliseconds) / 0.1) / math.log10(TALLEST / 0.1)
    return round(HEIGHT * (1 - min(1.0, share)), 1)
