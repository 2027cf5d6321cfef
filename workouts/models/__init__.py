"""The coach's plan, the athlete's selections, and the history.

The tables of workouts and selections are those of the Flask application whose database this project takes over.
Nullable columns stay nullable and ids stay `integer`, because the old version writes to them while a release runs.
"""

from workouts.models.athlete import Preferences, Token, WeekTarget
from workouts.models.history import Change
from workouts.models.plan import ACTUAL, Workout, WorkoutQuerySet, WorkoutType, done_by, was_done
from workouts.models.selection import ArchivedSelection, SelectionColumns, SelectionQuerySet, WorkoutSelection
from workouts.models.upload import Upload, UploadQuerySet

__all__ = [
    "ACTUAL",
    "ArchivedSelection",
    "Change",
    "Preferences",
    "SelectionColumns",
    "SelectionQuerySet",
    "Token",
    "Upload",
    "UploadQuerySet",
    "WeekTarget",
    "Workout",
    "WorkoutQuerySet",
    "WorkoutSelection",
    "WorkoutType",
    "done_by",
    "was_done",
]
