"""/api/workouts/{id}/done: what was done, beside what was planned."""

from django.db import transaction
from django.http import HttpRequest
from ninja import Router

from workouts.api.bodies import DoneBody
from workouts.api.errors import UNKNOWN, WRITING
from workouts.api.schemas import WorkoutAnswer
from workouts.history import clear_done, record_done
from workouts.models import Workout
from workouts.models.shown import workout_with_selection

router = Router(tags=["Workouts"], by_alias=True)
ANSWERS = {200: WorkoutAnswer, **WRITING, **UNKNOWN}


@router.put("/{int:workout_id}/done", operation_id="markAsDone", response=ANSWERS)
def mark(request: HttpRequest, workout_id: int, body: DoneBody) -> Workout:
    """Marks a workout as done, with the figures that are sent. If neither time nor distance is known: as planned.

    A skipped workout is selected again.
    """
    with transaction.atomic():
        record_done(workout_id, body.columns(), by=request.user)
        return _load(workout_id)


@router.delete("/{int:workout_id}/done", operation_id="markAsNotDone", response=ANSWERS)
def clear(request: HttpRequest, workout_id: int) -> Workout:
    """Removes all figures of what was done. Refused for an activity that was never planned."""
    with transaction.atomic():
        clear_done(workout_id, by=request.user)
        return _load(workout_id)


def _load(workout_id: int) -> Workout:
    return workout_with_selection(workout_id)
