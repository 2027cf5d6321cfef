"""Copying workouts to other days. A copy is the athlete's own workout."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from django.db import transaction

from workouts.history.locking import lock_workouts
from workouts.history.outcome import Outcome
from workouts.history.recording import Author, record
from workouts.history.rows import RowChange, Values, to_json
from workouts.history.selections import named
from workouts.history.settling import State
from workouts.values.days import Day

PLAN = (
    "title",
    "workout_type",
    "workout_description",
    "planned_duration",
    "planned_distance_meters",
    "coach_comments",
    "tss",
    "intensity_factor",
)
SELECTION = ("time_of_day", "workout_location")
"""What a copy takes over. Whether the original is skipped, its notes, and what was done belong to its day."""


@transaction.atomic
def copy_workouts(
    days: Mapping[int, Day], done: str, selection: Values = MappingProxyType({}), *, by: Author
) -> Outcome:
    """Copies workouts as one change. `days` has the day of the copy by workout.

    `done` says in words what happens to each, such as `copied to Fri 27 Nov`. `selection` has selection columns that
    the copies have instead of those of the originals. Raises Workout.DoesNotExist.
    """
    state = lock_workouts(days)
    rows = [row for workout_id, day in days.items() for row in _copy(workout_id, day, selection, state)]
    return record(state, rows, f"{named(days, state)}: {done}", by=by)


def _copy(workout_id: int, day: Day, selection: Values, state: State) -> Iterator[RowChange]:
    workout = state["workout", workout_id]
    chosen = {**state.get(("selection", workout_id), {}), **selection}
    plan: Values = {name: workout[name] for name in PLAN}
    yield RowChange("workout", None, None, {**plan, "originally_planned_day": to_json(day), "is_custom": True})
    if kept := {name: chosen[name] for name in SELECTION if chosen.get(name)}:
        yield RowChange("selection", None, None, kept)
