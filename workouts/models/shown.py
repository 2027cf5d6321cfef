"""What most pages show, read by statements that are compiled once."""

import datetime
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import connection

from workouts.models.athlete import Availability, WeekTarget
from workouts.models.plan import Workout
from workouts.models.selection import WorkoutSelection
from workouts.models.statements import IDS, Select, rows_together

SOME_DAY = datetime.date.min
"""Stands for each day while a statement is compiled."""


def workout_with_selection(workout_id: int) -> Workout:
    """`Workout.objects.with_selection().get(pk=workout_id)`"""
    if workout_id in IDS:
        for workout in _with_selections(rows_together([(_workout(), [workout_id]), (_selection(), [workout_id])])):
            return workout
    raise Workout.DoesNotExist


def workouts_between(first: datetime.date, last: datetime.date) -> list[Workout]:
    """`list(Workout.objects.between(first, last).with_selection())`"""
    days = _adapted(first, last)
    return list(_with_selections(rows_together([(_between(Workout), days), (_between(WorkoutSelection), days)])))


def availability_between(first: datetime.date, last: datetime.date) -> list[Availability]:
    """`list(Availability.objects.between(first, last))`"""
    return list(_between(Availability).rows(_adapted(last, first)))


def target_of(monday: datetime.date) -> WeekTarget | None:
    """`WeekTarget.objects.filter(week=monday).first()`"""
    return next(_target().rows(_adapted(monday)), None)


def _with_selections(found: Iterator[Iterator[Any]]) -> Iterator[Workout]:
    workouts, selections = map(list, found)
    of_workout = {selection.workout_id: selection for selection in selections}
    for workout in workouts:
        workout.selection = of_workout.get(workout.pk)
        yield workout


def _adapted(*days: datetime.date) -> list[Any]:
    return [connection.ops.adapt_datefield_value(day) for day in days]


@cache
def _between(model: Any) -> Select[Any]:
    return Select(model.objects.between(SOME_DAY, SOME_DAY))


@cache
def _target() -> Select[WeekTarget]:
    return Select(WeekTarget.objects.filter(week=SOME_DAY))


@cache
def _workout() -> Select[Workout]:
    return Select(Workout.objects.filter(pk=IDS[0]).order_by())


@cache
def _selection() -> Select[WorkoutSelection]:
    return Select(WorkoutSelection.objects.filter(workout=IDS[0]))
