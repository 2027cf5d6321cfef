"""The pages of export and restore: what they show, and that an invalid file changes nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.workouts.planners import as_csv, as_json, document, fill_by_hand
from workouts.files.exports.records import VERSION
from workouts.files.restores import restoring
from workouts.files.uploads import MAX_BYTES
from workouts.history import undo
from workouts.models import Change, Upload, Workout, WorkoutSelection

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def athlete(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("athlete"))
    fill_by_hand()
    return client


def upload(client: Client, content: str | bytes, name: str = "planner.json") -> Any:
    content = content.encode() if isinstance(content, str) else content
    return client.post(reverse("restore"), {"file": SimpleUploadedFile(name, content)})


def error_of(response: Any) -> str:
    assert response.status_code == 422
    return " ".join(response.context["form"].errors["file"])


def test_a_file_is_previewed_then_restored_then_undone(athlete: Client) -> None:
    exported, before = athlete.get("/export.json").content.decode(), document()
    WorkoutSelection.objects.all().delete()
    Workout.objects.filter(pk=7).update(title="Other")

    looked = upload(athlete, exported)
    page = athlete.get(looked["Location"])
    assert [(line["what"], line["added"], line["changed"]) for line in page.context["plan"].counts] == [
        ("workouts", 0, 1),
        ("selections", 1, 0),
    ]
    assert not WorkoutSelection.objects.exists(), "nothing is written before it is confirmed"

    restored = athlete.post(looked["Location"], {"digest": page.context["plan"].digest})
    assert document() == before
    change = Change.objects.get()
    assert restored["Location"] == f"/?changed={change.pk}"
    assert "Restored from planner.json" in athlete.get(restored["Location"]).content.decode()

    athlete.post(reverse("undo", args=[change.pk]))
    assert not WorkoutSelection.objects.exists()
    assert Workout.objects.get(pk=7).title == "Other"


def test_confirming_twice_restores_once(athlete: Client) -> None:
    page = upload(athlete, as_json().replace("Long run", "Longer run"))["Location"]
    digest = {"digest": athlete.get(page).context["plan"].digest}
    assert (
        athlete.post(page, digest)["Location"]
        == athlete.post(page, digest)["Location"]
        == athlete.get(page)["Location"]
    )
    assert Change.objects.count() == 1


def test_a_preview_that_is_deleted_before_it_is_restored(athlete: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another upload deletes those that were previewed the day before."""
    page = upload(athlete, as_json())["Location"]
    monkeypatch.setattr(restoring, "_block_writers", Upload.objects.all().delete)
    assert athlete.post(page, {"digest": ""}).status_code == 404


def test_what_was_changed_meanwhile_is_shown_and_kept(athlete: Client) -> None:
    page = upload(athlete, as_json().replace("Long run", "Longer run"))["Location"]
    digest = athlete.get(page).context["plan"].digest
    Workout.objects.filter(pk=7).update(title="Changed meanwhile")

    response = athlete.post(page, {"digest": digest})

    assert response.status_code == 409
    assert "has changed since this preview" in response.content.decode()
    assert Workout.objects.get(pk=7).title == "Changed meanwhile"
    assert athlete.post(page, {"digest": response.context["plan"].digest}).status_code == 302


def test_an_export_of_the_current_state_has_nothing_to_restore(athlete: Client) -> None:
    page = athlete.get(upload(athlete, as_json())["Location"]).content.decode()
    assert "nothing to restore" in page
    assert "digest" not in page


def test_downloads_are_files_that_no_cache_keeps(athlete: Client) -> None:
    for address, content_type in (("/export.json", "application/json"), ("/export.csv", "text/csv; charset=utf-8")):
        response = athlete.get(address)
        assert response["Content-Type"] == content_type
        assert response["Content-Disposition"].startswith('attachment; filename="planner-2')
        assert "no-store" in response["Cache-Control"]


def test_every_page_needs_a_login(client: Client, db: None) -> None:
    for address in ("/export.json", "/export.csv", "/restore/", "/restore/1/"):
        assert client.get(address)["Location"] == f"/login/?next={address}"


