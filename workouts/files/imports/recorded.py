"""Rows of activities that the planner has already, as files of the athlete, or has as workouts that were planned."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from workouts.files.activities.pairing import sport_of
from workouts.files.imports.merge import Match, Merge, in_order
from workouts.files.imports.row import PlannedWorkout
from workouts.models import ACTUAL, Workout
from workouts.values.compliance import Compliance, compliance_of
from workouts.values.days import Day

SAME, SIMILAR = 0.02, 0.2
"""How much the time or the distance may differ, and how much the other one: programs count pauses differently."""

LENGTHS = ("actual_duration", "actual_distance_meters")
PLANNED = ("planned_duration", "planned_distance_meters")


def without_recorded(merge: Merge, recorded: Iterable[Workout]) -> Merge:
    """The merge in which a new row of an activity that the planner has is unchanged: the planner keeps its own.

    `recorded` are those that it has. A row is one of them if day, sport, and nearly the length are the same.
    """
    left = _by_day(recorded)
    found = list[Match]()
    for row in merge.new:
        same = next((one for one in left[row.day] if row.recorded and _is_same(row, one)), None)
        if same:
            left[row.day].remove(same)
            found.append(Match(row, same, {}))
    if not found:
        return merge
    return replace(_without(merge, found), unchanged=in_order([*merge.unchanged, *found]))


def as_planned(merge: Merge) -> Merge:
    """The merge of a file of activities alone, in which new rows are the coach's workouts that they clearly were.

    That is one of the day and sport of a row that is not done and not skipped, with a length within 20 %, if it is the
    only one for the row, and the row the only one for it. It gets the figures of what was done.
    """
    left = _by_day(merge.gone)
    pairs = [(row, workout) for row in merge.new for workout in left[row.day] if _was(row, workout)]
    rows = Counter(row.number for row, _ in pairs)
    workouts = Counter(workout.pk for _, workout in pairs)
    clear = [(row, workout) for row, workout in pairs if rows[row.number] == workouts[workout.pk] == 1]
    found = [Match(row, workout, {name: row.content[name] for name in _figures(row)}) for row, workout in clear]
    return replace(_without(merge, found), changed=in_order([*merge.changed, *found])) if found else merge


def _by_day(workouts: Iterable[Workout]) -> dict[Day, list[Workout]]:
    """By the day on which they were done, or are planned to be."""
    found: dict[Day, list[Workout]] = defaultdict(list)
    for workout in workouts:
        found[workout.originally_planned_day if workout.is_recorded else workout.day].append(workout)
    return found


def _without(merge: Merge, found: Iterable[Match]) -> Merge:
    """Without the new rows and the gone workouts of these matches."""
    rows, workouts = {match.row.number for match in found}, {match.workout.pk for match in found}
    return replace(
        merge,
        new=[row for row in merge.new if row.number not in rows],
        gone=[workout for workout in merge.gone if workout.pk not in workouts],
    )


def _figures(row: PlannedWorkout) -> list[str]:
    return [name for name in ACTUAL if row.content.get(name) is not None]


def _was(row: PlannedWorkout, workout: Workout) -> bool:
    lengths = [
        (getattr(workout, planned), row.content.get(actual)) for planned, actual in zip(PLANNED, LENGTHS, strict=True)
    ]
    free = not (workout.was_done or workout.skipped) and sport_of(row.workout_type) == sport_of(workout.workout_type)
    return free and compliance_of(lengths) == Compliance.CLOSE


def _is_same(row: PlannedWorkout, workout: Workout) -> bool:
    pairs = [(row.content.get(name), getattr(workout, name)) for name in LENGTHS]
    differences = [abs(one - other) / other for one, other in pairs if one and other]
    if not differences or sport_of(row.workout_type) != sport_of(workout.workout_type):
        return False
    return bool(min(differences) <= SAME and max(differences) <= SIMILAR)
