"""The workouts in the calendar feed."""

import datetime

from django.utils import timezone

from workouts.models import Workout, WorkoutQuerySet

KEPT = datetime.timedelta(days=2 * 365)
"""How long a workout stays in the feed: this season and the last. Calendars fetch the whole feed every time."""


def workouts_in_feed() -> WorkoutQuerySet:
    """Ordered by day."""
    return Workout.objects.selected().between(timezone.localdate() - KEPT, datetime.date.max)
