"""The statements that are compiled once read what the querysets read that they stand for."""

import datetime
from typing import Any

import pytest
from django.db import models

from tests.workouts.conftest import Plan
from workouts.models import Availability, Preferences, WeekTarget, Workout
from workouts.models.shown import availability_between, target_of, workout_with_selection, workouts_between

FIRST, LAST = datetime.date(2026, 11, 23), datetime.date(2026, 11, 29)


def values(row: models.Model | None) -> dict[str, Any]:
    return {} if row is None else {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_the_workouts_of_a_week_and_their_selections(plan: Plan) -> None:
    plan("In", "2026-11-29", {"user_notes": "gels", "time_of_day": "7am"}, tss=80.0, started_at=None)
    plan("Moved in", "2026-11-01", {"current_plan_day": "2026-11-23"})
    plan("Moved out", "2026-11-24", {"current_plan_day": "2026-12-01"})
    plan("Before", "2026-11-22")
    expected = list(Workout.objects.between(FIRST, LAST).with_selection())
    found = workouts_between(FIRST, LAST)
    assert [one.title for one in found] == ["Moved in", "In"]
    assert list(map(values, found)) == list(map(values, expected))
    assert [values(one.selection) for one in found] == [values(one.selection) for one in expected]


def test_one_workout(plan: Plan) -> None:
    run, other = plan("Run", "2026-11-24", {"user_notes": "gels"}), plan("Swim", "2026-11-24")
    found = workout_with_selection(run.pk)
    expected = Workout.objects.with_selection().get(pk=run.pk)
    assert (values(found), values(found.selection)) == (values(expected), values(expected.selection))
    assert workout_with_selection(other.pk).selection is None
    for absent in (0, -1, run.pk + 1000, 2**31, 10**30):
        with pytest.raises(Workout.DoesNotExist):
            workout_with_selection(absent)


@pytest.mark.django_db
def test_what_the_athlete_sets() -> None:
    assert (Preferences.load().pk, target_of(FIRST), availability_between(FIRST, LAST)) == (1, None, [])
    Preferences(pk=1, week_start=6).save()
    WeekTarget.objects.create(week=FIRST, minutes=600, minutes_by_discipline={"Run": 60})
    for begin, end in (("2026-11-01", "2026-11-22"), ("2026-11-29", "2026-12-31"), ("2026-11-20", "2026-11-23")):
        Availability.objects.create(first_day=begin, last_day=end, reason=begin)
    assert Preferences.load().week_start == 6
    assert values(target_of(FIRST)) == values(WeekTarget.objects.get())
    assert [one.reason for one in availability_between(FIRST, LAST)] == ["2026-11-20", "2026-11-29"]
