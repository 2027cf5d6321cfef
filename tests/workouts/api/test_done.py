"""PUT and DELETE /api/workouts/{id}/done."""

from typing import Any

import pytest

from tests.api_client import ApiClient
from tests.workouts.conftest import Plan
from workouts.models import Change, Workout


def test_a_workout_is_marked_as_done_with_its_figures(api: ApiClient, plan: Plan) -> None:
    run = plan("Run", "2026-11-23", {"is_selected": False}, planned_duration=1.0)
    assert api.send("GET", f"workouts/{run.pk}")["isDone"] is False

    body = {"actualDuration": 0.5, "actualDistanceInMeters": 6000, "rpe": 7, "feeling": 4}
    found = api.send("PUT", f"workouts/{run.pk}/done", body)

    assert {name: found[name] for name in body} == body
    assert (found["isDone"], found["startedAt"], found["selection"]["isSelected"]) == (True, None, True)
    assert found["plannedDuration"] == 1
    assert Change.objects.get().summary == "Run: done, 30 min, RPE 7"


def test_an_empty_body_means_as_planned_and_deleting_it_means_not_done(api: ApiClient, plan: Plan) -> None:
    run = plan("Run", "2026-11-23", planned_duration=1.0)
    assert api.send("PUT", f"workouts/{run.pk}/done", {})["actualDuration"] == 1
    answer = api.send("DELETE", f"workouts/{run.pk}/done")
    assert (answer["isDone"], answer["actualDuration"]) == (False, None)


@pytest.mark.parametrize("body", [{"rpe": 11}, {"feeling": 0}, {"actualDuration": -1}, {"title": "x"}, {"rpe": "7"}])
def test_an_invalid_figure_changes_nothing(api: ApiClient, plan: Plan, body: dict[str, Any]) -> None:
    run = plan("Run", "2026-11-23", planned_duration=1.0)
    answer = api.send("PUT", f"workouts/{run.pk}/done", body, status=422)
    assert list(answer["fields"]) == list(body)
    assert not Workout.objects.get().was_done


def test_an_activity_without_a_plan_stays_done(api: ApiClient, plan: Plan) -> None:
    run = plan("Run", "2026-11-23", is_recorded=True, actual_duration=1.0)
    assert "never planned" in api.send("DELETE", f"workouts/{run.pk}/done", status=409)["error"]
    assert Workout.objects.get().was_done
    api.send("PUT", "workouts/999/done", {}, status=404)
