"""Decisions on workouts that are gone from a file: keep, drop or rename. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from workouts.files.imports.candidates import Candidate
from workouts.files.imports.gone import Gone
from workouts.files.imports.merge import Match, renamed
from workouts.models import ACTUAL, Workout

Decisions = Mapping[int, str]
"""`keep`, `drop`, or the number of the row that the workout has become, by the id of the workout."""

KEEP, DROP, RENAME = "keep", "drop", "rename"
LEFT_TO_THE_ATHLETE = ("tss", *ACTUAL)


class Policy(StrEnum):
    """One decision for all workouts that are gone. `rename` keeps those whose rename was not recognized."""

    KEEP = KEEP
    DROP = DROP
    RENAME = RENAME


class InvalidDecision(Exception):
    """A decision is not possible. Nothing was written. The text is for the user."""


@dataclass(frozen=True)
class Decided:
    """The result of the decisions.

    `duplicates` are workouts of an earlier import that are deleted because renamed workouts replace them.
    """

    renamed: Sequence[Match] = ()
    duplicates: Sequence[Workout] = ()
    dropped: Sequence[Workout] = ()


def by_policy(gone: Sequence[Gone], policy: Policy) -> Decisions:
    """A decision for each workout that is gone; to rename, only for those that were recognized."""
    if policy is Policy.RENAME:
        return {one.workout.pk: str(one.renamed.row.number) for one in gone if one.renamed}
    return {one.workout.pk: policy.value for one in gone}


def decide(gone: Sequence[Gone], decisions: Decisions) -> Decided:
    """Workouts without a decision are kept. Raises InvalidDecision."""
    made = [(one, decisions.get(one.workout.pk, KEEP)) for one in gone]
    dropped = [one.workout for one, decision in made if decision == DROP]
    renames = [(one.workout, candidate_of(one, decision)) for one, decision in made if decision not in (KEEP, DROP)]
    times = Counter(candidate.row.number for _, candidate in renames)
    for _, candidate in renames:
        if times[candidate.row.number] > 1:
            raise InvalidDecision(f"Two workouts cannot both become “{candidate.row.title}”. Decide for one of them.")
    duplicates = [candidate.duplicate for _, candidate in renames if candidate.duplicate]
    return Decided([_renamed(workout, candidate) for workout, candidate in renames], duplicates, dropped)


def candidate_of(gone: Gone, decision: str) -> Candidate:
    """The candidate that a decision to rename selects. Raises InvalidDecision."""
    for candidate in gone.candidates:
        if decision == str(candidate.row.number):
            return candidate
    raise InvalidDecision(f"“{gone.workout.title}” cannot become what was selected. Decide again.")


def _renamed(workout: Workout, candidate: Candidate) -> Match:
    """The workout as in the row. What the file leaves to the athlete is taken from the duplicate."""
    match = renamed(candidate.row, workout)
    kept = {name: match.after.get(name, getattr(workout, name)) for name in LEFT_TO_THE_ATHLETE}
    missing = {name: getattr(candidate.duplicate, name, None) for name, value in kept.items() if value is None}
    taken_over = {name: value for name, value in missing.items() if value is not None}
    return replace(match, after={**match.after, **taken_over})
