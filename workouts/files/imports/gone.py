"""Workouts that are in the planner and not in the file, and the rows that may be the same workouts renamed.

Pure. Renames are recognized here; a person or a policy decides.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workouts.files.imports.candidates import Candidate, compare
from workouts.files.imports.matching import day_and_name, plain
from workouts.files.imports.merge import MOVE_DAYS, Merge
from workouts.files.imports.row import PlannedWorkout
from workouts.models import Workout
from workouts.values.days import ONE_DAY

MOST = 500
"""If more workouts are gone, the file is another plan, and no renames are recognized."""

FEW = 3
"""Up to so many are gone from any plan. Of more, most are still in the file, or it may be another plan as well."""

COMPARED, OFFERED = 10, 5
"""How many rows are compared with a workout, the nearest first, and how many are offered."""


@dataclass(frozen=True)
class Gone:
    """A workout of the coach that is not in the file. `renamed` is the candidate that was recognized, if any."""

    workout: Workout
    candidates: Sequence[Candidate] = ()
    renamed: Candidate | None = None


def gone_from(merge: Merge, with_selection: Collection[int]) -> list[Gone]:
    """The workouts that are gone, each with the rows that it may have become, the likeliest first.

    A rename is recognized if a new row is similar, or if exactly one workout of a type is gone from a day and exactly
    one is new on it. No row is used twice. A duplicate that an earlier import added is offered but never recognized,
    and only if it has no selection. `with_selection` are the ids of the workouts that have one.
    """
    if len(merge.gone) > MOST:
        return [Gone(workout) for workout in merge.gone]
    rows = _Rows(merge, with_selection)
    candidates = {
        workout.pk: sorted(rows.around(workout), key=lambda candidate: candidate.rank) for workout in merge.gone
    }
    renames = _recognized(candidates, by_type=not _is_another_plan(merge))
    return [
        Gone(workout, _offered(candidates[workout.pk], renames.get(workout.pk)), renames.get(workout.pk))
        for workout in merge.gone
    ]


def _is_another_plan(merge: Merge) -> bool:
    common = len(merge.changed) + len(merge.unchanged) + len(merge.moved)
    return len(merge.gone) > FEW and common < len(merge.gone)


class _Rows:
    """The rows that a workout may have become: new ones, and those for which an earlier import added a duplicate."""

    def __init__(self, merge: Merge, with_selection: Collection[int]) -> None:
        self.by_type: dict[object, list[tuple[PlannedWorkout, Workout | None]]] = defaultdict(list)
        self.by_title: dict[object, list[PlannedWorkout]] = defaultdict(list)
        for row in merge.new:
            self.by_type[row.day, plain(row.workout_type)].append((row, None))
            self.by_title[row.day, plain(row.title)].append(row)
        for match in (*merge.changed, *merge.unchanged):
            if match.workout.pk not in with_selection:
                self.by_type[match.row.day, plain(match.row.workout_type)].append((match.row, match.workout))

    def around(self, workout: Workout) -> Iterator[Candidate]:
        day, (kind, title) = day_and_name(workout.originally_planned_day, workout)
        for row in self.by_title[day, title][:COMPARED]:
            if plain(row.workout_type) != kind and _may_be(row, workout):
                yield compare(row, workout, retyped=True)
        left = COMPARED
        for days in sorted(range(-MOVE_DAYS, MOVE_DAYS + 1), key=abs):
            for row, duplicate in self.by_type[day + days * ONE_DAY, kind][:left]:
                left -= 1
                if _may_be(row, workout) and (duplicate is None or duplicate.pk > workout.pk):
                    yield compare(row, workout, duplicate=duplicate)


def _may_be(row: PlannedWorkout, workout: Workout) -> bool:
    """A recorded activity is not a renamed planned workout, nor the reverse."""
    return workout.is_recorded is None or workout.is_recorded == row.recorded


def _recognized(candidates: Mapping[int, Sequence[Candidate]], *, by_type: bool) -> dict[int, Candidate]:
    """The recognized renames, by the id of the workout; `by_type`: also of those that are alike in nothing else."""
    new = {pk: [one for one in found if not one.duplicate] for pk, found in candidates.items()}
    alike = [(pk, one) for pk, found in new.items() for one in found if one.is_alike]
    renames: dict[int, Candidate] = {}
    taken: set[int] = set()
    for pk, one in sorted(alike, key=lambda pair: pair[1].rank):
        if pk not in renames and one.row.number not in taken:
            renames[pk] = one
            taken.add(one.row.number)
    if not by_type:
        return renames
    left = {
        pk: [one for one in found if not one.days and one.row.number not in taken]
        for pk, found in new.items()
        if pk not in renames
    }
    return {**renames, **_unambiguous(left)}


def _unambiguous(candidates: Mapping[int, Sequence[Candidate]]) -> dict[int, Candidate]:
    """Workouts with exactly one candidate, which is the candidate of no other workout."""
    times = Counter(one.row.number for found in candidates.values() for one in found)
    return {pk: found[0] for pk, found in candidates.items() if len(found) == 1 and times[found[0].row.number] == 1}


def _offered(candidates: Sequence[Candidate], renamed: Candidate | None) -> list[Candidate]:
    """The recognized candidate, then those that are on the same day or similar."""
    others = [one for one in candidates if one is not renamed and (not one.days or one.is_close)]
    return [*([renamed] if renamed else []), *others][:OFFERED]
