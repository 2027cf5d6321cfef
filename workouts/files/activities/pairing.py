"""Which planned workout an activity was: of the same day and sport, and nearly as long."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from workouts.files.activities.activity import Activity, NotAnActivity
from workouts.files.activities.combining import combined
from workouts.models import Workout
from workouts.values.compliance import Compliance, compliance_of
from workouts.values.disciplines import Discipline, discipline_of

NEW = "new"
"""The choice to add the activity as one that was never planned."""

ANY_SPORT = frozenset({"brick", "crosstrain", "custom", "other", "race"})
"""Types that say nothing of the sport: of a planned workout, or of an activity whose device did not say."""

OF_SEVERAL_PARTS = frozenset({"brick", "race"})
"""Types of workouts that may be several activities of one file: those of a triathlon, say."""

SAME_START = datetime.timedelta(minutes=1)
"""The same activity in two formats may begin with the first record or with the press of the button."""


@dataclass(frozen=True)
class Pairing:
    """An activity, and what it may have been.

    `already` is the workout that has it. `suggestion` is the id of a workout or NEW, and None if it is not clear.
    """

    activity: Activity
    candidates: Sequence[Workout]
    already: Workout | None
    suggestion: str | None

    @property
    def day(self) -> datetime.date:
        return day_of(self.activity)

    @property
    def choices(self) -> list[str]:
        return [] if self.already else [*(str(workout.pk) for workout in self.candidates), NEW]


def day_of(activity: Activity) -> datetime.date:
    """The day on which it began, in the athlete's time zone."""
    return timezone.localtime(activity.started_at).date()


def pairings(activities: Sequence[Activity], workouts: Collection[Workout]) -> list[Pairing]:
    """One for each activity. `workouts` are those of their days, and those that may have them already.

    If no part of a file is clearly a workout of its own, and there is one brick or race, all parts are that.
    """
    found = _one_by_one(activities, workouts)
    whole = _whole(found)
    if whole is None or any(one.already or (one.suggestion or NEW) != NEW for one in found):
        return found
    return [replace(one, suggestion=str(whole.pk)) for one in found]


def _one_by_one(activities: Sequence[Activity], workouts: Collection[Workout]) -> list[Pairing]:
    found: list[Pairing] = []
    for activity in activities:
        taken = {pairing.suggestion for pairing in found}
        already = next((workout for workout in workouts if has(workout, activity)), None)
        candidates = [workout for workout in workouts if fits(workout, activity)]
        free = [workout for workout in candidates if str(workout.pk) not in taken]
        found.append(Pairing(activity, candidates, already, None if already else _suggestion(activity, free)))
    return found


def _whole(found: Sequence[Pairing]) -> Workout | None:
    """The brick or race that all the activities together may have been, if there is one."""
    if len(found) < 2:
        return None
    try:
        activity = combined([one.activity for one in found])
    except NotAnActivity:
        return None
    common = [workout for workout in found[0].candidates if all(workout in one.candidates for one in found)]
    several = [one for one in common if takes_several(one) and not (one.skipped or was_another(one, activity))]
    return several[0] if len(several) == 1 and _grade(several[0], activity) != Compliance.FAR else None


def distinct(activities: Sequence[Activity]) -> list[Activity]:
    """Without those that another one is in another format: the first of them stays."""
    kept: list[Activity] = []
    for activity in activities:
        if not any(may_be_same_sport(one, activity) and _begins_with(one, activity) for one in kept):
            kept.append(activity)
    return kept


def _begins_with(one: Activity, other: Activity) -> bool:
    return abs(one.started_at - other.started_at) <= SAME_START


def takes_several(workout: Workout) -> bool:
    return sport_of(workout.workout_type) in OF_SEVERAL_PARTS


def has(workout: Workout, activity: Activity) -> bool:
    """Whether the planner has the activity already, as this workout or as a part of it."""
    start = workout.started_at
    if start is None or not may_be_same_sport(workout, activity):
        return False
    length = datetime.timedelta(hours=workout.actual_duration or 0)
    is_part = takes_several(workout) and start < activity.started_at < start + length
    return is_part or abs(start - activity.started_at) <= SAME_START


def fits(workout: Workout, activity: Activity) -> bool:
    """Whether the activity may have been this workout."""
    free = workout.day == day_of(activity) and workout.started_at is None
    return free and sport_of(workout.workout_type) is not None and may_be_same_sport(workout, activity)


def was_another(workout: Workout, activity: Activity) -> bool:
    """Whether the workout is done already, and clearly not as the activity was: not within 20 %."""
    return _has_own_figures(workout) and _grade(workout, activity) in (Compliance.NEAR, Compliance.FAR)


def may_be_same_sport(one: Workout | Activity, other: Activity) -> bool:
    sport, recorded = sport_of(one.workout_type), sport_of(other.workout_type)
    return sport == recorded or sport in ANY_SPORT or recorded in ANY_SPORT


def sport_of(workout_type: str) -> str | None:
    """The discipline, or the name of a type that has no discipline of its own. None for a day off."""
    discipline = discipline_of(workout_type)
    return workout_type.strip().lower() if discipline == Discipline.OTHER else discipline


def _suggestion(activity: Activity, candidates: Sequence[Workout]) -> str | None:
    if not candidates:
        return NEW
    chosen = [workout for workout in candidates if not (workout.skipped or was_another(workout, activity))]
    same = [workout for workout in chosen if sport_of(workout.workout_type) == sport_of(activity.workout_type)]
    grades = {workout.pk: _grade(workout, activity) for workout in same}
    close = [pk for pk, grade in grades.items() if grade == Compliance.CLOSE]
    if len(close) == 1:
        return str(close[0])
    return str(same[0].pk) if len(same) == 1 and grades[same[0].pk] != Compliance.FAR else None


def _grade(workout: Workout, activity: Activity) -> Compliance:
    """By the length that was done, if it has one of its own, else by the one that was planned."""
    done = workout.actual_duration, workout.actual_distance_meters
    planned = workout.planned_duration, workout.planned_distance_meters
    hours, metres = done if _has_own_figures(workout) else planned
    return compliance_of([(hours, activity.hours), (metres, activity.metres)])


def _has_own_figures(workout: Workout) -> bool:
    """Whether it was done for a time or a distance of its own: the button "Done" alone sets those of the plan."""
    hours, metres = workout.actual_duration, workout.actual_distance_meters
    planned = (None, 0, workout.planned_duration), (None, 0, workout.planned_distance_meters)
    return hours not in planned[0] or metres not in planned[1]
