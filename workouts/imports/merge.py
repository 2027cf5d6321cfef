"""The rows of a file against the workouts that the planner has: which are new, changed, unchanged or moved."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workouts.imports.row import PlannedWorkout
from workouts.models import Workout
from workouts.rows import Values

MOVE_DAYS = 14
Name = tuple[str, str]
Key = tuple[datetime.date, Name]
Traits = tuple[Name, Hashable]
Index = dict[Traits, dict[int, list[Workout]]]
"""Workouts by traits and by the ordinal of their day."""

Likeness = Callable[[PlannedWorkout], Hashable]
"""What a workout has to be like to go with a row: one of its `_likenesses`."""

ANY, SOME, ANYTHING = "any TSS or none", "any TSS", "anything"


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
        left[workout.originally_planned_day, _name(workout)].append(workout)
    matches: list[Match] = []
    rows = sorted(rows, key=_is_open)  # a row without TSS goes with a workout of any TSS, so it chooses last
    for likeness in (_identical, _unchanged, _same):
        found, rows = _match(rows, left, likeness)
        matches += found
    moved, rows = _match(rows, left, _unchanged, shifts=sorted(range(-MOVE_DAYS, MOVE_DAYS + 1), key=abs)[1:])
    changed = [match for match in matches if match.after]
    new = sorted(rows, key=lambda row: row.row)
    return Merge(new, _in_order(changed), len(matches) - len(changed), _in_order(moved))


def _match(
    rows: Sequence[PlannedWorkout], left: dict[Key, list[Workout]], likeness: Likeness, shifts: Sequence[int] = (0,)
) -> tuple[list[Match], list[PlannedWorkout]]:
    """Takes, for each row, the first workout left that is alike, so many days from it.

    Returns the pairs and the other rows. Workouts are looked up by what makes them alike: that many have the same day,
    type and title costs no more than that they have not.
    """
    traits = [(_name(row), likeness(row)) for row in rows]
    index = _index(left, set(traits), names=list(rows[0].content) if rows else [])
    sought = [(row, index[own]) for row, own in zip(rows, traits, strict=True) if own in index]
    matches, matched, taken = list[Match](), set[int](), set[int]()
    for days in shifts:
        for row, by_day in sought:
            workout = _first(by_day.get(row.day.toordinal() + days), taken)
            if workout:
                matched.add(row.row)
                taken.add(workout.pk)
                day = {"originally_planned_day": row.day.isoformat()} if days else {}
                matches.append(Match(row, workout, {**_differences(row, workout), **day}))
        sought = [(row, by_day) for row, by_day in sought if row.row not in matched]
    for key, workouts in left.items():
        left[key] = [workout for workout in workouts if workout.pk not in taken]
    return matches, [row for row in rows if row.row not in matched]


def _index(left: Mapping[Key, list[Workout]], sought: Container[Traits], names: Sequence[str]) -> Index:
    """The workouts that have traits that are sought, the first one last."""
    index: Index = defaultdict(lambda: defaultdict(list))
    for (day, name), workouts in left.items():
        for workout in reversed(workouts):
            for likeness in _likenesses(workout, names):
                if (name, likeness) in sought:
                    index[name, likeness][day.toordinal()].append(workout)
    return index


def _first(candidates: list[Workout] | None, taken: Container[int]) -> Workout | None:
    """Takes it off the end, and before it those that were taken as another likeness."""
    while candidates:
        workout = candidates.pop()
        if workout.pk not in taken:
            return workout
    return None


def _name(named: PlannedWorkout | Workout) -> Name:
    return _plain(named.workout_type), _plain(named.title)


@lru_cache(maxsize=10_000)
def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _likenesses(workout: Workout, names: Sequence[str]) -> Iterator[Hashable]:
    """What a row can be like that goes with this workout: the columns of the file but TSS, and what of TSS it wants."""
    content = tuple(_current(workout, name) for name in names if name != "tss")
    yield ANYTHING
    yield content, ANY
    yield content, workout.tss
    if workout.tss is not None:
        yield content, SOME


def _identical(row: PlannedWorkout) -> Hashable:
    return _content(row), row.content.get("tss", ANY) if row.computed_tss is None else row.computed_tss


def _unchanged(row: PlannedWorkout) -> Hashable:
    """A row without TSS leaves it to the workout; one with a computed TSS would fill a gap."""
    tss = row.content.get("tss")
    if tss is None:
        return _content(row), ANY if row.computed_tss is None else SOME
    return _content(row), tss


def _same(row: PlannedWorkout) -> Hashable:
    return ANYTHING


def _content(row: PlannedWorkout) -> Hashable:
    return tuple(value for name, value in row.content.items() if name != "tss")


def _is_open(row: PlannedWorkout) -> bool:
    return row.content.get("tss") is None and row.computed_tss is None


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
