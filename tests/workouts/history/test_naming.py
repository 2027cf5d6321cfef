"""What a refusal calls the rows that were changed in the meantime."""

import datetime

import pytest

from tests.workouts.outcomes import change_of
from workouts.history import (
    Stale,
    add_availability,
    add_workout,
    change_selection,
    delete_workout,
    edit_workout,
    remove_availability,
    save_preferences,
    set_target,
    undo,
)
from workouts.models import Change

MONDAY = datetime.date(2026, 11, 23)
OWN = {"title": "Own run", "workout_type": "Run", "originally_planned_day": MONDAY}
AWAY = {"first_day": MONDAY, "last_day": MONDAY, "weekday": None, "discipline": "Swim", "reason": "pool closed"}
TARGET: dict[str, object] = {"minutes": 300, "tss": None, "minutes_by_discipline": {}}

pytestmark = pytest.mark.django_db


def refused(change: Change) -> list[str]:
    with pytest.raises(Stale) as error:
        undo(change.pk, by=None)
    return list(error.value.names)


def test_a_workout_that_was_deleted_since_has_its_title() -> None:
    workout, _ = add_workout(OWN, by=None)
    noted = change_of(change_selection(workout.pk, {"user_notes": "gels"}, by=None))
    edited = change_of(edit_workout(workout.pk, {"tss": 50.0}, by=None))
    deleted = change_of(delete_workout(workout.pk, by=None))
    assert refused(noted) == refused(edited) == ["Own run"]

    deleted.delete()
    assert refused(noted) == ["a deleted workout"]


def test_settings_are_named_by_what_they_are() -> None:
    target = change_of(set_target(MONDAY, TARGET, by=None))
    set_target(MONDAY, TARGET | {"minutes": 600}, by=None)
    away, added = add_availability(AWAY, by=None)
    remove_availability(away.pk, by=None)
    preferences = change_of(save_preferences({"swim_unit": "yd"}, by=None))
    save_preferences({"swim_unit": "m"}, by=None)

    assert refused(target) == ["the targets of the week of 23 Nov 2026"]
    assert refused(change_of(added)) == ["No swimming: pool closed"]
    assert refused(preferences) == ["the preferences"]
