"""Rules for matching a row with a workout of the same name, from the closest likeness to the loosest.

Each rule computes keys for rows and for workouts, so that a workout is looked up in constant time.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workouts.files.imports.cells import LOAD
from workouts.files.imports.row import PLAN, PlannedWorkout
from workouts.models import ACTUAL, Workout

Columns = Sequence[str]
"""The columns of a row's content, in their order."""

ANY = "any TSS or none"
ANYTHING, UNPLANNED = "anything", "nothing planned"


@dataclass(frozen=True)
class Likeness:
    """A row and a workout match if the key that the row asks for is among those that the workout offers.

    `offered` gets the columns of the row. A row whose key is None matches nothing.
    """

    asked: Callable[[PlannedWorkout], Hashable]
    offered: Callable[[Workout, Columns], Iterator[Hashable]]


def specificity(row: PlannedWorkout) -> tuple[bool, bool]:
    """A sort key: a row with fewer values matches more workouts, so it chooses last."""
    return not row.done, row.content.get("tss") is None


def has_plan(workout: Workout) -> bool:
    return any(getattr(workout, name) for name in PLAN)


def current(workout: Workout, name: str) -> Any:
    """The value of a column. The old version wrote '' for an empty text, which is the same as None."""
    value = getattr(workout, name)
    return None if value == "" else value


def _identical(row: PlannedWorkout) -> Hashable:
    return _content(row), row.content.get("tss", ANY)


def _unchanged(row: PlannedWorkout) -> Hashable:
    """A row without a TSS matches any TSS."""
    tss = row.content.get("tss")
    return _content(row), ANY if tss is None else tss


def _content(row: PlannedWorkout) -> Hashable:
    return tuple(value for name, value in row.content.items() if name != "tss")


def _contents(workout: Workout, columns: Columns) -> Iterator[Hashable]:
    if not workout.is_dropped:
        content = tuple(current(workout, name) for name in columns if name != "tss")
        yield from ((content, tss) for tss in (ANY, workout.tss))


def _contents_to_be_done(workout: Workout, columns: Columns) -> Iterator[Hashable]:
    """A workout that was done does not match a row that was not: it was not moved to be done again."""
    if not workout.was_done or any(name in ACTUAL for name in columns):
        yield from _contents(workout, columns)


def _plan(row: PlannedWorkout) -> Hashable:
    """The plan alone, for a row whose workout was done in the meantime."""
    return tuple(value for name, value in row.content.items() if name not in ACTUAL) if row.done else None


def _plans(workout: Workout, columns: Columns) -> Iterator[Hashable]:
    if not workout.is_dropped:
        yield tuple(current(workout, name) for name in columns if name not in ACTUAL)


def _plans_that_say_something(workout: Workout, columns: Columns) -> Iterator[Hashable]:
    if has_plan(workout):
        yield from _plans(workout, columns)


def _session(column: str) -> Likeness:
    """Figures of what was done distinguish activities with the same title.

    An earlier version stored the actual TSS and intensity in the plan's columns.
    """

    def asked(row: PlannedWorkout) -> Hashable:
        value = row.content.get(column)
        return None if value is None else (_plan(row), value)

    def offered(workout: Workout, columns: Columns) -> Iterator[Hashable]:
        planned = column.removeprefix("actual_")
        value = getattr(workout, planned if planned in LOAD.values() and not workout.was_done else column)
        yield from ((plan, value) for plan in _plans(workout, columns))

    return Likeness(asked, offered)


def _kind(row: PlannedWorkout) -> Hashable:
    """An activity with the title of a planned workout is not that workout if another row matches it."""
    return UNPLANNED if row.recorded else ANYTHING


def _kinds(workout: Workout, columns: Columns) -> Iterator[Hashable]:
    yield ANYTHING
    if not has_plan(workout):
        yield UNPLANNED


def _anything(row: PlannedWorkout) -> Hashable:
    return ANYTHING


LIKENESSES: Sequence[Likeness] = (
    Likeness(_identical, _contents),
    Likeness(_unchanged, _contents),
    *map(_session, ("actual_tss", "actual_intensity_factor", "actual_duration")),
    Likeness(_plan, _plans),
    Likeness(_kind, _kinds),
    Likeness(_anything, _kinds),
)
"""Rules for workouts on the same day, the closest first. Dropped workouts match by name alone, which is the last."""

MOVED: Sequence[Likeness] = (Likeness(_unchanged, _contents_to_be_done), Likeness(_plan, _plans_that_say_something))
"""Rules for workouts on different days."""
