"""The rows of a file against the workouts that the planner has: which are new, changed, unchanged or moved."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workouts.imports.row import PlannedWorkout
from workouts.models import Workout
from workouts.rows import Values

MOVE_DAYS = 14
Key = tuple[datetime.date, str, str]
Fits = Callable[[PlannedWorkout, Workout], bool]


@dataclass(frozen=True)
class Match:
    """A row and the workout that it is about. `after` has the columns that are to change."""

    row: PlannedWorkout
    workout: Workout
    after: Values


@dataclass(frozen=True)
class Merge:
    new: Sequence[PlannedWorkout]
    changed: Sequence[Match]
    unchanged: int
    moved: Sequence[Match]


def span(rows: Iterable[PlannedWorkout]) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last day of a file. It says nothing about workouts on other days."""
    days = [row.day for row in rows]
    return (min(days), max(days)) if days else None


def merge(rows: Sequence[PlannedWorkout], workouts: Iterable[Workout]) -> Merge:
    """`workouts` are the coach's in the span of the rows, in the order of their ids.

    A row and a workout are the same when day, type and title agree; of several, those of equal content come first.
    What is left of both may be a workout that the coach moved: same type, title and content, the nearest day first.
    """
    left: dict[Key, list[Workout]] = defaultdict(list)
    for workout in workouts:
        left[_key(workout.originally_planned_day, workout)].append(workout)
    matches: list[Match] = []
    rows = sorted(rows, key=_is_open)  # a row without TSS goes with a workout of any TSS, so it chooses last
    for fits in (_is_identical, _is_unchanged, _is_same):
        found, rows = _match(rows, left, fits)
        matches += found
    moved: list[Match] = []
    for days in sorted(range(-MOVE_DAYS, MOVE_DAYS + 1), key=abs)[1:]:
        if any(left.values()):
            found, rows = _match(rows, left, _is_unchanged, days)
            moved += found
    changed = [match for match in matches if match.after]
    new = sorted(rows, key=lambda row: row.row)
    return Merge(new, _in_order(changed), len(matches) - len(changed), _in_order(moved))


def _match(
    rows: Iterable[PlannedWorkout], left: Mapping[Key, list[Workout]], fits: Fits, days: int = 0
) -> tuple[list[Match], list[PlannedWorkout]]:
    """Takes, for each row, the first workout left that fits, `days` from it. Returns the pairs and the other rows."""
    matches, others, shift = [], [], datetime.timedelta(days=days)
    for row in rows:
        candidates = left.get(_key(row.day + shift, row), [])
        position = next((n for n, workout in enumerate(candidates) if fits(row, workout)), None)
        if position is None:
            others.append(row)
        else:
            workout = candidates.pop(position)
            day = {"originally_planned_day": row.day.isoformat()} if days else {}
            matches.append(Match(row, workout, {**_differences(row, workout), **day}))
    return matches, others


def _key(day: datetime.date, named: PlannedWorkout | Workout) -> Key:
    return day, _plain(named.workout_type), _plain(named.title)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_open(row: PlannedWorkout) -> bool:
    return row.content.get("tss") is None and row.computed_tss is None


def _is_identical(row: PlannedWorkout, workout: Workout) -> bool:
    content = row.content if row.computed_tss is None else {**row.content, "tss": row.computed_tss}
    return all(value == _current(workout, name) for name, value in content.items())


def _is_unchanged(row: PlannedWorkout, workout: Workout) -> bool:
    return not _differences(row, workout)


def _is_same(row: PlannedWorkout, workout: Workout) -> bool:
    return True


def _differences(row: PlannedWorkout, workout: Workout) -> dict[str, Any]:
    """The columns that are to change. Without a TSS of its own the file leaves TSS to the athlete, who may have
    estimated it; one that is computed only fills a gap."""
    after = {
        name: value
        for name, value in row.content.items()
        if value != _current(workout, name) and not (name == "tss" and value is None)
    }
    if row.computed_tss is not None and workout.tss is None:
        after["tss"] = row.computed_tss
    return after


def _current(workout: Workout, name: str) -> Any:
    """The old version wrote '' where a text was empty."""
    value = getattr(workout, name)
    return None if value == "" else value


def _in_order(matches: Iterable[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: match.row.row)
