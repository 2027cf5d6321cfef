"""The report: lines for a terminal, and one HTML page that needs nothing from elsewhere."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from rehearsal.recording import Phase, Recording, Sample
from rehearsal.verdict import permille, slowest

TEMPLATE = Path(__file__).with_name("report.html")
SHOWN = 5  # migrations on a terminal: those that took longest
WIDTH, HEIGHT, TALLEST = 1000, 240, 10_000  # the chart, in its own units; milliseconds at its top


def lines(recording: Recording, found: list[str]) -> Iterator[str]:
    rows = list(_rows(recording))
    migrations = sorted((row["seconds"] for row in rows if row["within"]), reverse=True)
    for row in rows:
        if row["within"] and row["seconds"] < migrations[:SHOWN][-1]:
            continue
        yield (
            f"{'  ' * bool(row['within'])}{row['name']:<50.50} {row['seconds']:7.2f} s {row['count']:6} done,"
            f" slowest {row['slowest']:.0f} ms"
        )
    yield from (f"Left for the contract, and made by the next release: {change}" for change in recording.left)
    yield from found
    yield "The deploy would have gone well." if not found else "The deploy would not have gone well."


def figures(recording: Recording, found: list[str]) -> dict[str, Any]:
    return {"well": not found, "faults": found, "contract": recording.left, "phases": list(_rows(recording))}


def page(recording: Recording, found: list[str]) -> str:
    total = max((phase.end for phase in recording.phases), default=1.0) or 1.0
    context = {
        "found": found,
        "left": recording.left,
        "rows": list(_rows(recording)),
        "width": WIDTH,
        "height": HEIGHT,
        "spans": [_span(phase, total) for phase in recording.phases],
        "dots": [_dot(sample, total) for sample in recording.samples],
        "lines": [(_y(value), f"{value} ms") for value in (1, 10, 100, 1000)],
    }
    return Engine().from_string(TEMPLATE.read_text()).render(Context(context))


def _rows(recording: Recording) -> Iterator[dict[str, Any]]:
    for phase in recording.phases:
        samples = recording.during(phase)
        yield {
            "name": phase.name,
            "within": phase.within,
            "seconds": round(phase.seconds, 2),
            "count": len(samples),
            "errors": sum(bool(sample.error) for sample in samples),
            "slowest": round(slowest(samples), 1),
            "permille": round(permille(samples), 1),
        }


def _span(phase: Phase, total: float) -> dict[str, Any]:
    return {
        "name": phase.name,
        "migration": bool(phase.within),
        "x": round(WIDTH * phase.begin / total, 1),
        "width": round(max(1.0, WIDTH * phase.seconds / total), 1),
    }


def _dot(sample: Sample, total: float) -> dict[str, Any]:
    return {"x": round(WIDTH * sample.at / total, 1), "y": _y(sample.milliseconds), "kind": _kind(sample)}


def _kind(sample: Sample) -> str:
    return "error" if sample.error else sample.kind.split()[1]  # old or new


def _y(milliseconds: float) -> float:
    """Logarithmic, from 0.1 ms."""
    share = math.log10(max(0.1, milliseconds) / 0.1) / math.log10(TALLEST / 0.1)
    return round(HEIGHT * (1 - min(1.0, share)), 1)
