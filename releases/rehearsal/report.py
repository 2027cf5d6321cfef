"""The report: lines for a terminal, and one HTML page that needs nothing from elsewhere."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from releases.rehearsal.chart import chart
from releases.rehearsal.observer import EVERY
from releases.rehearsal.recording import Lock, Phase, Recording
from releases.rehearsal.verdict import percentile, slowest

TEMPLATE = Path(__file__).with_name("report.html")
SHOWN = 5  # migrations on a terminal: those that took longest
SHORT = 0.05  # seconds of a migration of which nothing is to be said
WELL, NOT_WELL = "The deploy would have gone well.", "The deploy would not have gone well."


class Report:
    """`found` are the faults, `percent` the percentile that is shown."""

    def __init__(self, recording: Recording, found: list[str], percent: float) -> None:
        self._recording, self._found, self._percent = recording, found, percent
        self._rows = [self._row(phase) for phase in recording.phases]
        self._migrations = [row for row in self._rows if row["within"]]
        self.verdict = NOT_WELL if found else WELL

    def lines(self) -> Iterator[str]:
        shortest = sorted(self._migrations, key=lambda row: row["seconds"])[:-SHOWN]
        for row in self._rows:
            if row not in shortest:
                name = f"{'  ' * bool(row['within'])}{row['name']}"
                done = f"{row['count']:6} done, slowest {row['slowest']:.0f} ms" if row["count"] else ""
                yield f"{name:<40.40} {row['seconds']:7.2f} s {done}".rstrip()
        yield from (f"Left for the contract, and made by the next release: {one}" for one in self._recording.left or ())
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
        context = {
            **self.figures(),
            **chart(self._recording),
            "verdict": self.verdict,
            "percent": f"{self._percent:g}",
            "every": round(1 / EVERY),
            "steps": [row for row in self._rows if not row["within"]],
            "migrations": self._migrations,
            "groups": [[row for row in self._migrations if _is_idle(row) == is_idle] for is_idle in (False, True)],
            "short": SHORT,
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


def _is_idle(row: dict[str, Any]) -> bool:
    return row["seconds"] < SHORT and not any(row[one] for one in ("rows", "rewritten", "waits", "errors"))


def _held(seen: Iterable[Lock]) -> list[str]:
    found = Counter((lock.table, lock.mode.removesuffix("Lock")) for lock in seen if not lock.waited)
    return [f"{table}: {mode}, about {count * EVERY:.2f} s" for (table, mode), count in found.most_common()]


def _waited(seen: Iterable[Lock]) -> list[str]:
    longest: dict[str, float] = defaultdict(float)
    for lock in seen:
        longest[lock.table] = max(longest[lock.table], lock.waited)
    return [f"{table}: up to {max(1, 1000 * seconds):.0f} ms" for table, seconds in longest.items() if seconds]
