"""/api/workouts, with the names and shapes that the old front end uses."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.api_client import ApiClient
from tests.workouts.conftest import Plan
from workouts.history import undo
from workouts.models import Change, Workout

NOTHING_DONE = {
    "isDone": False,
    "startedAt": None,
    "actualDuration": None,
    "actualDistanceInMeters": None,
    "actualTss": None,
    "actualIntensityFactor": None,
    "actualHeartRate": None,
    "actualPower": None,
    "rpe": None,
    "feeling": None,
    "isRecorded": False,
    "isDropped": False,
}


def titles(answer: dict[str, Any]) -> list[str]:
    return [workout["title"] for workout in answer["workouts"]]


def test_an_empty_planner_has_no_workouts(api: ApiClient) -> None:
    assert api.send("GET", "workouts") == {"workouts": [], "count": 0}


def test_a_workout_has_the_fields_of_the_old_application(api: ApiClient, plan: Plan) -> None:
    workout = plan(
        "Long swim",
        "2026-11-23",
        workout_type="Swim",
        workout_description="Easy 2000",
        planned_duration=1.5,
        planned_distance_meters=2000.0,
        coach_comments="Focus on form",
        tss=50.0,
        intensity_factor=0.65,
    )
    created = workout.created_at
    assert created

    assert api.send("GET", f"workouts/{workout.pk}") == {
        "id": workout.pk,
        "title": "Long swim",
        "workoutType": "Swim",
        "workoutDescription": "Easy 2000",
        "plannedDuration": 1.5,
        "plannedDistanceInMeters": 2000.0,
        "originallyPlannedDay": "2026-11-23",
        "coachComments": "Focus on form",
        "tss": 50.0,
        "intensityFactor": 0.65,
        "isCustom": False,
        **NOTHING_DONE,
        "createdAt": created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "selection": None,
    }


def test_a_workout_carries_its_selection(api: ApiClient, plan: Plan) -> None:
    workout = plan(
        "Run",
        "2026-11-23",
        {"is_selected": False, "current_plan_day": "2026-11-23", "time_of_day": "7am", "user_notes": "bring gels"},
    )
    selection = workout.selection
    assert selection
    assert selection.updated_at

    assert api.send("GET", f"workouts/{workout.pk}")["selection"] == {
        "id": selection.pk,
        "workoutId": workout.pk,
        "isSelected": False,
        "currentPlanDay": "2026-11-23",
        "timeOfDay": "7am",
        "workoutLocation": None,
        "userNotes": "bring gels",
        "updatedAt": selection.updated_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def test_gaps_in_the_old_applications_rows_read_as_they_were_meant(api: ApiClient, plan: Plan) -> None:
    """In rows of the old database an empty is_selected means selected, and NaN means no value."""
    workout = plan("Run", "2026-11-23", {"is_selected": None})
    Workout.objects.update(created_at=None, tss=float("nan"), planned_duration=float("inf"))

    answer = api.send("GET", f"workouts/{workout.pk}")

    assert answer["selection"]["isSelected"] is True
    assert (answer["createdAt"], answer["tss"], answer["plannedDuration"]) == (None, None, None)


def test_workouts_are_ordered_by_the_coachs_day(api: ApiClient, plan: Plan) -> None:
    plan("later", "2026-11-26")
    plan("moved to the front", "2026-11-25", {"current_plan_day": "2026-11-23"})
    plan("first", "2026-11-24")
    plan("second", "2026-11-24")

    answer = api.send("GET", "workouts")

    assert titles(answer) == ["first", "second", "moved to the front", "later"]
    assert answer["count"] == 4


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("startDate=2026-11-24&endDate=2026-11-25", ["tuesday", "moved to tuesday", "wednesday"]),
        ("startDate=2026-11-25", ["wednesday", "moved away"]),
        ("endDate=2026-11-24", ["monday", "tuesday", "moved to tuesday"]),
        ("startDate=2026-11-24T22:30:00Z&endDate=2026-11-24", ["tuesday", "moved to tuesday"]),
        ("startDate=0001-01-01&endDate=9999-12-31&selected=false", ["moved away"]),
        ("selected=true", ["monday", "tuesday", "wednesday", "moved to tuesday"]),
        ("workoutType=Bike", ["wednesday"]),
        ("workoutType=Bike&selected=false", []),
        ("workoutType=%C3%A9", []),
        ("unknown=1&selected=false", ["moved away"]),
    ],
)
def test_filters_go_by_the_athletes_day(api: ApiClient, plan: Plan, query: str, found: list[str]) -> None:
    plan("monday", "2026-11-23")
    plan("tuesday", "2026-11-24")
    plan("wednesday", "2026-11-25", workout_type="Bike")
    plan("moved to tuesday", "2026-12-13", {"current_plan_day": "2026-11-24"})
    plan("moved away", "2026-11-24", {"is_selected": False, "current_plan_day": "2026-12-23"})

    assert sorted(titles(api.send("GET", f"workouts?{query}"))) == sorted(found)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("startDate=tomorrow", "startDate"),
        ("startDate=", "startDate"),
        ("endDate=2026-02-30", "endDate"),
        ("endDate=1764000000", "endDate"),
        ("startDate=2026-11-24&endDate=2026-11-23", "endDate"),
        ("selected=maybe", "selected"),
        ("selected=1", "selected"),
        ("workoutType=%00", "workoutType"),
        ("workoutType=" + "x" * 101, "workoutType"),
    ],
)
def test_an_invalid_filter_is_named(api: ApiClient, query: str, field: str) -> None:
    answer = api.send("GET", f"workouts?{query}", status=422)
    assert list(answer["fields"]) == [field]
    assert field in answer["error"]


def test_the_list_takes_a_constant_number_of_queries(
    api: ApiClient, plan: Plan, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(1, 31):
        plan("Run", f"2026-11-{day:02}", {"is_selected": True})
    with django_assert_num_queries(3):  # token, workouts, selections
        assert api.send("GET", "workouts?startDate=2026-11-01&selected=true")["count"] == 30


def test_a_workout_that_is_added_is_the_athletes_own(api: ApiClient) -> None:
    body = {
        "title": "Group Ride",
        "workoutType": "Bike",
        "workoutDescription": "Weekly",
        "originallyPlannedDay": "2026-01-15",
        "plannedDuration": 2.0,
        "plannedDistanceInMeters": 50000,
        "tss": 120.0,
        "isCustom": True,
        "timeOfDay": "Saturday 8am",
        "workoutLocation": "outdoor",
    }

    added = api.send("POST", "workouts", body, status=201)

    assert added == api.send("GET", f"workouts/{added['id']}")
    assert {**added, **{name: body[name] for name in body if name in added}} == added
    assert added["selection"]["timeOfDay"] == "Saturday 8am"
    assert added["selection"]["workoutLocation"] == "outdoor"


def test_a_workout_needs_only_a_title_and_a_day(api: ApiClient) -> None:
    body = {"title": "Walk", "originallyPlannedDay": "2026-01-15T23:30:00.000-08:00", "timeOfDay": "", "tss": None}
    added = api.send("POST", "workouts", body, status=201)
    assert (added["workoutType"], added["originallyPlannedDay"], added["isCustom"]) == ("Other", "2026-01-15", True)
    assert added["selection"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"originallyPlannedDay": "2026-01-15"}, "title"),
        ({"title": "", "originallyPlannedDay": "2026-01-15"}, "title"),
        ({"title": "Walk"}, "originallyPlannedDay"),
        ({"title": "Walk", "originallyPlannedDay": None}, "originallyPlannedDay"),
        ({"title": "Walk", "originallyPlannedDay": "2026-01-15", "isCustom": False}, "isCustom"),
        ({"title": "Walk", "originallyPlannedDay": "2026-01-15", "workoutType": None}, "workoutType"),
        ({"title": "Walk", "originallyPlannedDay": "2026-01-15", "planned_duration": 1}, "planned_duration"),
    ],
)
def test_a_workout_that_is_incomplete_or_the_coachs_is_not_added(
    api: ApiClient, body: dict[str, Any], field: str
) -> None:
    assert list(api.send("POST", "workouts", body, status=422)["fields"]) == [field]
    assert not Workout.objects.exists()


def test_the_fields_that_are_sent_change_an_own_workout(api: ApiClient) -> None:
    added = api.send("POST", "workouts", {"title": "Ride", "originallyPlannedDay": "2026-01-15", "tss": 50}, 201)

    body = {"title": "Long ride", "tss": None, "plannedDuration": 3, "originallyPlannedDay": "2026-01-16"}
    changed = api.send("PUT", f"workouts/{added['id']}", body)

    assert changed == {**added, **body}


def test_another_day_of_the_plan_does_not_move_back_a_moved_workout(api: ApiClient, plan: Plan) -> None:
    ride = plan("Club ride", "2026-11-28", {"current_plan_day": "2026-11-29"}, is_custom=True)
    answer = api.send("PUT", f"workouts/{ride.pk}", {"originallyPlannedDay": "2026-12-01"})
    assert (answer["originallyPlannedDay"], answer["selection"]["currentPlanDay"]) == ("2026-12-01", "2026-11-29")


def test_an_answer_can_be_sent_back(api: ApiClient, plan: Plan) -> None:
    own = api.send("POST", "workouts", {"title": "Ride", "originallyPlannedDay": "2026-01-15"}, 201)
    coachs = api.send("GET", f"workouts/{plan('Run', '2026-11-23', {}).pk}")
    for got in (own, coachs):
        assert api.send("PUT", f"workouts/{got['id']}", got) == got
        assert api.send("PUT", f"workouts/{got['id']}", {**got, "tss": 70.5}) == {**got, "tss": 70.5}
    copy = api.send("POST", "workouts", own, 201)
    assert copy == {**own, "id": copy["id"], "createdAt": copy["createdAt"]}
    assert copy["id"] != own["id"]


def test_only_tss_time_and_place_of_a_coachs_workout_change(api: ApiClient, plan: Plan) -> None:
    workout = plan("Run", "2026-11-23")

    changed = api.send("PUT", f"workouts/{workout.pk}", {"tss": 70, "timeOfDay": "7am", "workoutLocation": "indoor"})

    assert changed["tss"] == 70
    assert (changed["selection"]["timeOfDay"], changed["selection"]["workoutLocation"]) == ("7am", "indoor")
    refused = api.send("PUT", f"workouts/{workout.pk}", {"tss": 80, "title": "Mine", "timeOfDay": "8am"}, status=403)
    assert refused == {"error": "“Run” is the coach's: only its TSS can be changed."}
    assert api.send("GET", f"workouts/{workout.pk}") == changed


def test_what_is_sent_together_is_one_change(api: ApiClient, plan: Plan) -> None:
    ride = plan("Ride", "2026-11-28")
    api.send("PUT", f"workouts/{ride.pk}", {"tss": 70, "timeOfDay": "7am"})
    undo(Change.objects.get().pk, by=None)
    ride.refresh_from_db()
    assert (ride.tss, api.send("GET", f"workouts/{ride.pk}")["selection"]) == (None, None)


def test_is_custom_cannot_be_changed(api: ApiClient) -> None:
    added = api.send("POST", "workouts", {"title": "Ride", "originallyPlannedDay": "2026-01-15"}, 201)
    answer = api.send("PUT", f"workouts/{added['id']}", {"title": "Coach's", "isCustom": False}, status=422)
    assert list(answer["fields"]) == ["isCustom"]
    assert api.send("GET", f"workouts/{added['id']}") == added
    assert Change.objects.count() == 1


def test_deleting_an_own_workout_can_be_undone(api: ApiClient) -> None:
    body = {"title": "Ride", "originallyPlannedDay": "2026-01-15", "timeOfDay": "7am"}
    added = api.send("POST", "workouts", body, 201)

    assert api.send("DELETE", f"workouts/{added['id']}") == {"message": "Workout deleted"}
    assert api.send("GET", f"workouts/{added['id']}", status=404) == {"error": "Workout not found"}

    deletion = Change.objects.latest("id")
    assert (deletion.summary, str(deletion.made_by)) == ("Ride: deleted", "athlete")
    undo(deletion.pk, by=None)
    assert api.send("GET", f"workouts/{added['id']}")["selection"]["timeOfDay"] == "7am"


def test_a_coachs_workout_cannot_be_deleted(api: ApiClient, plan: Plan) -> None:
    workout = plan("Run", "2026-11-23")
    answer = api.send("DELETE", f"workouts/{workout.pk}", status=403)
    assert answer == {"error": "“Run” is the coach's: it can be skipped, not deleted."}
    assert Workout.objects.exists()


def test_stats_count_as_the_old_application_did_and_more(api: ApiClient, plan: Plan) -> None:
    plan("untouched", "2026-11-23")
    plan("selected", "2026-11-23", {"is_selected": True})
    plan("left open", "2026-11-23", {"is_selected": None})
    plan("skipped", "2026-11-23", {"is_selected": False})
    api.send("POST", "workouts", {"title": "Ride", "originallyPlannedDay": "2026-01-15"}, 201)

    assert api.send("GET", "stats") == {
        "totalWorkouts": 5,
        "selectedWorkouts": 1,
        "customWorkouts": 1,
        "skippedWorkouts": 1,
        "plannedWorkouts": 4,
    }
