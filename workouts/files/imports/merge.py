"""The rows of a file against the workouts that the planner has: which are new, changed, unchanged, moved or gone."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workouts.files.imports.cells import LOAD
from workouts.files.imports.likeness import LIKENESSES, MOVED, current, has_plan, openness
from workouts.files.imports.matching import DayAndName, day_and_name, pair
from workouts.files.imports.row import PLAN, PlannedWorkout
from workouts.history import Values
from workouts.models import Workout

MOVE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Match:
    """A row and the workout that it is about. `after` has the columns that are to change."""

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
    """The first and the last day of a file. It says nothing about workouts on other days."""
    days = [row.day for row in rows]
    return (min(days), max(days)) if days else None


def merge(rows: Sequence[PlannedWorkout], workouts: Iterable[Workout]) -> Merge:
    """`workouts` are the coach's in the span of the rows. Of several that are as like a row the first is taken.

    A row and a workout are the same when day, type and title agree; of several, those of equal content come first.
    What is left of both may be a workout that the coach moved: same type, title and content, the nearest day first.
    Workouts that are left then are gone from the plan. Those of which the file says nothing at all are not: recorded
    activities where it tells of nothing that was done, and what was dropped before.
    """
    tells_of_done = any(row.done for row in rows)
    left: dict[DayAndName, list[Workout]] = defaultdict(list)
    for workout in workouts:
        left[day_and_name(workout.originally_planned_day, workout)].append(workout)
    matches: list[Match] = []
    rows = sorted(rows, key=openness)
    for likeness in LIKENESSES:
        pairs, rows = pair(rows, left, likeness)
        matches += [Match(row, workout, _differences(row, workout)) for row, workout in pairs]
    left = {key: [workout for workout in found if not workout.is_dropped] for key, found in left.items()}
    moved: list[Match] = []
    for likeness in MOVED:
        pairs, rows = pair(rows, left, likeness, shifts=sorted(range(-MOVE_DAYS, MOVE_DAYS + 1), key=abs)[1:])
        moved += [_on_its_day(Match(row, workout, _differences(row, workout))) for row, workout in pairs]
    gone = [workout for found in left.values() for workout in found if tells_of_done or not workout.is_recorded]
    return Merge(
        new=sorted(rows, key=lambda row: row.number),
        changed=_in_order(match for match in matches if match.after),
        unchanged=_in_order(match for match in matches if not match.after),
        moved=_in_order(moved),
        gone=sorted(gone, key=lambda workout: (workout.originally_planned_day, workout.pk)),
    )


def renamed(row: PlannedWorkout, workout: Workout) -> Match:
    """The same workout under the row's title, type and day."""
    names = {name: getattr(row, name) for name in ("title", "workout_type")}
    differing = {name: value for name, value in names.items() if value != getattr(workout, name)}
    match = Match(row, workout, {**differing, **_differences(row, workout)})
    return match if row.day == workout.originally_planned_day else _on_its_day(match)


def _on_its_day(match: Match) -> Match:
    return replace(match, after={**match.after, "originally_planned_day": match.row.day.isoformat()})


def _differences(row: PlannedWorkout, workout: Workout) -> Values:
    """The columns that are to change. Without a TSS of its own the file leaves TSS to the athlete, who may have
    estimated it."""
    differing = {
        name: value
        for name, value in row.content.items()
        if value != current(workout, name) and not (name == "tss" and value is None)
    }
    return {**differing, **_taken_for_planned(row, workout), **_marks(row, workout)}


def _taken_for_planned(row: PlannedWorkout, workout: Workout) -> dict[str, None]:
    """Columns of the plan that hold what was done: until 0010 the planner read it into them."""
    if workout.was_done:
        return {}
    actual = {name: row.content.get(f"actual_{name}") for name in LOAD.values()}
    return {name: None for name, value in actual.items() if value is not None and value == getattr(workout, name)}


def _marks(row: PlannedWorkout, workout: Workout) -> dict[str, bool]:
    """A workout that was dropped is back. What was planned once stays planned; what was recorded may get a plan."""
    marks = {"is_dropped": False} if workout.is_dropped else {}
    if row.recorded and workout.is_recorded is None and not has_plan(workout):
        marks["is_recorded"] = True
    if workout.is_recorded and any(row.content.get(name) for name in PLAN):
        marks["is_recorded"] = False
    return marks


def _in_order(matches: Iterable[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: match.row.number)
