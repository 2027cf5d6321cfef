"""What to do first in a planner that has no workouts yet."""

from dataclasses import dataclass

from django.urls import reverse

from workouts.models import Token, WeekTarget, Workout
from workouts.values.days import Day


@dataclass(frozen=True)
class Step:
    name: str
    reason: str
    address: str
    done: bool


def first_steps(monday: Day) -> list[Step]:
    """Three steps, or none if there are workouts. `monday` is the week for the targets."""
    if Workout.objects.exists():
        return []
    imported = ("Import the coach's plan", "You see what it brings before anything is written.")
    targets = ("Set the week's targets", "The summary then shows what is missing.")
    feed = ("Subscribe in your calendar", "It follows every move that you make here.")
    subscribed = Token.objects.filter(purpose=Token.Purpose.FEED).exists()
    return [
        Step(*imported, reverse("imports"), done=False),
        Step(*targets, reverse("targets", args=[monday]), done=WeekTarget.objects.exists()),
        Step(*feed, f"{reverse('settings')}#feed", done=subscribed),
    ]
