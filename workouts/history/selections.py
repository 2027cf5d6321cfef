"""What the athlete chooses for a workout: the one way in which pages, API and undo write it."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from workouts.history.changes import Author, record
from workouts.history.rows import NO_CHOICE, TABLES, RowChange, Values, to_json
from workouts.models import Change, Workout, WorkoutSelection


@transaction.atomic
def change_selection(workout_id: int, values: Values, *, by: Author) -> Change | None:
    """Applies a partial change to a workout's selection and makes the row where there is none.

    `values` holds columns of Choice; a column that is not named is not touched. Skipping clears the time of day unless
    one is given. Selecting what the coach has dropped takes it back into the plan.

    The row is written by one upsert that depends on nothing read before. The read before it is for the history, and
    true because the workout is locked.

    Returns the change, or None where everything was so already. Raises Workout.DoesNotExist.
    """
    workout = _lock(workout_id)
    values = with_consequences(values)
    before = _current(workout_id)
    WorkoutSelection.objects.upsert(workout_id, values)
    after = {name: to_json(value) for name, value in values.items() if to_json(value) != before[name]}
    rows = [RowChange("selection", workout_id, {name: before[name] for name in after}, after)] if after else []
    done = describe(after)
    if workout.is_dropped and values.get("is_selected"):
        rows.append(_take_back(workout))
        done = describe({**after, "is_selected": True})
    return record(rows, f"{workout.title}: {done}", by=by) if rows else None


@transaction.atomic
def reset_selection(workout_id: int, *, by: Author) -> Change | None:
    """Back to the coach's plan: the selection goes. None where there was none. Raises Workout.DoesNotExist."""
    workout = _lock(workout_id)
    before = _current(workout_id)
    deleted, _ = WorkoutSelection.objects.filter(workout=workout_id).delete()
    if not deleted:
        return None
    return record([RowChange("selection", workout_id, before, None)], f"{workout.title}: back to the plan", by=by)


def with_consequences(values: Values) -> dict[str, Any]:
    """A skipped workout has no time of day, unless the same change sets one."""
    return {"time_of_day": None, **values} if values.get("is_selected") is False else dict(values)


def describe(after: Values) -> str:
    """What a change of a selection did, in words, such as `moved to Fri 27 Nov, morning`."""
    words = []
    if "is_selected" in after:
        words.append("skipped" if after["is_selected"] is False else "selected")
    if "current_plan_day" in after:
        day = after["current_plan_day"]
        words.append(
            f"moved to {datetime.date.fromisoformat(day):%a %-d %b}" if day else "moved back to the plan's day"
        )
    if after.get("time_of_day"):
        words.append(str(after["time_of_day"]))
    elif "time_of_day" in after and len(after) == 1:
        words.append("no time of day")
    if "workout_location" in after:
        words.append(f"place {after['workout_location']}" if after["workout_location"] else "no place")
    if "user_notes" in after:
        words.append("notes changed")
    return ", ".join(words)


def _take_back(workout: Workout) -> RowChange:
    Workout.objects.filter(pk=workout.pk).update(is_dropped=False)
    return RowChange("workout", workout.pk, {"is_dropped": True}, {"is_dropped": False})


def _lock(workout_id: int) -> Workout:
    """A write first, so that on either database whoever comes second waits here."""
    Workout.objects.filter(pk=workout_id).update(modified_at=timezone.now())
    return Workout.objects.only("title", "is_dropped").get(pk=workout_id)


def _current(workout_id: int) -> Values:
    """Locked, because the old version changes selections without a look at the workout."""
    selection = WorkoutSelection.objects.select_for_update(no_key=True).filter(workout=workout_id).first()
    return TABLES["selection"].values_of(selection) if selection else NO_CHOICE
