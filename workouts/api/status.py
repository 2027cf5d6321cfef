"""/api/stats and /api/health."""

import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from workouts.api.errors import READING
from workouts.api.schemas import Health, Stats
from workouts.models import Workout, WorkoutSelection

router = Router(tags=["Status"], by_alias=True)


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
    """That the server answers. Needs no login."""
    return {"status": "healthy", "timestamp": timezone.now().astimezone(datetime.UTC)}
