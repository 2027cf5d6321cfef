"""What verbs return."""

from workouts.history import Outcome
from workouts.models import Change


def change_of(outcome: Outcome) -> Change:
    """The entry in the history. There must be one."""
    assert outcome.change
    return outcome.change
