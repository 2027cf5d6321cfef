"""What was done is not moved to a day to come."""

from django.utils import timezone

from workouts.history.rows import NO_SELECTION, Values
from workouts.models import done_by


class DoneAhead(Exception):
    """What was done would be moved to a day to come. Nothing was written. The text is for the athlete."""


def keep_behind(workout: Values, selection: Values | None, changes: Values) -> None:
    """Raises DoneAhead. `changes` has the columns of the locked workout and its selection that get other values."""
    before = {**workout, **(selection or NO_SELECTION)}
    day = _day({**before, **changes})
    if done_by(workout) and day != _day(before) and day > timezone.localdate().isoformat():
        raise DoneAhead(f"“{workout['title']}” is done, so it cannot be moved to a day to come. Nothing was changed.")


def _day(values: Values) -> str:
    """The day on which the athlete has it, in ISO 8601."""
    return str(values["current_plan_day"] or values["originally_planned_day"])
