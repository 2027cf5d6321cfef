"""Workouts that are in the planner and not in a file, and the rows that may be the same ones under another name.

Pure. Renames are recognised here; a person or a policy decides.
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
"""Of more workouts than these the file is another plan, and nothing is taken for renamed."""

COMPARED, OFFERED = 10, 5
"""Rows around a workout that are compared with it, the nearest first; and those that are offered."""


@dataclass(frozen=True)
class Gone:
    """A workout of the coach that the file does not have. `renamed` is the candidate that it is taken for, if any."""

    workout: Workout
    candidates: Sequence[Candidate] = ()
    renamed: Candidate | None = None


def gone_from(merge: Merge, with_selection: Collection[int]) -> list[Gone]:
    """The workouts that are gone, each with the rows that it may have become, the likeliest first.

    A rename is recognised where a new row is alike, and where one workout of a type is gone from a day and one is new
    on it. No row is taken twice. A workout that an earlier import added beside the one that is gone is offered, never
    recognised, and only while it has no selection: `with_selection` are the ids of those that have one.
    """
    if len(merge.gone) > MOST:
        return [Gone(workout) for workout in merge.gone]
    rows = _Rows(merge, with_selection)
    candidates = {
        workout.pk: sorted(rows.around(workout), key=lambda candidate: candidate.rank) for workout in merge.gone
    }
    renames = _recognised(candidates)
    return [
        Gone(workout, _offered(candidates[workout.pk], renames.get(workout.pk)), renames.get(workout.pk))
        for workout in merge.gone
    ]


class _Rows:
    """The rows that a workout may have become: new ones, and those of which an earlier import made a double."""

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
            for row, double in self.by_type[day + days * ONE_DAY, kind][:left]:
                left -= 1
                if _may_be(row, workout) and (double is None or double.pk > workout.pk):
                    yield compare(row, workout, double=double)


def _may_be(row: PlannedWorkout, workout: Workout) -> bool:
    """A recorded activity is no plan under another name."""
    return workout.is_recorded is None or workout.is_recorded == row.recorded


def _recognised(candidates: Mapping[int, Sequence[Candidate]]) -> dict[int, Candidate]:
    """By the id of the workout."""
    new = {pk: [one for one in found if not one.double] for pk, found in candidates.items()}
    alike = [(pk, one) for pk, found in new.items() for one in found if one.is_alike]
    renames: dict[int, Candidate] = {}
    taken: set[int] = set()
    for pk, one in sorted(alike, key=lambda pair: pair[1].rank):
        if pk not in renames and one.row.number not in taken:
            renames[pk] = one
            taken.add(one.row.number)
    left = {
        pk: [one for one in found if not one.days and one.row.number not in taken]
        for pk, found in new.items()
        if pk not in renames
    }
    return {**renames, **_alone(left)}


def _alone(candidates: Mapping[int, Sequence[Candidate]]) -> dict[int, Candidate]:
    """One gone and one new."""
    times = Counter(one.row.number for found in candidates.values() for one in found)
    return {pk: found[0] for pk, found in candidates.items() if len(found) == 1 and times[found[0].row.number] == 1}


def _offered(candidates: Sequence[Candidate], renamed: Candidate | None) -> list[Candidate]:
    """Whatever is on the same day or close, the recognised one first."""
    others = [one for one in candidates if one is not renamed and (not one.days or one.is_close)]
    return [*([renamed] if renamed else []), *others][:OFFERED]
