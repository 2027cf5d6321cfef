"""/api/workouts: the coach's plan, and the athlete's own workouts."""

import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from workouts.api.bodies import NewWorkoutBody, WorkoutBody, WorkoutFilters
from workouts.api.errors import READING, UNKNOWN, WRITING, InvalidValues, refuse_values
from workouts.api.schemas import Done, WorkoutAnswer, WorkoutList
from workouts.history import add_workout, delete_workout, edit_workout
from workouts.models import Workout, WorkoutQuerySet
from workouts.models.shown import workout_with_selection

router = Router(tags=["Workouts"], by_alias=True)


@router.get("", operation_id="listWorkouts", response={200: WorkoutList, 422: InvalidValues, **READING})
def list_workouts(request: HttpRequest, filters: Query[WorkoutFilters]) -> dict[str, Any]:
    """Returns all workouts, or those that match every filter, ordered by the coach's day."""
    workouts = list(_matching(filters))
    return {"workouts": workouts, "count": len(workouts)}


@router.post("", operation_id="addWorkout", response={201: WorkoutAnswer, **WRITING})
def add(request: HttpRequest, body: NewWorkoutBody) -> Status[Workout]:
    """Adds a workout of the athlete's own. The coach's workouts are imported."""
    workout, _ = add_workout(body.columns(), body.selection_columns(), by=request.user)
    return Status(201, workout)


@router.get("/{int:workout_id}", operation_id="getWorkout", response={200: WorkoutAnswer, **READING, **UNKNOWN})
def get(request: HttpRequest, workout_id: int) -> Workout:
    return _load(workout_id)


@router.put("/{int:workout_id}", operation_id="changeWorkout", response={200: WorkoutAnswer, **WRITING, **UNKNOWN})
def change(request: HttpRequest, workout_id: int, body: WorkoutBody) -> Workout | HttpResponse:
    """Changes the fields that are sent. Of a coach's workout: TSS, and the athlete's time of day and place."""
    with transaction.atomic():
        edit_workout(workout_id, body.columns(), body.selection_columns(), by=request.user)
        workout = _load(workout_id)
        if "is_custom" in body.model_fields_set and body.is_custom != workout.is_custom:
            transaction.set_rollback(True)
            return refuse_values({"isCustom": "Cannot be changed"})
    return workout


@router.delete("/{int:workout_id}", operation_id="deleteWorkout", response={200: Done, **WRITING, **UNKNOWN})
def delete(request: HttpRequest, workout_id: int) -> dict[str, str]:
    """Deletes a workout of the athlete's own with its selection. The coach's can be skipped, not deleted."""
    delete_workout(workout_id, by=request.user)
    return {"message": "Workout deleted"}


def _load(workout_id: int) -> Workout:
    return workout_with_selection(workout_id)


def _matching(filters: WorkoutFilters) -> WorkoutQuerySet:
    workouts = Workout.objects.with_selection()
    if filters.start_date or filters.end_date:
        first, last = filters.start_date or datetime.date.min, filters.end_date or datetime.date.max
        workouts = workouts.between(first, last).order_by("originally_planned_day", "id")
    if filters.workout_type:
        workouts = workouts.filter(workout_type=filters.workout_type)
    if filters.selected is not None:
        workouts = workouts.selected() if filters.selected else workouts.skipped()
    return workouts
