"""A verb returns what it did: days, workouts, weeks, and the change."""

import datetime

import pytest

from tests.workouts.outcomes import change_of
from workouts.history import (
    Outcome,
    add_workout,
    change_selection,
    delete_workout,
    edit_workout,
    reset_selection,
    set_target,
    undo,
)
from workouts.models import Change, Workout

MONDAY, WEDNESDAY, FRIDAY = (datetime.date(2026, 11, day) for day in (23, 25, 27))

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Workout:
    return Workout.objects.create(title="Long run", workout_type="Run", originally_planned_day=MONDAY)


def test_the_days_are_those_before_and_after(run: Workout) -> None:
    moved = change_selection(run.pk, {"current_plan_day": FRIDAY}, by=None)
    again = change_selection(run.pk, {"current_plan_day": WEDNESDAY}, by=None)
    noted = change_selection(run.pk, {"user_notes": "gels"}, by=None)
    edited = edit_workout(run.pk, {"tss": 70.0}, by=None)
    reset = reset_selection(run.pk, by=None)
    undone = undo(change_of(reset).pk, by=None)

    outcomes = (moved, again, noted, edited, reset, undone)
    assert [set(outcome.days) for outcome in outcomes] == [
        {MONDAY, FRIDAY},
        {FRIDAY, WEDNESDAY},
        {WEDNESDAY},
        {WEDNESDAY},
        {WEDNESDAY, MONDAY},
        {MONDAY, WEDNESDAY},
    ]
    assert {outcome.workouts for outcome in outcomes} == {frozenset({run.pk})}
    assert [outcome.change for outcome in outcomes] == list(Change.objects.order_by("id"))


def test_an_added_or_deleted_workout_affects_its_day() -> None:
    values = {"title": "Swim", "workout_type": "Swim", "originally_planned_day": MONDAY}
    workout, added = add_workout(values, {"current_plan_day": FRIDAY}, by=None)
    deleted = delete_workout(workout.pk, by=None)
    for outcome in (added, deleted, undo(change_of(deleted).pk, by=None)):
        assert (outcome.days, outcome.workouts) == (frozenset({FRIDAY}), frozenset({workout.pk}))


def test_targets_affect_their_week() -> None:
    values: dict[str, object] = {"minutes": 600, "tss": None, "minutes_by_discipline": {}}
    outcome = set_target(MONDAY, values, by=None)
    assert outcome == Outcome(Change.objects.get(), weeks=frozenset({MONDAY}))
    assert set_target(MONDAY, values, by=None) == Outcome()
