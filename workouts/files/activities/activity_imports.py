"""Previews and imports recorded activities. A file is one change, so it is undone as one step."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction

from workouts.files.activities.activity import Activity, NotAnActivity
from workouts.files.activities.combining import combined
from workouts.files.activities.pairing import (
    NEW,
    SAME_START,
    Pairing,
    day_of,
    pairings,
    takes_several,
    was_another,
)
from workouts.files.activities.recognizing import read_activities
from workouts.files.uploads import NotImportable, PlanChanged, keep
from workouts.history import TABLES, Author, RowChange, Stale, apply, done_rows, wait_for_other_additions
from workouts.models import Upload, Workout
from workouts.values.days import Day

__all__ = [
    "ActivityPlan",
    "Unclear",
    "confirm",
    "first_day",
    "import_activities",
    "plan_of",
    "preview",
    "summary",
    "unread_of",
]

ACTIVITIES, UNREAD = "activities", "unread"
"""The keys of an upload's result that have the activities as they were read, and which files have none, and why."""

COUNTS = {"new": 0, "changed": 0, "moved": [], "unchanged": 0, "skipped": []}
"""Versions without activities list them as imports, which have these keys."""


class Unclear(Exception):
    """It was not said which workout an activity was, or it cannot be that one. Nothing was written.

    `choices` are those of the activity with the number `activity`, the first being 1.
    """

    def __init__(self, reason: str, choices: Sequence[str] = (), activity: int = 1) -> None:
        super().__init__(reason)
        self.choices, self.activity = list(choices), activity


@dataclass(frozen=True)
class ActivityPlan:
    """What importing a file would do to the planner as it is now."""

    pairings: Sequence[Pairing]

    @property
    def does_something(self) -> bool:
        return any(not pairing.already for pairing in self.pairings)

    @property
    def may_be_added_up(self) -> bool:
        """Whether several of the activities may be the same workout."""
        several = (one.pk for pairing in self.pairings for one in pairing.candidates if takes_several(one))
        return any(number > 1 for number in Counter(several).values())

    @cached_property
    def digest(self) -> str:
        """Differs if the possible choices differ."""
        choices = [[pairing.choices, pairing.suggestion] for pairing in self.pairings]
        return hashlib.sha256(json.dumps(choices).encode()).hexdigest()

    @property
    def suggestions(self) -> dict[int, str]:
        """The choices that are clear, by the position of the activity in the file."""
        return {number: pairing.suggestion for number, pairing in enumerate(self.pairings) if pairing.suggestion}


def preview(file_name: str, content: bytes, *, by: Author) -> Upload:
    """Stores the file and what it recorded. Writes nothing else. Raises NotImportable."""
    try:
        activities, unread = read_activities(content)
    except NotAnActivity as error:
        raise NotImportable(str(error)) from error
    result = {**COUNTS, ACTIVITIES: [activity.model_dump(mode="json") for activity in activities], UNREAD: unread}
    return keep(Upload.Purpose.ACTIVITY, file_name, content, result, by=by)


def plan_of(upload: Upload) -> ActivityPlan:
    """What importing a previewed file would do now. Three queries."""
    activities = _activities(upload)
    days = [day_of(activity) for activity in activities]
    starts = [activity.started_at for activity in activities]
    having = Workout.objects.filter(started_at__range=(min(starts) - SAME_START, max(starts) + SAME_START))
    planned = Workout.objects.between(min(days), max(days))
    workouts = {workout.pk: workout for found in (planned, having) for workout in found.with_selection()}
    return ActivityPlan(pairings(activities, workouts.values()))


def first_day(upload: Upload) -> Day:
    """The day of its first activity."""
    return min(map(day_of, _activities(upload)))


def unread_of(upload: Upload) -> list[str]:
    """The files of an archive that have no activity, each with the reason."""
    unread: list[str] = upload.result.get(UNREAD, [])  # a preview may be older than this key
    return unread


def _activities(upload: Upload) -> list[Activity]:
    return [Activity.model_validate(values) for values in upload.result[ACTIVITIES]]


