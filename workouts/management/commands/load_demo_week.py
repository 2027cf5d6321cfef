"""Loads demo workouts into a new installation."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from releases.commands import DatabaseCommand
from workouts.history import RowChange, apply, to_json
from workouts.management.demo import PLAN, TARGETS
from workouts.models import Change, Workout
from workouts.values.days import ONE_DAY, ONE_WEEK, Day, monday_of


class Command(DatabaseCommand):
    help = "Loads a demo week, for this week and the next, into a planner in which nothing was changed yet."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if Workout.objects.exists() or Change.objects.exists():
                self.stdout.write("The planner has been used; the demo week was not loaded.")
                return
            monday = monday_of(timezone.localdate())
            rows = [row for first in (monday, monday + ONE_WEEK) for row in _rows(first)]
            apply(rows, "Demo week, for two weeks: loaded", by=None)
        self.stdout.write(
            self.style.SUCCESS(f"Loaded a demo week of {len(PLAN)} workouts, for this week and the next.")
        )


def _rows(monday: Day) -> Iterator[RowChange]:
    yield RowChange("target", monday.isoformat(), None, TARGETS)
    for day, moved_to, selection, fields in PLAN:
        planned = to_json(monday + day * ONE_DAY)
        yield RowChange("workout", None, None, {"originally_planned_day": planned, **fields})
        if selection:
            moved = None if moved_to is None else to_json(monday + moved_to * ONE_DAY)
            yield RowChange("selection", None, None, {"current_plan_day": moved, **selection})
