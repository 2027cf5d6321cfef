"""/api/selections: partial updates of a selection."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.api_client import ApiClient
from tests.workouts.conftest import Plan
from workouts.models import Change, WorkoutSelection


@pytest.fixture
def path(plan: Plan) -> str:
    return f"selections/{plan('Run', '2026-11-23').pk}"


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_the_first_change_creates_the_selection(api: ApiClient, path: str, method: str) -> None:
    body = {"currentPlanDay": "2026-11-27", "timeOfDay": "morning", "userNotes": "Moved to Friday"}

    answer = api.send(method, path, body)

    selection = WorkoutSelection.objects.get()
    assert selection.updated_at
    assert answer == {
        **body,
        "id": selection.pk,
        "workoutId": selection.workout_id,
        "isSelected": True,
        "workoutLocation": None,
        "updatedAt": selection.updated_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    assert Change.objects.get().summary == "Run: moved to Fri 27 Nov, morning, notes changed"


def test_a_change_is_written_with_its_history_in_few_statements(
    api: ApiClient, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Token; workout with selection; the new selection; the workout's time of change with the history. What is together
    here, SQLite gets one by one. And a transaction."""
    with django_assert_num_queries((4 if connection.vendor == "postgresql" else 6) + 2):
        api.send("PUT", path, {"timeOfDay": "morning"})


def test_an_empty_body_creates_the_selection_and_then_changes_nothing(api: ApiClient, path: str) -> None:
    made = api.send("PUT", path, {})
    assert made["isSelected"] is True
    assert Change.objects.get().summary == "Run: selected"

    assert api.send("PUT", path, {}) == made
    assert Change.objects.count() == 1


def test_fields_that_are_not_sent_stay(api: ApiClient, path: str) -> None:
    first = api.send("PUT", path, {"timeOfDay": "morning", "workoutLocation": "indoor", "userNotes": "gels"})
    second = api.send("PUT", path, {"workoutLocation": None})
    assert second == {**first, "workoutLocation": None, "updatedAt": second["updatedAt"]}


def test_skipping_clears_the_time_of_day_unless_one_is_given(api: ApiClient, path: str) -> None:
    api.send("PUT", path, {"isSelected": True, "timeOfDay": "morning"})
    assert api.send("PUT", path, {"isSelected": False})["timeOfDay"] is None
    assert api.send("PUT", path, {"isSelected": False, "timeOfDay": "evening"})["timeOfDay"] == "evening"
    assert api.send("PUT", path, {"isSelected": True})["timeOfDay"] == "evening"


def test_null_moves_back_to_the_planned_day(api: ApiClient, path: str) -> None:
    assert api.send("PUT", path, {"currentPlanDay": "2026-11-27T00:00:00"})["currentPlanDay"] == "2026-11-27"
    assert api.send("PUT", path, {"currentPlanDay": None})["currentPlanDay"] is None


def test_an_answer_can_be_sent_back(api: ApiClient, path: str) -> None:
    got = api.send("PUT", path, {"isSelected": False, "userNotes": "ill"})
    again = api.send("PUT", path, got)
    assert again == {**got, "updatedAt": again["updatedAt"]}


def test_deleting_goes_back_to_the_plan_and_can_be_repeated(api: ApiClient, path: str) -> None:
    api.send("PUT", path, {"isSelected": False})
    for _ in range(2):
        assert api.send("DELETE", path) == {"message": "Selection deleted"}
        assert not WorkoutSelection.objects.exists()


def test_what_was_done_is_not_moved_to_a_day_to_come(api: ApiClient, plan: Plan) -> None:
    today = timezone.localdate()
    tomorrow = str(today + datetime.timedelta(days=1))
    done = plan("Run", tomorrow, {"current_plan_day": today}, is_done=True, is_custom=True)
    own, chosen = f"workouts/{done.pk}", f"selections/{done.pk}"

    api.send("PUT", chosen, {"currentPlanDay": tomorrow}, status=409)
    api.send("PUT", chosen, {"currentPlanDay": None}, status=409)
    answer = api.send("DELETE", chosen, status=409)
    assert answer == {"error": "“Run” is done, so it cannot be moved to a day to come. Nothing was changed."}
    assert not Change.objects.exists()

    api.send("PUT", own, {"originallyPlannedDay": str(today)})
    api.send("PUT", own, {"originallyPlannedDay": tomorrow})
    api.send("PUT", chosen, {"userNotes": "Tired", "currentPlanDay": str(today)})
    api.send("PUT", chosen, {"currentPlanDay": "2026-01-05"})
    assert Change.objects.count() == 4


@pytest.mark.parametrize(
    "body",
    [
        {"isSelected": None},
        {"isSelected": 1},
        {"isSelected": "false"},
        {"currentPlanDay": ""},
        {"currentPlanDay": "27.11.2026"},
        {"currentPlanDay": 1764000000},
        {"timeOfDay": "x" * 51},
        {"workoutLocation": "x" * 101},
        {"userNotes": ["gels"]},
        {"isselected": False},
        {"time_of_day": "morning"},
        {"title": "Mine"},
    ],
)
def test_an_invalid_value_or_an_unknown_field_is_named_and_changes_nothing(
    api: ApiClient, path: str, body: dict[str, Any]
) -> None:
    answer = api.send("PUT", path, {**body, "id": 1}, status=422)
    assert list(answer["fields"]) == list(body)
    assert answer["error"].startswith("Not accepted, and nothing was changed. ")
    assert not WorkoutSelection.objects.exists()
