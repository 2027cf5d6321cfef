"""Changing and resetting the athlete's selections."""

import datetime
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from workouts.history.ahead import keep_behind
from workouts.history.locking import lock_workout, lock_workouts
from workouts.history.outcome import Outcome
from workouts.history.recording import Author, record
from workouts.history.rows import NO_SELECTION, Key, RowChange, Values, to_json
from workouts.history.settling import State


@transaction.atomic
def change_selection(workout_id: int, values: Values, *, by: Author) -> Outcome:
    """Updates a workout's selection, or creates it.

    `values` has selection columns; other columns do not change. Skipping clears the time of day unless `values` has
    one. Selecting a dropped workout puts it back into the plan. Raises Workout.DoesNotExist and DoneAhead.
    """
    state, workout = lock_workout(workout_id)
    selection = state.get(("selection", workout_id))
    rows = selection_rows(workout_id, workout, selection, values)
    if selection is None and not any(row.table == "selection" for row in rows):
        # A selection that changes nothing is a row too: programs count and show it.
        rows.insert(0, RowChange("selection", workout_id, None, {"is_selected": True}))
    return record(state, rows, f"{workout['title']}: {describe(rows)}", by=by) if rows else Outcome(state=state)


@transaction.atomic
def change_selections(wanted: Mapping[int, Values], done: str, *, by: Author) -> Outcome:
    """Updates the selections of several workouts, or creates them, as one change.

    `wanted` has the values by workout, as for `change_selection`; `done` says in words what happens to each if they are
    several, such as `skipped`. Workouts that have these values already do not change. Raises Workout.DoesNotExist if
    one does not exist, and DoneAhead.
    """
    state = lock_workouts(wanted)
    rows = [
        row
        for workout_id, values in wanted.items()
        for row in selection_rows(
            workout_id, state["workout", workout_id], state.get(("selection", workout_id)), values
        )
    ]
    changed = {row.key for row in rows}
    words = describe(rows) if len(changed) == 1 else done
    return record(state, rows, f"{named(changed, state)}: {words}", by=by) if rows else Outcome()


@transaction.atomic
def reset_selection(workout_id: int, *, by: Author) -> Outcome:
    """Deletes the selection, so that the coach's plan applies. Raises Workout.DoesNotExist and DoneAhead."""
    state, workout = lock_workout(workout_id)
    selection = state.get(("selection", workout_id))
    if selection is None:
        return Outcome()
    keep_behind(workout, selection, NO_SELECTION)
    row = RowChange("selection", workout_id, selection, None)
    lost = ", without notes and place" if selection["user_notes"] or selection["workout_location"] else ""
    return record(state, [row], f"{workout['title']}: back to the plan{lost}", by=by)


def selection_rows(workout_id: int, workout: Values, selection: Values | None, values: Values) -> list[RowChange]:
    """The row changes that set `values`, selection columns, on the locked workout and its selection.

    Raises DoneAhead.
    """
    current = selection or NO_SELECTION
    after = {name: value for name, value in with_consequences(values).items() if value != current[name]}
    keep_behind(workout, selection, after)
    before = None if selection is None else {name: current[name] for name in after}
    rows = [RowChange("selection", workout_id, before, after)] if after else []
    if workout["is_dropped"] and values.get("is_selected"):
        rows.append(RowChange("workout", workout_id, {"is_dropped": True}, {"is_dropped": False}))
    return rows


def with_consequences(values: Values) -> Values:
    """`values` as JSON values. A skipped workout has no time of day unless the same change sets one."""
    consequences = {"time_of_day": None} if values.get("is_selected") is False else {}
    return {name: to_json(value) for name, value in {**consequences, **values}.items()}


def describe(rows: Iterable[RowChange]) -> str:
    """A short description of what changed, such as `moved to Fri 27 Nov, morning`."""
    after = {name: value for row in rows for name, value in (row.after or {}).items()}
    words = []
    if "is_dropped" in after or "is_selected" in after:
        words.append("skipped" if after.get("is_selected") is False else "selected")
        if after.get("is_selected") is False and "time_of_day" in after and not after["time_of_day"]:
            words[-1] += ", without its time of day"
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


def named(ids: Collection[Key | None], state: State) -> str:
    """The title of the workout if it is one, else `3 workouts`."""
    return str(state["workout", next(iter(ids))]["title"]) if len(ids) == 1 else f"{len(ids)} workouts"
