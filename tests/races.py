"""Concurrent writers on one real database, each thread with a connection of its own.

`manage.py shell` runs `repeat`, so a race has a process of its own, as the server has.
"""

import datetime
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from tests.workouts.outcomes import change_of
from workouts.files.exports.exporting import export_json
from workouts.files.restores.restoring import confirm, plan_of, preview
from workouts.history import (
    RowChange,
    add_availability,
    add_workout,
    apply,
    change_selection,
    delete_workout,
    reset_selection,
    undo,
)
from workouts.models import Availability, Change, WeekTarget, Workout, WorkoutSelection

MONDAY, FRIDAY = datetime.date(2026, 11, 23), datetime.date(2026, 11, 27)
OLD_VERSION = "INSERT INTO workout_selections (workout_id, is_selected, time_of_day) VALUES (%s, true, 'night')"

Act = Callable[[], object]
Result = list[object]


def at_once(*acts: Act) -> Result:
    """What each call returned, or the name of the class of what it raised."""
    barrier = threading.Barrier(len(acts))

    def run(act: Act) -> str:
        connection.ensure_connection()
        barrier.wait()
        try:
            return type(act()).__name__
        except Exception as error:  # noqa: BLE001  # the outcome, whatever it is
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def new_workout() -> int:
    workout, _ = add_workout({"title": "Run", "workout_type": "Run", "originally_planned_day": MONDAY}, by=None)
    return int(workout.pk)


def selection_of(workout: int) -> object:
    return WorkoutSelection.objects.filter(workout=workout).values_list("current_plan_day", "time_of_day").first()


def change(workout: int) -> Act:
    return lambda: change_selection(workout, {"time_of_day": "morning"}, by=None)


def move_and_schedule() -> Result:
    workout = new_workout()
    at_once(lambda: change_selection(workout, {"current_plan_day": FRIDAY}, by=None), change(workout))
    return [selection_of(workout), Change.objects.filter(summary__startswith="Run: mo").count()]


def undo_twice() -> Result:
    change_id = change_of(delete_workout(new_workout(), by=None)).pk
    return at_once(*[lambda: undo(change_id, by=None)] * 3)


def delete_and_change() -> Result:
    """Also returns what is selected once the deletion is undone."""
    workout = new_workout()
    outcome = at_once(lambda: delete_workout(workout, by=None), change(workout))
    undo(Change.objects.filter(summary="Run: deleted").latest("id").pk, by=None)
    return [*outcome, selection_of(workout)]


def unadd_and_change() -> Result:
    """Also returns what is selected once the workout is added again."""
    workout = new_workout()
    added = Change.objects.latest("id").pk
    outcome = at_once(lambda: undo(added, by=None), change(workout))
    undo(Change.objects.get(undoes=added).pk, by=None)
    return [*outcome, selection_of(workout)]


def delete_and_old_version() -> Result:
    """Also returns how many selections the deletion recorded, while the old version inserts one without any lock."""
    workout = new_workout()
    outcome = at_once(lambda: delete_workout(workout, by=None), lambda: insert_as_the_old_version(workout))
    rows = Change.objects.filter(summary="Run: deleted").latest("id").rows
    return [*outcome, sum(row["table"] == "selection" for row in rows)]


def insert_as_the_old_version(workout: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(OLD_VERSION, [workout])


def reset_and_change() -> Result:
    workout = new_workout()
    change_selection(workout, {"current_plan_day": FRIDAY}, by=None)
    at_once(lambda: reset_selection(workout, by=None), change(workout))
    return [selection_of(workout)]


def opposite_orders() -> Result:
    workouts = [new_workout() for _ in range(20)]

    def set_tss(ids: list[int]) -> Act:
        return lambda: apply([RowChange("workout", id_, {}, {"tss": 50.0}) for id_ in ids], "TSS", by=None)

    return at_once(*[set_tss(workouts), set_tss(workouts[::-1])] * 2)


def same_target() -> Result:
    monday = MONDAY + datetime.timedelta(weeks=WeekTarget.objects.count())
    row = RowChange("target", monday.isoformat(), None, {"minutes": 600})
    return at_once(*[lambda: apply([row], "Target", by=None)] * 2)


def same_availability() -> Result:
    """Returns how many there are of two."""
    first = MONDAY + datetime.timedelta(weeks=Availability.objects.count())
    values = {"discipline": "", "first_day": first, "last_day": first, "weekday": None, "reason": ""}
    at_once(*[lambda: add_availability(values, by=None)] * 2)
    return [Availability.objects.filter(first_day=first).count()]


def restore_and_add() -> Result:
    """Restores a file with the next ids twice at once, while a workout is added. Also returns the final ids."""
    last = new_workout()
    exported = json.loads("".join(export_json()))
    exported["workouts"] = [{**exported["workouts"][-1], "id": last + n} for n in range(1, 4)]
    upload = preview("planner.json", json.dumps(exported).encode(), by=None)
    digest = plan_of(upload).digest
    confirmation = lambda: confirm(upload.pk, digest=digest, by=None)  # noqa: E731
    outcome = at_once(confirmation, confirmation, new_workout)
    return [*outcome, [id_ - last for id_ in Workout.objects.filter(id__gt=last).values_list("id", flat=True)]]


def repeat(name: str, rounds: int) -> None:
    """Prints the result of each round of a race as JSON."""
    race: Callable[[], Result] = globals()[name]
    print(json.dumps([race() for _ in range(rounds)], default=str))
