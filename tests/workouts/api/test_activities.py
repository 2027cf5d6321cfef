"""POST /api/activities."""

import datetime
from typing import cast

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.activities import RUN, SIX, fit
from tests.api_client import ApiClient
from tests.workouts.conftest import Plan
from workouts.files.archive import pack
from workouts.models import Change, Upload, Workout

OCTETS = "application/octet-stream"


def send(api: ApiClient, content: bytes, status: int, query: str = "") -> dict[str, object]:
    answer: dict[str, object] = api.send_raw("POST", f"activities{query}", content, status, OCTETS)
    return answer


def test_a_file_becomes_what_was_done_and_the_same_again_changes_nothing(api: ApiClient, plan: Plan) -> None:
    run = plan("Run", "2026-11-23", planned_duration=0.75)
    expected = [{"startedAt": "2026-11-23T06:00:00Z", "workoutType": "Run", "workoutId": run.pk}]
    assert send(api, fit(RUN), 201) == {"message": "Imported", "activities": expected, "unread": []}
    assert api.send("GET", f"workouts/{run.pk}")["actualDuration"] == 0.75
    assert send(api, fit(RUN), 201) == {"message": "Already imported", "activities": expected, "unread": []}
    assert (Change.objects.count(), Upload.objects.count()) == (1, 1)

    form = {"file": SimpleUploadedFile("run.fit", fit(RUN))}
    assert api.post("/api/activities", form).json()["message"] == "Already imported"


def test_what_is_not_clear_is_refused_with_the_choices(api: ApiClient, plan: Plan) -> None:
    run = plan("Run", "2026-11-23", planned_duration=3.0)
    assert send(api, fit(RUN), 409)["choices"] == [str(run.pk), "new"]
    assert not Upload.objects.exists()
    send(api, fit(RUN), 201, "?workout=new")
    assert Workout.objects.latest("id").is_recorded


RIDE_AND_RUN = [{**RUN, "sport": "cycling"}, {**RUN, "start_time": SIX + datetime.timedelta(hours=2)}]


def test_each_activity_of_a_file_has_its_choice(api: ApiClient, plan: Plan) -> None:
    ride = plan("Ride", "2026-11-23", workout_type="Bike", planned_duration=0.75)
    run = plan("Run", "2026-11-23", planned_duration=3.0)
    answer = send(api, fit(*RIDE_AND_RUN), 409)
    assert (answer["activity"], answer["choices"]) == (2, [str(run.pk), "new"])
    send(api, fit(*RIDE_AND_RUN), 201, "?workout=&workout=new")
    assert Workout.objects.latest("id").is_recorded
    assert api.send("GET", f"workouts/{ride.pk}")["isDone"]


def test_a_bad_file_is_refused(api: ApiClient) -> None:
    assert "truncated or corrupt" in str(send(api, fit(RUN)[:-9], 422)["fields"])
    send(api, b"", 400)
    assert not Upload.objects.exists()


def test_what_cannot_be_read_of_an_archive_is_named_and_the_rest_imported(api: ApiClient, db: None) -> None:
    packed = pack([("run.fit", fit(RUN)), ("plan.csv", b"Title"), ("bad.fit", fit(RUN)[:-9])])
    answer = send(api, packed, 201)
    assert Workout.objects.count() == 1
    plan, bad = cast("list[str]", answer["unread"])
    assert plan == "plan.csv: This is no recorded activity."
    assert bad.startswith("bad.fit: This FIT file is truncated or corrupt.")
