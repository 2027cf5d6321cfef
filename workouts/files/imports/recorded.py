"""Activities that the athlete imported as files, and that the coach's export has as well."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from workouts.files.activities.pairing import sport_of
from workouts.files.imports.merge import Match, Merge
from workouts.files.imports.row import PlannedWorkout
from workouts.models import Workout
from workouts.values.days import Day

SAME, SIMILAR = 0.02, 0.2
"""How much the time or the distance may differ, and how much the other one: programs count pauses differently."""

LENGTHS = ("actual_duration", "actual_distance_meters")


def without_recorded(merge: Merge, recorded: Iterable[Workout]) -> Merge:
    """The merge in which a new row of an activity that the planner has is unchanged: the planner keeps its own.

    `recorded` are the athlete's own activities. A row is one of them if day, sport, and nearly the length are the same.
    """
    left: dict[Day, list[Workout]] = defaultdict(list)
    for workout in recorded:
        left[workout.originally_planned_day].append(workout)
    found = list[Match]()
    for row in merge.new:
        same = next((one for one in left[row.day] if row.recorded and _is_same(row, one)), None)
        if same:
            left[row.day].remove(same)
            found.append(Match(row, same, {}))
    if not found:
        return merge
    rows = {match.row.number for match in found}
    return replace(
        merge,
        new=[row for row in merge.new if row.number not in rows],
        unchanged=sorted([*merge.unchanged, *found], key=lambda match: match.row.number),
    )


def _is_same(row: PlannedWorkout, workout: Workout) -> bool:
    pairs = [(row.content.get(name), getattr(workout, name)) for name in LENGTHS]
    differences = [abs(one - other) / other for one, other in pairs if one and other]
    if not differences or sport_of(row.workout_type) != sport_of(workout.workout_type):
        return False
    return bool(min(differences) <= SAME and max(differences) <= SIMILAR)
