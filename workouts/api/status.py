"""/api/stats and /api/health."""

import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import Field

from workouts.api.errors import READING
from workouts.api.schemas import Answer
from workouts.models import Workout, WorkoutSelection

router = Router(tags=["Status"], by_alias=True)


class Stats(Answer):
    total_workouts: int
    selected_workouts: int = Field(description="Selections with isSelected true, as the old application counted them.")
    custom_workouts: int
    skipped_workouts: int
    planned_workouts: int = Field(
        description="The workouts of the plan that the athlete will do: all but skipped, dropped and recorded ones."
    )


class Health(Answer):
    status: Literal["healthy"]
    timestamp: datetime.datetime


@router.get("/stats", operation_id="getStats", response={200: Stats, **READING})
def stats(request: HttpRequest) -> dict[str, int]:
    return {
        "total_workouts": Workout.objects.count(),
        "selected_workouts": WorkoutSelection.objects.filter(is_selected=True).count(),
        "custom_workouts": Workout.objects.filter(is_custom=True).count(),
        "skipped_workouts": Workout.objects.skipped().count(),
        "planned_workouts": Workout.objects.planned().count(),
    }


@router.get("/health", operation_id="getHealth", response=Health, auth=None)
def health(request: HttpRequest) -> dict[str, Any]:
    """Answers without a login while the server is up."""
    return {"status": "healthy", "timestamp": timezone.now().astimezone(datetime.UTC)}