def test_imports_and_restores_do_not_mix(athlete: Client) -> None:
    nothing = {"new": 0, "changed": 0, "moved": [], "unchanged": 0, "skipped": []}
    plan = Upload.objects.create(file_name="plan.csv", content=b"", result=nothing)
    assert athlete.get(reverse("restore_preview", args=[plan.pk])).status_code == 404
    export = upload(athlete, as_json())["Location"].strip("/").split("/")[-1]
    assert athlete.get(reverse("import", args=[export])).status_code == 404
    assert "planner.json" not in athlete.get(reverse("imports")).content.decode()


def edited(edit: Edit) -> str:
    found = document()
    edit(found)
    return json.dumps(found)


def workout(**values: object) -> Edit:
    return lambda found: found["workouts"][1].update(values)


def selection(**values: object) -> Edit:
    return lambda found: found["workouts"][0]["selection"].update(values)


WRONG: list[tuple[Edit, str]] = [
    (workout(tss="many"), "In workouts number 2, tss: Input should be a valid number."),
    (workout(tss=float("nan")), "The file is truncated or is not JSON: lexical error: invalid char in json text."),
    (
        workout(plannedDuration=1e308),
        "In workouts number 2, plannedDuration: Input should be less than or equal to 168",
    ),
    (workout(plannedDistanceInMeters=-1), "plannedDistanceInMeters: Input should be greater than or equal to 0."),
    (workout(workoutDescription="x" * 100_001), "workoutDescription: String should have at most 100000 characters."),
    (workout(originallyPlannedDay="9999-12-31"), "originallyPlannedDay: A year from 1970 to 2199 is needed."),
    (workout(tss=True), "In workouts number 2, tss: Input should be a valid number."),
    (workout(id=2**31), "In workouts number 2, id: Input should be less than or equal to 2000000000."),
    (workout(id=0), "In workouts number 2, id: Input should be greater than or equal to 1."),
    (workout(id=3), "The workout id 3 appears more than once."),
    (workout(title="a\0b"), "In workouts number 2, title: A NUL character cannot be stored."),
    (workout(title="a\ud800b"), "The file is truncated or is not JSON: half of a surrogate pair is not a character."),
    (workout(title="a\udc00b"), "The file is truncated or is not JSON: half of a surrogate pair is not a character."),
    (workout(title="x" * 501), "In workouts number 2, title: String should have at most 500 characters."),
    (workout(title=None), "In workouts number 2, title: Input should be a valid string."),
    (workout(isCustom=1), "In workouts number 2, isCustom: Input should be a valid boolean."),
    (workout(originallyPlannedDay="86400"), "originallyPlannedDay: A date such as 2026-11-23 is needed."),
    (workout(originallyPlannedDay="2026-02-30"), "originallyPlannedDay: A date such as 2026-11-23 is needed."),
    (workout(createdAt="2026-11-23T00:00:00"), "createdAt: Input should have timezone info."),
    (workout(createdAt="0001-01-01T00:00:00+05:00"), "createdAt: A year from 1970 to 2199 is needed."),
    (workout(**{"x" * 1000: 1}), f"In workouts number 2, {'x' * 100}: Extra inputs are not permitted."),
    (lambda found: found.update({"x" * 1000: 1}), f"In {'x' * 100}: Extra inputs are not permitted."),
    (workout(selection=[]), "In workouts number 2, selection: Input should be"),
    (workout(hours=1), "In workouts number 2, hours: Extra inputs are not permitted."),
    (selection(workoutId=99), "In workouts number 1, selection, workoutId: Extra inputs are not permitted."),
    (selection(timeOfDay="x" * 51), "selection, timeOfDay: String should have at most 50 characters."),
    (selection(isSelected="yes"), "selection, isSelected: Input should be a valid boolean."),
    (lambda found: found["workouts"][1].pop("tss"), "In workouts number 2, tss: Field required."),
    (lambda found: found["weekTargets"].append(found["weekTargets"][0]), "The target of week 2026-11-23 appears more"),
    (lambda found: found["weekTargets"][0].update(minutes=2**31), "In weekTargets number 1, minutes: Input"),
    (lambda found: found["weekTargets"][0].update(minutesByDiscipline={"Run": -1}), "minutesByDiscipline, Run: "),
    (lambda found: found["preferences"].update(morning="07:00+01:00"), "In preferences, morning: A time of day has"),
    (lambda found: found["preferences"].update(swimUnit="ft"), "In preferences, swimUnit: Input should be 'm'"),
    (lambda found: found["archivedSelections"][0].update(filled=[]), "In archivedSelections number 1, filled: "),
    (workout(selection={"a": [0] * 1000}), "In workouts number 2: larger than any record can be."),
    (lambda found: found.pop("workouts"), "In workouts: Field required."),
    (lambda found: found["weekTargets"][0].update(minutesByDiscipline={"Rum": 1}), "Rum: Unknown discipline."),
    (lambda found: found.update(workouts={}), "In workouts: Input should be a valid "),
    (
        lambda found: found.update(version=VERSION + 1),
        f"The file has version {VERSION + 1} of the format, and this planner reads up to version {VERSION}.",
    ),
    (lambda found: found.update(version="new"), "Restoring needs an export.json of this planner."),
    (lambda found: found.update(format="other"), "Restoring needs an export.json of this planner."),
]


