"""The only way to write: every change is recorded with the values before it, so that it can be undone.

A verb writes everything it is asked to and returns an `Outcome`, or raises and writes nothing.
All other code imports from here.
"""

from workouts.history.ahead import DoneAhead
from workouts.history.athlete_settings import save_preferences, set_target
from workouts.history.availability import add_availability, change_availability, remove_availability
from workouts.history.copying import copy_workouts
from workouts.history.doing import NothingPlanned, clear_done, done_rows, record_done, record_done_as_planned
from workouts.history.editing import CoachsWorkout, add_workout, delete_workout, edit_workout
from workouts.history.locking import wait_for_other_additions
from workouts.history.outcome import Outcome
from workouts.history.recording import Author, Stale, apply
from workouts.history.rows import TABLES, Key, RowChange, Values, to_json
from workouts.history.selections import change_selection, change_selections, reset_selection
from workouts.history.undoing import AlreadyUndone, undo

__all__ = [
    "TABLES",
    "AlreadyUndone",
    "Author",
    "CoachsWorkout",
    "DoneAhead",
    "Key",
    "NothingPlanned",
    "Outcome",
    "RowChange",
    "Stale",
    "Values",
    "add_availability",
    "add_workout",
    "apply",
    "change_availability",
    "change_selection",
    "change_selections",
    "clear_done",
    "copy_workouts",
    "delete_workout",
    "done_rows",
    "edit_workout",
    "record_done",
    "record_done_as_planned",
    "remove_availability",
    "reset_selection",
    "save_preferences",
    "set_target",
    "to_json",
    "undo",
    "wait_for_other_additions",
]
