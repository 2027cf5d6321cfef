"""Assertions about what verbs return."""

from workouts.history import Outcome
from workouts.models import Change


def change_of(outcome: Outcome) -> Change:
    """The entry in the history, which must exist."""
    assert outcome.change
    return outcome.change
