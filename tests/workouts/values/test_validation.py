"""Validation of values, which is the same for forms, API, import and restore."""

import datetime
import json
from collections.abc import Callable

import pytest

from tests.api_client import ApiClient
from tests.trainingpeaks import export, read_workouts, workout
from tests.workouts.planners import document
from workouts.files.restores.reading import NotRestorable, read
from workouts.models import Workout
from workouts.pages.forms import WorkoutForm
from workouts.values.validation import iso_day, of_our_time, storable

DAY = datetime.date(2026, 11, 23)


@pytest.mark.parametrize(
    "text", ["2026-11-23", "2026-11-23T07:30:00Z", "2026-11-23 07:30", "2026-11-23T23:59:59.9-11:00"]
)
def test_the_time_of_a_datetime_is_ignored(text: str) -> None:
    assert iso_day(text) == DAY


@pytest.mark.parametrize(
    "value", ["", "23.11.2026", "20261123", "86400", "2026-02-30", "2026-11-23x", 86400, None, DAY]
)
def test_an_invalid_day_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="A date such as 2026-11-23 is needed"):
        iso_day(value)


@pytest.mark.parametrize(("day", "is_right"), [("1969-12-31", False), ("1970-01-01", True), ("2200-01-01", False)])
def test_the_year_of_a_day_is_limited(day: str, is_right: bool) -> None:
    assert accepts(lambda: of_our_time(datetime.date.fromisoformat(day))) == is_right


@pytest.mark.parametrize(("text", "is_right"), [("späť 🏊\t\n", True), ("a\0", False), ("\ud800", False)])
def test_texts_must_be_storable(text: str, is_right: bool) -> None:
    assert accepts(lambda: storable(text)) == is_right


def test_an_invalid_day_is_refused_with_the_same_sentence_everywhere(api: ApiClient) -> None:
    own = Workout.objects.create(title="Own", workout_type="Run", originally_planned_day=DAY, is_custom=True)
    sentence = "A year from 1970 to 2199 is needed"
    exported = document()
    exported["workouts"][0]["originallyPlannedDay"] = "1969-12-31"

    answer = api.send("PUT", f"workouts/{own.pk}", {"originallyPlannedDay": "1969-12-31"}, 422)
    _, (skipped,) = read_workouts(export(workout("Run", "1969-12-31")))
    form = WorkoutForm({"title": "a", "workout_type": "Run", "originally_planned_day": "1969-12-31"})
    with pytest.raises(NotRestorable) as refusal:
        read(json.dumps(exported).encode())

    assert answer["fields"] == {"originallyPlannedDay": sentence}
    assert skipped["reason"] == f"WorkoutDay is “1969-12-31”. {sentence}."
    assert form.errors["originally_planned_day"] == [f"{sentence}."]
    assert str(refusal.value) == f"In workouts number 1, originallyPlannedDay: {sentence}."


def accepts(check: Callable[[], object]) -> bool:
    try:
        check()
    except ValueError:
        return False
    return True
