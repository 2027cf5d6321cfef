"""A week to look at on a new installation."""

import datetime
from typing import Any

from django.core.management import BaseCommand
from django.db import transaction
from django.utils import timezone

from workouts.demo import PLAN
from workouts.models import Workout, WorkoutSelection


class Command(BaseCommand):
    help = "Loads a made-up week, starting today, into a planner that has no workouts yet."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if Workout.objects.exists():
                self.stdout.write("The planner has workouts; the demo week was not loaded.")
                return
            today = timezone.localdate()
            for day, moved_to, choice, fields in PLAN:
                planned = today + datetime.timedelta(days=day)
                workout = Workout.objects.create(originally_planned_day=planned, **fields)
                if choice:
                    moved = None if moved_to is None else today + datetime.timedelta(days=moved_to)
                    WorkoutSelection.objects.create(workout=workout, current_plan_day=moved, **choice)
        self.stdout.write(self.style.SUCCESS(f"Loaded a demo week of {len(PLAN)} workouts."))
