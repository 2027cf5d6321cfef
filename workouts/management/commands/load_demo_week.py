"""A week to look at on a new installation."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from releases.commands import DatabaseCommand
from workouts.management.demo import PLAN, TARGETS
from workouts.models import WeekTarget, Workout
from workouts.values.days import ONE_DAY, ONE_WEEK, Day, monday_of


class Command(DatabaseCommand):
    help = "Loads a made-up week, for this week and the next, into a planner that has no workouts yet."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if Workout.objects.exists():
                self.stdout.write("The planner has workouts; the demo week was not loaded.")
                return
            monday = monday_of(timezone.localdate())
            for first in (monday, monday + ONE_WEEK):
                _load(first)
        self.stdout.write(
            self.style.SUCCESS(f"Loaded a demo week of {len(PLAN)} workouts, for this week and the next.")
        )


def _load(monday: Day) -> None:
    WeekTarget.objects.create(week=monday, **TARGETS)
    for day, moved_to, selection, fields in PLAN:
        workout = Workout.objects.create(originally_planned_day=monday + day * ONE_DAY, **fields)
        if selection:
            moved = None if moved_to is None else monday + moved_to * ONE_DAY
            workout.selections.create(current_plan_day=moved, **selection)
