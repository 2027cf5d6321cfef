"""/api/selections: what the athlete chose for a workout."""

from django.http import HttpRequest
from ninja import Router

from workouts.api.bodies import SelectionBody
from workouts.api.errors import UNKNOWN, WRITING
from workouts.api.schemas import Done, SelectionAnswer
from workouts.history import TABLES, change_selection, reset_selection
from workouts.models import WorkoutSelection

router = Router(tags=["Selections"], by_alias=True)
ANSWERS = {200: SelectionAnswer, **WRITING, **UNKNOWN}


@router.put("/{int:workout_id}", operation_id="changeSelection", response=ANSWERS)
@router.post("/{int:workout_id}", operation_id="changeSelectionByPost", response=ANSWERS)
def change(request: HttpRequest, workout_id: int, body: SelectionBody) -> WorkoutSelection:
    """Changes the fields that are sent, and creates the selection if there is none."""
    outcome = change_selection(workout_id, body.columns(), by=request.user)
    values = TABLES["selection"].from_json(outcome.state["selection", workout_id])
    return WorkoutSelection(workout_id=workout_id, **values)


@router.delete("/{int:workout_id}", operation_id="deleteSelection", response={200: Done, **WRITING, **UNKNOWN})
def delete(request: HttpRequest, workout_id: int) -> dict[str, str]:
    """Goes back to the coach's plan. Deleting a selection twice is not an error."""
    reset_selection(workout_id, by=request.user)
    return {"message": "Selection deleted"}
