"""The changes of an import and its unusual values, as text with units."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from operator import eq
from typing import Any

from django.utils.text import Truncator, capfirst

from workouts.files.imports.merge import Match, Merge
from workouts.files.imports.row import PlannedWorkout
from workouts.models import Preferences, Workout
from workouts.values.measures import distance, duration

EXCERPT, LEAD = 200, 40
UNITS = {
    f"{kind}_{name}": unit
    for kind in ("planned", "actual")
    for name, unit in {"duration": " h", "distance_meters": " m"}.items()
}
LABELS = {field.name: capfirst(str(field.verbose_name)) for field in Workout._meta.concrete_fields}


@dataclass(frozen=True)
class Difference:
    column: str
    old: str
    new: str


def differences(match: Match, preferences: Preferences) -> list[Difference]:
    return [_difference(match.workout, name, value, preferences) for name, value in match.after.items()]


def unusual_values(merge: Merge) -> list[tuple[PlannedWorkout, str]]:
    """The rows that would write unusual values, and these values as they were read: `Planned distance 1.2 m`."""
    written = [(row, row.unusual) for row in merge.new]
    written += [(match.row, match.row.unusual & match.after.keys()) for match in merge.changed]
    return [(row, _as_read(row, columns)) for row, columns in written if columns]


def _as_read(row: PlannedWorkout, columns: Iterable[str]) -> str:
    values = row.values()
    return ", ".join(f"{LABELS[name]} {values[name]:.10g}{UNITS.get(name, '')}" for name in sorted(columns))


def _difference(workout: Workout, name: str, value: Any, preferences: Preferences) -> Difference:
    sides = (getattr(workout, name), value)
    old, new = (_shown(workout, name, side, preferences) for side in sides)
    if old == new:
        old, new = (_exactly(name, side) for side in sides)
    return Difference(LABELS[name], *_excerpts(old, new))


def _exactly(name: str, value: Any) -> str:
    """What would look alike if it was rounded."""
    if value and name in ("planned_duration", "actual_duration"):
        return str(datetime.timedelta(seconds=round(value * 3600)))
    return f"{value:.10g}{UNITS.get(name, '')}" if isinstance(value, float) else str(value or "")


def _shown(workout: Workout, name: str, value: Any, preferences: Preferences) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in ("planned_duration", "actual_duration"):
        return duration(value)
    if name in ("planned_distance_meters", "actual_distance_meters"):
        return distance(value, workout.workout_type, preferences)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _excerpts(old: str, new: str) -> tuple[str, str]:
    """Both texts from shortly before their first difference, which would be cut off at the end of a long text."""
    common = sum(1 for _ in takewhile(bool, map(eq, old, new)))
    start = max(0, common - LEAD)
    return _excerpt(old, start), _excerpt(new, start)


def _excerpt(text: str, start: int) -> str:
    return ("…" if start and text else "") + Truncator(text[start:]).chars(EXCERPT)
