"""What to do first in a planner that has no workouts yet."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from workouts.models import Preferences, Token, WeekTarget, Workout
from workouts.values.days import Day, first_of_week, monday_in


@dataclass(frozen=True)
class Step:
    name: str
    reason: str
    address: str
    done: bool


def first_steps(week: Day | None = None) -> list[Step]:
    """Three steps, or none if there are workouts. The targets are those of the week that begins on `week`, or of this
    week."""
    if Workout.objects.exists():
        return []
    first = week or first_of_week(timezone.localdate(), Preferences.load().week_start)
    imported = ("Import the coach's plan", "You see what it brings before anything is written.")
    targets = ("Set the week's targets", "The summary then shows what is missing.")
    feed = ("Subscribe in your calendar", "It follows every move that you make here.")
    subscribed = Token.objects.filter(purpose=Token.Purpose.FEED).exists()
    return [
        Step(*imported, reverse("imports"), done=False),
        Step(*targets, reverse("targets", args=[monday_in(first)]), done=WeekTarget.objects.exists()),
        Step(*feed, f"{reverse('settings')}#feed", done=subscribed),
    ]
