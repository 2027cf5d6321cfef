"""Compares the rows of a file with the planner's workouts: which are new, changed, unchanged, moved or gone."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workouts.files.imports.cells import LOAD
from workouts.files.imports.likeness import LIKENESSES, MOVED, current, has_plan, specificity
from workouts.files.imports.matching import DayAndName, day_and_name, pair
from workouts.files.imports.row import PLAN, PlannedWorkout
from workouts.history import Values
from workouts.models import ACTUAL, Workout

MOVE_DAYS = 14
ROUNDED = {
    "actual_duration": 0.01,
    "actual_distance_meters": 1,
    "actual_tss": 0.1,
    "actual_intensity_factor": 0.01,
    "actual_heart_rate": 1,
    "actual_power": 1,
}
"""What TrainingPeaks' export rounds to. Recorded activities are more precise."""

INEXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Match:
    """A row and its workout. `after` has the new values of the columns that change."""

    row: PlannedWorkout
    workout: Workout
    after: Values


@dataclass(frozen=True)
class Merge:
    new: Sequence[PlannedWorkout]
    changed: Sequence[Match]
    unchanged: Sequence[Match]
    moved: Sequence[Match]
    gone: Sequence[Workout]


def span(rows: Iterable[PlannedWorkout]) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last day of a file, which has no information about workouts on other days."""
    days = [row.day for row in rows]
    return (min(days), max(days)) if days else None


def merge(rows: Sequence[PlannedWorkout], workouts: Iterable[Workout]) -> Merge:
    """`workouts` are the coach's workouts in the span of the rows. If several match a row equally, the first is used.

    A row and a workout are the same if day, type and title are equal; of several, those of equal content come first.
    The remaining ones may be workouts that the coach moved: same type, title and content, the nearest day first. The
    workouts that then remain are gone, with two exceptions: dropped workouts, and recorded activities if the file has
    nothing that was done.
    """
    has_done = any(row.done for row in rows)
    left: dict[DayAndName, list[Workout]] = defaultdict(list)
    for workout in workouts:
        left[day_and_name(workout.originally_planned_day, workout)].append(workout)
    matches: list[Match] = []
    rows = sorted(rows, key=specificity)
    for likeness in LIKENESSES:
        pairs, rows = pair(rows, left, likeness)
        matches += [Match(row, workout, _differences(row, workout)) for row, workout in pairs]
    left = {key: [workout for workout in found if not workout.is_dropped] for key, found in left.items()}
    moved: list[Match] = []
    for likeness in MOVED:
        pairs, rows = pair(rows, left, likeness, shifts=sorted(range(-MOVE_DAYS, MOVE_DAYS + 1), key=abs)[1:])
        moved += [_on_its_day(Match(row, workout, _differences(row, workout))) for row, workout in pairs]
    gone = [workout for found in left.values() for workout in found if has_done or not workout.is_recorded]
    return Merge(
        new=sorted(rows, key=lambda row: row.number),
        changed=in_order(match for match in matches if match.after),
        unchanged=in_order(match for match in matches if not match.after),
        moved=in_order(moved),
        gone=sorted(gone, key=lambda workout: (workout.originally_planned_day, workout.pk)),
    )


def renamed(row: PlannedWorkout, workout: Workout) -> Match:
    """The workout with the title, type and day of the row."""
    names = {name: getattr(row, name) for name in ("title", "workout_type")}
    differing = {name: value for name, value in names.items() if value != getattr(workout, name)}
    match = Match(row, workout, {**differing, **_differences(row, workout)})
    return match if row.day == workout.originally_planned_day else _on_its_day(match)


def _on_its_day(match: Match) -> Match:
    return replace(match, after={**match.after, "originally_planned_day": match.row.day.isoformat()})


def _differences(row: PlannedWorkout, workout: Workout) -> Values:
    """The columns that change. An empty cell leaves what the athlete may have entered."""
    differing = {
        name: value
        for name, value in row.content.items()
        if not _is_same(name, value, current(workout, name)) and not (value is None and _is_the_athletes(name, workout))
    }
    return {**differing, **_misread_as_planned(row, workout), **_marks(row, workout)}


def _is_same(name: str, value: Any, stored: Any) -> bool:
    """Whether they are equal; figures of what was done, as far as an export says."""
    if name in ROUNDED and value and stored:
        return bool(abs(value - stored) <= ROUNDED[name] / 2 + INEXACT)
    return bool(value == stored)


def _is_the_athletes(name: str, workout: Workout) -> bool:
    """An estimated TSS, and the figures of what was done, if a recorded activity or the athlete said that it was."""
    return name == "tss" or (name in ACTUAL and bool(workout.is_done))


def _misread_as_planned(row: PlannedWorkout, workout: Workout) -> dict[str, None]:
    """Columns of the plan that contain what was done: before migration 0010, imports stored it there."""
    if workout.was_done:
        return {}
    actual = {name: row.content.get(f"actual_{name}") for name in LOAD.values()}
    return {name: None for name, value in actual.items() if value is not None and value == getattr(workout, name)}


def _marks(row: PlannedWorkout, workout: Workout) -> dict[str, bool]:
    """A dropped workout is back in the plan. A planned workout stays planned; a recorded activity may get a plan."""
    marks = {"is_dropped": False} if workout.is_dropped else {}
    if row.recorded and workout.is_recorded is None and not has_plan(workout):
        marks["is_recorded"] = True
    if workout.is_recorded and any(row.content.get(name) for name in PLAN):
        marks["is_recorded"] = False
    return marks


def in_order(matches: Iterable[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: match.row.number)
