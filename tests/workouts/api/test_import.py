"""POST /api/workouts/import: a TrainingPeaks export as the file of a form or as the body."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api_client import ApiClient
from workouts.files.archive import pack
from workouts.files.uploads import TOO_LARGE
from workouts.models import Upload, Workout

CSV = """Title,WorkoutType,WorkoutDescription,PlannedDuration,PlannedDistanceInMeters,WorkoutDay,CoachComments,TSS,IF
"Morning Swim","Swim","Easy 2000m swim",1.0,2000.0,2026-01-10,"Focus on form",50.0,0.65
"Long Run","Run","60 minute run",1.0,10000.0,2026-01-11,"Zone 2 effort",45.0,0.70
"""


def upload(api: ApiClient, content: bytes, status: int = 201, name: str = "plan.csv") -> Any:
    response = api.post("/api/workouts/import", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == status, response.content
    return response.json()


@pytest.mark.parametrize(
    "content_type", ["text/csv", "application/x-www-form-urlencoded", "application/octet-stream", ""]
)
def test_the_body_is_imported(api: ApiClient, content_type: str) -> None:
    assert api.send_raw("POST", "workouts/import", CSV, 201, content_type) == {
        "message": "Successfully imported 2 workouts",
        "imported": 2,
        "changed": 0,
        "unchanged": 0,
        "moved": [],
        "skipped": [],
        "unread": [],
        "gone": [],
    }
    assert [workout["title"] for workout in api.send("GET", "workouts")["workouts"]] == ["Morning Swim", "Long Run"]


def test_a_file_is_imported_under_its_name(api: ApiClient) -> None:
    assert upload(api, CSV.encode(), name="january.csv")["imported"] == 2
    kept = Upload.objects.get()
    assert (kept.file_name, str(kept.made_by)) == ("january.csv", "athlete")


def test_importing_again_adds_nothing(api: ApiClient) -> None:
    api.send_raw("POST", "workouts/import", CSV, 201, "text/csv")
    answer = upload(api, CSV.encode())
    assert (answer["imported"], answer["unchanged"]) == (0, 2)
    assert Workout.objects.count() == 2


def test_the_answer_lists_what_was_skipped_changed_or_moved(api: ApiClient) -> None:
    api.send_raw("POST", "workouts/import", CSV, 201, "text/csv")
    content = CSV.replace("50.0", "55.0").replace("2026-01-11", "2026-01-12") + "Ride,Bike,,,,soon,,,\n"

    answer = upload(api, content.encode())

    assert (answer["imported"], answer["changed"]) == (0, 1)
    assert answer["moved"] == [{"row": 3, "title": "Long Run", "from": "2026-01-11", "to": "2026-01-12"}]
    assert [row["row"] for row in answer["skipped"]] == [4]
    assert "soon" in answer["skipped"][0]["reason"]


def test_a_file_whose_every_row_is_skipped_changes_nothing(api: ApiClient) -> None:
    """Nor does it drop the workouts on the days of rows that could not be read."""
    api.send_raw("POST", "workouts/import", CSV, 201, "text/csv")
    head, first, *_ = CSV.splitlines()

    refused = api.send_raw(
        "POST", "workouts/import?gone=drop", f"{head}\n{first.replace('50.0', 'soon')}\n", 422, "text/csv"
    )

    assert refused["error"] == "Not accepted, and nothing was changed. Every row was skipped."
    assert refused["fields"] == {"file": "Every row was skipped."}
    assert [row["row"] for row in refused["skipped"]] == [2]
    assert Workout.objects.exclude(is_dropped=True).count() == 2
    assert Upload.objects.count() == 1


def test_the_answer_lists_gone_workouts_which_are_kept_unless_the_query_says_otherwise(api: ApiClient) -> None:
    api.send_raw("POST", "workouts/import", CSV + "Core,Strength,,1,,2026-01-10,,,\n", 201, "text/csv")
    ids = dict(Workout.objects.values_list("title", "pk"))
    content = CSV.replace("Long Run", "Longest Run")

    kept = {"id": ids["Core"], "title": "Core", "day": "2026-01-10", "decision": "keep", "row": None, "becomes": None}
    renamed = {
        "id": ids["Long Run"],
        "title": "Long Run",
        "day": "2026-01-11",
        "decision": "rename",
        "row": 3,
        "becomes": "Longest Run",
    }
    answer = api.send_raw("POST", "workouts/import?gone=rename", content, 201, "text/csv")
    assert answer["gone"] == [kept, renamed]
    assert api.send("GET", f"workouts/{ids['Long Run']}")["title"] == "Longest Run"

    assert api.send_raw("POST", "workouts/import", content, 201, "text/csv")["gone"] == [kept]
    answer = api.send_raw("POST", "workouts/import?gone=drop", content, 201, "text/csv")
    assert answer["gone"] == [{**kept, "decision": "drop"}]
    dropped = api.send("GET", f"workouts/{ids['Core']}")
    assert (dropped["isDropped"], dropped["isRecorded"]) == (True, False)
    assert [one["title"] for one in api.send("GET", "workouts?selected=false")["workouts"]] == ["Core"]

    refusal = api.send_raw("POST", "workouts/import?gone=away", content, 422, "text/csv")
    assert list(refusal["fields"]) == ["gone"]


def test_actual_values_are_in_the_answers_and_may_be_sent_back(api: ApiClient) -> None:
    header, *rows = CSV.splitlines()
    content = "\n".join([f"{header},TimeTotalInHours,DistanceInMeters,Rpe", *(f"{row},0.9,1900,6" for row in rows)])
    api.send_raw("POST", "workouts/import", content, 201, "text/csv")

    swim = api.send("GET", "workouts")["workouts"][0]

    done = {name: swim[name] for name in ("actualDuration", "actualDistanceInMeters", "actualTss", "rpe", "tss")}
    expected = {"actualDuration": 0.9, "actualDistanceInMeters": 1900, "actualTss": 50, "rpe": 6, "tss": None}
    assert done == expected
    assert api.send("PUT", f"workouts/{swim['id']}", swim) == swim


def test_nothing_to_import_is_400(api: ApiClient) -> None:
    for answer in (
        api.send_raw("POST", "workouts/import", b"", 400, "text/csv"),
        api.send_raw("POST", "workouts/import", b" \r\n", 400, "text/csv"),
        api.send_raw("POST", "workouts/import", b"--x--\r\n", 400, "multipart/form-data; boundary=x"),
        upload(api, b"", 400),
    ):
        assert list(answer) == ["error"]


@pytest.mark.parametrize(
    "content", [b"hello", b"\x00\x01\x02", b"PK\x03\x04", b"{}", b"\xff\xfe", b"Title,WorkoutType,WorkoutDay\n"]
)
def test_a_file_that_is_not_an_export_is_refused_with_the_reason(api: ApiClient, content: bytes) -> None:
    for answer in (api.send_raw("POST", "workouts/import", content, 422, "text/csv"), upload(api, content, 422)):
        assert list(answer["fields"]) == ["file"]
    assert not Workout.objects.exists()


def test_a_file_may_have_ten_megabytes(api: ApiClient) -> None:
    row = "Run,Run,{},1,1,2026-02-01,,,\n".format("x" * 9_000)
    content = (CSV + row * 1_000).encode()
    assert api.send_raw("POST", "workouts/import", content, 201, "text/csv")["imported"] == 1_002

    larger = content + b"\n" * (10 * 1024 * 1024 + 1 - len(content))
    for answer in (
        api.send_raw("POST", "workouts/import", larger, 413, "text/csv"),
        upload(api, larger, 413),
    ):
        assert answer == {"error": f"{TOO_LARGE} Nothing was imported."}


def test_a_broken_form_is_refused(api: ApiClient) -> None:
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        answer = api.send_raw("POST", "workouts/import", b"--y\r\nnonsense", 400, content_type)
        assert list(answer) == ["error"]


def test_what_an_archive_has_beside_the_plan_is_named(api: ApiClient) -> None:
    packed = pack([("plan.csv", CSV.encode()), ("run.fit", b"x"), ("other.ics", b"BEGIN:VCALENDAR")])
    answer = upload(api, packed, name="export.zip")
    assert (answer["imported"], answer["unread"]) == (2, ["run.fit", "other.ics"])
