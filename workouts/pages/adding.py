"""Adding a workout once: without scripts, a button that is pressed twice sends its form twice."""

import datetime

from django.db import transaction
from django.utils import timezone

from workouts.history import Outcome, Values, add_workout, wait_for_other_additions
from workouts.models import Change, Workout
from workouts.pages import HtmxRequest

TWICE = datetime.timedelta(seconds=5)
"""Nobody fills in the same form again in less."""


@transaction.atomic
def add_once(request: HtmxRequest, values: Values, selection: Values | None = None) -> Outcome:
    """Adds a workout, or finds the one that the same form has just added. With htmx the page itself sends once."""
    wait_for_other_additions()
    recent = Workout.objects.filter(is_custom=True, created_at__gt=timezone.now() - TWICE)
    if not request.htmx and (added := recent.filter(**values).last()):
        return Outcome(_that_added(added), days=frozenset({values["originally_planned_day"]}))
    _, outcome = add_workout(values, selection, by=request.user)
    return outcome


def _that_added(workout: Workout) -> Change | None:
    recent = Change.objects.filter(made_at__gt=timezone.now() - 2 * TWICE).order_by("id")
    row = {"table": "workout", "key": workout.pk, "before": None}
    return next((change for change in recent if any(row.items() <= one.items() for one in change.rows)), None)
