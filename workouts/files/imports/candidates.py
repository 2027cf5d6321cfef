"""Rows that a workout may have become, and how similar they are. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from workouts.files.imports.matching import plain
from workouts.files.imports.row import PlannedWorkout
from workouts.models import Workout

CLOSE, VERY_CLOSE = 0.75, 0.9
"""Similarity of two texts, as difflib's ratio: from 0 to 1, which is equal."""

SAME_WEEK = 6
"""How many days a workout may have moved if it was changed as well."""

BEGINNING = 100
"""How many characters of a title and words of a description are compared."""


@dataclass(frozen=True)
class Candidate:
    """A row that a workout may have become, `days` later, and the similarity of title and description.

    `description` is None if neither has one. `duplicate` is the workout that an earlier import added for the row.
    """

    row: PlannedWorkout
    days: int
    title: float
    description: float | None
    retyped: bool = False
    duplicate: Workout | None = None

    @property
    def closeness(self) -> float:
        return max(self.title, self.description or 0)

    @property
    def is_close(self) -> bool:
        return self.closeness >= CLOSE

    @property
    def is_alike(self) -> bool:
        """Similar title or description on the same day; on another day both: the coach moved and edited it."""
        if not self.days:
            return self.retyped or self.is_close
        both = self.title >= VERY_CLOSE and (self.description is None or self.description >= VERY_CLOSE)
        return both and abs(self.days) <= SAME_WEEK

    @property
    def rank(self) -> tuple[object, ...]:
        """A sort key: the likeliest candidate is the lowest."""
        return bool(self.days), bool(self.duplicate), -self.closeness, abs(self.days), self.row.number


def compare(
    row: PlannedWorkout, workout: Workout, *, retyped: bool = False, duplicate: Workout | None = None
) -> Candidate:
    texts = [(one or "").split() for one in (workout.workout_description, row.content.get("workout_description"))]
    return Candidate(
        row=row,
        days=(row.day - workout.originally_planned_day).days,
        title=_closeness(plain(workout.title), plain(row.title)),
        description=_closeness(*texts) if any(texts) else None,
        retyped=retyped,
        duplicate=duplicate,
    )


def _closeness(one: Sequence[str], other: Sequence[str]) -> float:
    """The similarity from 0 to 1. Anything below CLOSE is 0, because it does not matter and takes time."""
    matcher = SequenceMatcher(None, one[:BEGINNING], other[:BEGINNING], autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < CLOSE:
        return 0
    return matcher.ratio()
