"""Workouts that a file does not have any more, and the rows of it that may be the same ones under another name.

Pure. Renames are recognised here; a person or a policy chooses.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from workouts.files.imports.merge import MOVE_DAYS, Merge, key_of, plain
from workouts.files.imports.row import PlannedWorkout
from workouts.models import Workout
from workouts.values.days import ONE_DAY

CLOSE, VERY_CLOSE = 0.75, 0.9
"""How alike two texts are, as difflib counts: from 0 to 1, which is the same."""

SAME_WEEK = 6
"""Days by which a workout may have been moved when it was changed as well."""

MOST = 500
"""Of more workouts than these the file is another plan, and nothing is taken for renamed."""

COMPARED, OFFERED = 10, 5
"""Rows around a workout that are compared with it, the nearest first; and those that are offered."""

BEGINNING = 100
"""Characters of a title and words of a description that are compared."""


@dataclass(frozen=True)
class Candidate:
    """A row that a workout may have become, `days` away, and how alike the two are.

    `description` is None where neither has one. `double` is the workout that an earlier import added for the row.
    """

    row: PlannedWorkout
    days: int
    title: float
    description: float | None
    retyped: bool = False
    double: Workout | None = None

    @property
    def closeness(self) -> float:
        return max(self.title, self.description or 0)

    @property
    def is_alike(self) -> bool:
        """On the same day nearly the same title or text. On another both, as when a coach moves and edits a workout."""
        if not self.days:
            return self.retyped or self.closeness >= CLOSE
        both = self.title >= VERY_CLOSE and (self.description is None or self.description >= VERY_CLOSE)
        return both and abs(self.days) <= SAME_WEEK


@dataclass(frozen=True)
class Gone:
    """A workout of the coach that the file does not have. `renamed` is the candidate that it is taken for, if any."""

    workout: Workout
    candidates: Sequence[Candidate] = ()
    renamed: Candidate | None = None


def gone_from(merge: Merge, chosen: Collection[int]) -> list[Gone]:
    """The workouts that are gone, each with the rows that it may have become, the likeliest first.

    A rename is recognised where a new row is alike, and where one workout of a type is gone from a day and one is new
    on it. No row is taken twice. A workout that an earlier import added beside the one that is gone is offered, never
    recognised, and only while the athlete has chosen nothing for it: `chosen` are the ids of those with a selection.
    """
    if len(merge.gone) > MOST:
        return [Gone(workout) for workout in merge.gone]
    rows = _Rows(merge, chosen)
    candidates = {workout.pk: sorted(rows.around(workout), key=_likeliest) for workout in merge.gone}
    renames = _recognised(candidates)
    return [
        Gone(workout, _offered(candidates[workout.pk], renames.get(workout.pk)), renames.get(workout.pk))
        for workout in merge.gone
    ]


class _Rows:
    """The rows that a workout may have become: new ones, and those of which an earlier import made a double."""

    def __init__(self, merge: Merge, chosen: Collection[int]) -> None:
        self.by_type: dict[object, list[tuple[PlannedWorkout, Workout | None]]] = defaultdict(list)
        self.by_title: dict[object, list[PlannedWorkout]] = defaultdict(list)
        for row in merge.new:
            self.by_type[row.day, plain(row.workout_type)].append((row, None))
            self.by_title[row.day, plain(row.title)].append(row)
        for match in (*merge.changed, *merge.unchanged):
            if match.workout.pk not in chosen:
                self.by_type[match.row.day, plain(match.row.workout_type)].append((match.row, match.workout))

    def around(self, workout: Workout) -> Iterator[Candidate]:
        day, (kind, title) = key_of(workout.originally_planned_day, workout)
        for row in self.by_title[day, title][:COMPARED]:
            if plain(row.workout_type) != kind and _may_be(row, workout):
                yield _compared(row, workout, retyped=True)
        left = COMPARED
        for days in sorted(range(-MOVE_DAYS, MOVE_DAYS + 1), key=abs):
            for row, double in self.by_type[day + days * ONE_DAY, kind][:left]:
                left -= 1
                if _may_be(row, workout) and (double is None or double.pk > workout.pk):
                    yield _compared(row, workout, double=double)


def _may_be(row: PlannedWorkout, workout: Workout) -> bool:
    """A recorded activity is no plan under another name."""
    return workout.is_recorded is None or workout.is_recorded == row.recorded


def _compared(
    row: PlannedWorkout, workout: Workout, *, retyped: bool = False, double: Workout | None = None
) -> Candidate:
    texts = [(one or "").split() for one in (workout.workout_description, row.content.get("workout_description"))]
    return Candidate(
        row=row,
        days=(row.day - workout.originally_planned_day).days,
        title=_closeness(plain(workout.title), plain(row.title)),
        description=_closeness(*texts) if any(texts) else None,
        retyped=retyped,
        double=double,
    )


def _closeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Below CLOSE it is 0: nobody asks how far apart texts are."""
    matcher = SequenceMatcher(None, one[:BEGINNING], other[:BEGINNING], autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < CLOSE:
        return 0
    return matcher.ratio()


def _likeliest(candidate: Candidate) -> tuple[object, ...]:
    return bool(candidate.days), bool(candidate.double), -candidate.closeness, abs(candidate.days), candidate.row.row


def _recognised(candidates: Mapping[int, Sequence[Candidate]]) -> dict[int, Candidate]:
    """By the id of the workout."""
    new = {pk: [one for one in found if not one.double] for pk, found in candidates.items()}
    alike = [(pk, one) for pk, found in new.items() for one in found if one.is_alike]
    renames: dict[int, Candidate] = {}
    taken: set[int] = set()
    for pk, one in sorted(alike, key=lambda pair: _likeliest(pair[1])):
        if pk not in renames and one.row.row not in taken:
            renames[pk] = one
            taken.add(one.row.row)
    left = {
        pk: [one for one in found if not one.days and one.row.row not in taken]
        for pk, found in new.items()
        if pk not in renames
    }
    return {**renames, **_alone(left)}


def _alone(candidates: Mapping[int, Sequence[Candidate]]) -> dict[int, Candidate]:
    """One gone and one new."""
    times = Counter(one.row.row for found in candidates.values() for one in found)
    return {pk: found[0] for pk, found in candidates.items() if len(found) == 1 and times[found[0].row.row] == 1}


def _offered(candidates: Sequence[Candidate], renamed: Candidate | None) -> list[Candidate]:
    """Whatever is on the same day or alike, the recognised one first."""
    others = [one for one in candidates if one is not renamed and (not one.days or one.closeness >= CLOSE)]
    return [*([renamed] if renamed else []), *others][:OFFERED]
