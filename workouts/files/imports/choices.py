"""What becomes of the workouts that a file does not have any more. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from workouts.files.imports.gone import Candidate, Gone
from workouts.files.imports.merge import Match, renamed
from workouts.models import ACTUAL, Workout

Choices = Mapping[int, str]
"""By the id of the workout: `keep`, `drop`, or the number of the row that it has become."""

KEEP, DROP, RENAME = "keep", "drop", "rename"
LEFT_TO_THE_ATHLETE = ("tss", *ACTUAL)


class Policy(StrEnum):
    """One choice for all. `rename` is for those of which a rename was recognised, and keeps the others."""

    KEEP = KEEP
    DROP = DROP
    RENAME = RENAME


class WrongChoice(Exception):
    """A choice that cannot be. Nothing was written. The text is for the user."""


@dataclass(frozen=True)
class Chosen:
    """`doubles` are workouts of an earlier import that give way to the renamed ones."""

    renamed: Sequence[Match] = ()
    doubles: Sequence[Workout] = ()
    dropped: Sequence[Workout] = ()


def by_policy(gone: Sequence[Gone], policy: Policy) -> Choices:
    if policy is Policy.RENAME:
        return {one.workout.pk: str(one.renamed.row.row) for one in gone if one.renamed}
    return {one.workout.pk: policy.value for one in gone}


def choose(gone: Sequence[Gone], choices: Choices) -> Chosen:
    """What is not named is kept. Raises WrongChoice."""
    made = [(one, choices.get(one.workout.pk, KEEP)) for one in gone]
    dropped = [one.workout for one, choice in made if choice == DROP]
    renames = [(one.workout, candidate_of(one, choice)) for one, choice in made if choice not in (KEEP, DROP)]
    times = Counter(candidate.row.row for _, candidate in renames)
    for _, candidate in renames:
        if times[candidate.row.row] > 1:
            raise WrongChoice(f"“{candidate.row.title}” was chosen for two workouts. Choose it for one of them.")
    doubles = [candidate.double for _, candidate in renames if candidate.double]
    return Chosen([_renamed(workout, candidate) for workout, candidate in renames], doubles, dropped)


def candidate_of(gone: Gone, choice: str) -> Candidate:
    """Raises WrongChoice."""
    for candidate in gone.candidates:
        if choice == str(candidate.row.row):
            return candidate
    raise WrongChoice(f"“{gone.workout.title}” cannot become what was chosen. Choose again.")


def _renamed(workout: Workout, candidate: Candidate) -> Match:
    """The workout as the row has it, with what the file leaves to the athlete taken over from the double."""
    match = renamed(candidate.row, workout)
    kept = {name: match.after.get(name, getattr(workout, name)) for name in LEFT_TO_THE_ATHLETE}
    missing = {name: getattr(candidate.double, name, None) for name, value in kept.items() if value is None}
    taken_over = {name: value for name, value in missing.items() if value is not None}
    return replace(match, after={**match.after, **taken_over})
