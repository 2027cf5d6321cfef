"""A row that a workout may have become, and how alike the two are. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from workouts.files.imports.matching import plain
from workouts.files.imports.row import PlannedWorkout
from workouts.models import Workout

CLOSE, VERY_CLOSE = 0.75, 0.9
"""How alike two texts are, as difflib counts: from 0 to 1, which is the same."""

SAME_WEEK = 6
"""Days by which a workout may have been moved when it was changed as well."""

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
    def is_close(self) -> bool:
        return self.closeness >= CLOSE

    @property
    def is_alike(self) -> bool:
        """On the same day nearly the same title or text. On another both, as when a coach moves and edits a workout."""
        if not self.days:
            return self.retyped or self.is_close
        both = self.title >= VERY_CLOSE and (self.description is None or self.description >= VERY_CLOSE)
        return both and abs(self.days) <= SAME_WEEK

    @property
    def rank(self) -> tuple[object, ...]:
        """The likeliest is the lowest."""
        return bool(self.days), bool(self.double), -self.closeness, abs(self.days), self.row.number


def compare(
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
