"""Pairs rows with workouts: each row gets the first matching workout that is left, looked up by key.

The time does not depend on how many rows and workouts have the same day, type and title.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Container, Hashable, Iterator, Mapping, Sequence
from functools import lru_cache

from workouts.files.imports.likeness import Columns, Likeness
from workouts.files.imports.row import PlannedWorkout
from workouts.models import Workout

Name = tuple[str, str]
"""Type and title, without differences of case and whitespace."""

DayAndName = tuple[datetime.date, Name]
Traits = tuple[Name, Hashable]
Index = dict[Traits, dict[int, list[Workout]]]
"""Workouts, by traits and by the ordinal of their day."""

Pair = tuple[PlannedWorkout, Workout]


def day_and_name(day: datetime.date, named: PlannedWorkout | Workout) -> DayAndName:
    """The key that is equal for a row and a workout that are the same."""
    return day, _name(named)


@lru_cache(maxsize=10_000)
def plain(text: str) -> str:
    """The text without differences of case and whitespace."""
    return " ".join(text.split()).casefold()


def pair(
    rows: Sequence[PlannedWorkout],
    left: dict[DayAndName, list[Workout]],
    likeness: Likeness,
    shifts: Sequence[int] = (0,),
) -> tuple[list[Pair], list[PlannedWorkout]]:
    """Pairs each row with the first workout in `left` that matches, and removes that workout from `left`.

    `shifts` are the days from the row to the workout, in order of preference. Returns the pairs and the other rows.
    """
    likes = [(row, likeness.asked(row)) for row in rows]
    traits = [(row, (_name(row), like)) for row, like in likes if like is not None]
    if not traits:
        return [], list(rows)
    columns = {tuple(row.content) for row, _ in traits}
    index = _index(left, {own for _, own in traits}, likeness, columns)
    sought = [(row, index[own]) for row, own in traits if own in index]
    pairs, matched, taken = list[Pair](), set[int](), set[int]()
    for days in shifts:
        for row, by_day in sought:
            workout = _first(by_day.get(row.day.toordinal() + days), taken)
            if workout:
                matched.add(row.number)
                taken.add(workout.pk)
                pairs.append((row, workout))
        sought = [(row, by_day) for row, by_day in sought if row.number not in matched]
    for key, workouts in left.items():
        left[key] = [workout for workout in workouts if workout.pk not in taken]
    return pairs, [row for row in rows if row.number not in matched]


def _index(
    left: Mapping[DayAndName, list[Workout]],
    sought: Container[Traits],
    likeness: Likeness,
    columns: Collection[Columns],
) -> Index:
    """The workouts that offer traits in `sought`, in reverse order."""
    index: Index = defaultdict(lambda: defaultdict(list))
    for (day, name), workouts in left.items():
        for workout in reversed(workouts):
            for traits in _traits(name, workout, likeness, columns):
                if traits in sought:
                    index[traits][day.toordinal()].append(workout)
    return index


def _traits(name: Name, workout: Workout, likeness: Likeness, columns: Collection[Columns]) -> Iterator[Traits]:
    offered = {own for names in columns for own in likeness.offered(workout, names)}
    return ((name, own) for own in offered)


def _first(candidates: list[Workout] | None, taken: Container[int]) -> Workout | None:
    """Removes workouts from the end up to the first one that is not in `taken`, and returns that one."""
    while candidates:
        workout = candidates.pop()
        if workout.pk not in taken:
            return workout
    return None


def _name(named: PlannedWorkout | Workout) -> Name:
    return plain(named.workout_type), plain(named.title)