@transaction.atomic
def confirm(upload_id: int, *, digest: str, choices: Mapping[int, str], by: Author) -> Upload:
    """Imports a previewed file. `choices` has the id of a workout or NEW for each activity. Does nothing if repeated.

    Raises Upload.DoesNotExist, Unclear, and PlanChanged if the digest of the plan is no longer `digest`.
    """
    wait_for_other_additions()
    upload = Upload.objects.activities().select_for_update().get(pk=upload_id)
    if upload.change_id is not None:
        return upload
    plan = plan_of(upload)
    if plan.digest != digest:
        raise PlanChanged
    try:
        return _apply(upload, plan, choices, by)
    except Stale as error:
        raise PlanChanged from error


@transaction.atomic
def import_activities(file_name: str, content: bytes, choices: Mapping[int, str], *, by: Author) -> Upload:
    """Imports a file without a preview, as `choices` say, and as is clear. Raises NotImportable and Unclear.

    A file whose activities the planner has is not kept.
    """
    wait_for_other_additions()
    upload = preview(file_name, content, by=by)
    plan = plan_of(upload)
    if not plan.does_something:
        Upload.objects.filter(pk=upload.pk).delete()
        return upload
    return _apply(upload, plan, {**plan.suggestions, **choices}, by)


def summary(result: Mapping[str, Any]) -> str:
    """Such as `Run (3), Bike`."""
    found = Counter(activity["workout_type"] for activity in result[ACTIVITIES])
    return ", ".join(f"{kind} ({number})" if number > 1 else kind for kind, number in found.items())


def _apply(upload: Upload, plan: ActivityPlan, choices: Mapping[int, str], by: Author) -> Upload:
    """Writes nothing if the planner has every activity already."""
    rows = [row for choice, found in _by_choice(plan, choices) for row in _rows(choice, found)]
    if not rows:
        return upload
    upload.change = apply(rows, f"Imported {upload.file_name}: {summary(upload.result)}", by=by).change
    upload.save(update_fields=["change"])
    return upload


def _by_choice(plan: ActivityPlan, choices: Mapping[int, str]) -> Iterator[tuple[str, list[Pairing]]]:
    """Each choice with the activities that it was made for: several only for a brick or a race. Raises Unclear."""
    found = dict[str, list[Pairing]]()
    for number, pairing in enumerate(plan.pairings):
        if pairing.already:
            continue
        choice = choices.get(number, "")
        if choice not in pairing.choices:
            raise Unclear("Choose for each activity which workout it was.", pairing.choices, number + 1)
        if choice == NEW:
            yield NEW, [pairing]
        else:
            found.setdefault(choice, []).append(pairing)
    for choice, parts in found.items():
        if len(parts) > 1 and not takes_several(_candidate(choice, parts[0])):
            raise Unclear("Two activities cannot be the same workout, unless that is a brick or a race.")
        yield choice, parts


def _rows(choice: str, parts: Sequence[Pairing]) -> Iterator[RowChange]:
    if choice == NEW:
        yield RowChange("workout", None, None, _unplanned(parts[0]))
        return
    try:
        activity = combined([pairing.activity for pairing in parts])
    except NotAnActivity as error:
        raise Unclear("Together these activities are longer than a workout can be.") from error
    workout = _candidate(choice, parts[0])
    selection = TABLES["selection"].values_of(workout.selection) if workout.selection else None
    figures = activity.all_columns() if was_another(workout, activity) else activity.columns()
    yield from done_rows(workout.pk, TABLES["workout"].values_of(workout), selection, figures)


def _candidate(choice: str, pairing: Pairing) -> Workout:
    return next(workout for workout in pairing.candidates if str(workout.pk) == choice)


def _unplanned(pairing: Pairing) -> dict[str, Any]:
    """The workout of an activity that was never planned. It is the athlete's own, so no import of a plan changes it."""
    activity = pairing.activity
    return {
        "title": activity.title or activity.workout_type,
        "workout_type": activity.workout_type,
        "originally_planned_day": pairing.day.isoformat(),
        "is_custom": True,
        "is_recorded": True,
        "is_done": True,
        **activity.columns(),
    }