@pytest.mark.parametrize(("edit", "reason"), WRONG, ids=[reason for _, reason in WRONG])
def test_invalid_json_is_refused_with_the_place(athlete: Client, edit: Edit, reason: str) -> None:
    before = document()
    assert reason in error_of(upload(athlete, edited(edit)))
    assert document() == before
    assert not Upload.objects.exists()


def test_a_duplicate_part_is_refused(athlete: Client) -> None:
    for part in ("workouts", "preferences"):
        twice = as_json().replace('"workouts": ', f'"{part}": null, "workouts": ')
        assert f"In {part}: It appears more than once." in error_of(upload(athlete, twice))


def test_a_file_that_is_not_json_is_refused(athlete: Client) -> None:
    exported, before = as_json(), document()
    for text in (
        exported[: len(exported) // 2],
        "{" * 100_000,
        exported.replace('"tss": null', '"tss": ' + "9" * 5000),
        exported.replace('"tss": null', '"tss": 1e999'),
        exported + "x",
        exported.replace("Long", "\\udc00"),
    ):
        assert "The file is truncated or is not JSON: " in error_of(upload(athlete, text))
    assert document() == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The submitted file is empty."),
        (b" \n", "Restoring needs an export.json of this planner."),
        (b"[]", "This is a JSON file (.json). Restoring"),
        (b'{"a": 1, "b": {"c": 2}}', "This is a JSON file (.json), an object with “a”, “b”. Restoring"),
        (b"BEGIN:VCALENDAR\r\n", "This is a calendar file (.ics). Restoring needs an export.json of this planner."),
        (b"PK\x03\x04\xff\xfe", "This is a ZIP archive (.zip). Restoring"),
        ("{}".encode("utf-16"), "Restoring needs an export.json of this planner."),
        (b" " * (MAX_BYTES + 1), "The file is larger than 10 MB."),
        (b"Title,WorkoutType,WorkoutDay\nRun,Run,2026-11-23\n", "This is a TrainingPeaks export (.csv). Restoring"),
        (b"name,type\nRun,Run\n", "Restoring needs an export.json of this planner."),
    ],
    ids=range(10),
)
def test_a_file_that_is_not_an_export_is_refused(athlete: Client, content: bytes, reason: str) -> None:
    assert reason in error_of(upload(athlete, content))
    assert not Upload.objects.exists()


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_csv_export_is_refused_with_what_to_upload_instead(athlete: Client, delimiter: str) -> None:
    before = document()
    assert error_of(upload(athlete, as_csv().replace(",", delimiter), "planner.csv")) == (
        "This is an export.csv of this planner, for spreadsheets."
        " Restoring needs an export.json of this planner. Nothing was changed."
    )
    assert document() == before
    assert not Upload.objects.exists()


def test_an_unconfirmed_file_is_deleted_after_a_day(athlete: Client) -> None:
    upload(athlete, as_json())
    Upload.objects.update(made_at="2026-01-01T00:00:00Z")
    upload(athlete, as_json())
    assert Upload.objects.count() == 1


def test_a_restore_can_be_restored_over_and_undone_in_turn(athlete: Client) -> None:
    exported, empty = as_json(), '{"format": "workout-planner", "version": 1, "workouts": []}'
    for text in (empty, exported):
        page = upload(athlete, text)["Location"]
        athlete.post(page, {"digest": athlete.get(page).context["plan"].digest})
    emptied, filled = Change.objects.order_by("id")
    undo(filled.pk, by=None)
    undo(emptied.pk, by=None)
    assert Workout.objects.count() == 2
