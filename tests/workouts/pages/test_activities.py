"""The pages for recorded activities."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.activities import RUN, SIX, fit
from tests.workouts.conftest import Plan
from workouts.models import Change, Upload, Workout

pytestmark = pytest.mark.either_engine

MONDAY = "2026-11-23"


def sent(athlete: Client, content: bytes, name: str = "run.fit") -> str:
    """Sends a file on the page of imports. The address of its preview."""
    response = athlete.post("/imports/", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302
    return response.headers["Location"]


def test_an_activity_is_previewed_imported_listed_and_undone(athlete: Client, plan: Plan) -> None:
    run = plan("Easy <run>", MONDAY, planned_duration=0.75)
    address = sent(athlete, fit(RUN))

    preview = athlete.get(address)
    page = preview.content.decode()
    for words in ("Monday 23 November 2026", "45 min", "8 km", "140 bpm", "Easy &lt;run&gt;", "Not planned"):
        assert words in page
    assert not Workout.objects.get().was_done
    assert 'href="/activities/' in athlete.get("/imports/").content.decode()

    confirmed = {"digest": preview.context["plan"].digest, "workout-0": str(run.pk)}
    week = athlete.post(address, confirmed).headers["Location"]
    assert week == f"/week/{MONDAY}?changed={Change.objects.get().pk}#day-{MONDAY}"
    assert "Imported run.fit: Run" in athlete.get(week).content.decode()
    assert Workout.objects.get().was_done
    listed = athlete.get("/imports/").content.decode()
    assert "run.fit" in listed
    assert athlete.get(address).headers["Location"] == "/imports/"

    athlete.post(f"/history/{Change.objects.get().pk}/undo/")
    assert not Workout.objects.get().was_done


def test_what_is_not_clear_has_to_be_chosen(athlete: Client, plan: Plan) -> None:
    run = plan("Run", MONDAY, planned_duration=3.0)
    address = sent(athlete, fit(RUN))
    preview = athlete.get(address)
    assert "It is not clear which workout this was." in preview.content.decode()
    digest = preview.context["plan"].digest

    refused = athlete.post(address, {"digest": digest})
    assert (refused.status_code, "Nothing was imported." in refused.content.decode()) == (422, True)
    outdated = athlete.post(address, {"digest": "x", "workout-0": str(run.pk)})
    assert (outdated.status_code, "The plan has changed" in outdated.content.decode()) == (409, True)
    assert not Workout.objects.get().was_done
    athlete.post(address, {"digest": digest, "workout-0": str(run.pk)})
    assert Workout.objects.get().was_done


@pytest.mark.parametrize(("days", "said"), [(0, False), (20_000, True)])
def test_an_activity_of_a_clock_that_is_ahead_is_pointed_out(athlete: Client, days: int, *, said: bool) -> None:
    run = {**RUN, "start_time": SIX + datetime.timedelta(days=days)}
    page = athlete.get(sent(athlete, fit(run))).content.decode()
    assert ("It begins in the future." in page) == said


def test_the_same_file_again_has_nothing_to_import_and_can_be_discarded(athlete: Client, plan: Plan) -> None:
    for _ in range(2):
        address = sent(athlete, fit(RUN))
        page = athlete.get(address)
        athlete.post(address, {"digest": page.context["plan"].digest, "workout-0": "new"})
    assert "Already in the planner" in page.content.decode()
    assert ">Import</button>" not in page.content.decode()
    assert (Workout.objects.count(), Change.objects.count()) == (1, 1)

    athlete.post(f"/imports/{Upload.objects.latest('id').pk}/discard/")
    assert Upload.objects.count() == 1


def test_the_file_can_be_downloaded_as_it_was_sent(athlete: Client) -> None:
    sent(athlete, fit(RUN))
    response = athlete.get(f"/imports/{Upload.objects.get().pk}/file/")
    assert (b"".join(response), response["Content-Type"]) == (fit(RUN), "application/octet-stream")


@pytest.mark.parametrize("content", [fit(RUN)[:-10], b"<gpx><trk/></gpx>", b"\x1f\x8b\x08"])
def test_a_bad_file_is_refused_on_the_page(athlete: Client, content: bytes) -> None:
    response = athlete.post("/imports/", {"file": SimpleUploadedFile("run.fit", content)})
    assert (response.status_code, "Nothing was imported." in response.content.decode()) == (422, True)
    assert not Upload.objects.exists()


def test_the_preview_of_an_activity_is_no_import_of_a_plan(athlete: Client) -> None:
    sent(athlete, fit(RUN))
    number = Upload.objects.get().pk
    assert athlete.get(f"/imports/{number}/").status_code == 404
    assert athlete.get(f"/restore/{number}/").status_code == 404


def test_it_needs_a_login(client: Client, db: None) -> None:
    assert client.get("/activities/1/").headers["Location"].startswith("/login/")
    assert client.get("/season/2026-11-23").headers["Location"].startswith("/login/")


def chosen(athlete: Client, **files: bytes) -> Any:
    """Sends several files at once; `run_fit` is called run.fit."""
    several = [SimpleUploadedFile(name.replace("_", "."), content) for name, content in files.items()]
    return athlete.post("/imports/", {"file": several}, follow=True)


def test_several_activities_are_chosen_at_once_and_undone_as_one_step(athlete: Client, plan: Plan) -> None:
    run = plan("Easy run", MONDAY, planned_duration=0.75)
    swim = {**RUN, "sport": "swimming", "start_time": SIX + datetime.timedelta(hours=9)}
    preview = chosen(athlete, run_fit=fit(RUN), swim_fit=fit(swim), plan_csv=b"Title")
    page = " ".join(preview.content.decode().split())
    assert "Preview of <bdi>3 files.zip</bdi>" in page
    assert "1 file will not be imported:</p>" in page
    assert "plan.csv: This is no recorded activity." in page

    sent = {"digest": preview.context["plan"].digest, "workout-0": str(run.pk), "workout-1": "new"}
    athlete.post(preview.redirect_chain[-1][0], sent)
    assert [(one.title, one.was_done) for one in Workout.objects.all()] == [("Easy run", True), ("Swim", True)]
    athlete.post(f"/history/{Change.objects.get().pk}/undo/")
    assert [(one.title, one.was_done) for one in Workout.objects.all()] == [("Easy run", False)]


def test_several_plans_at_once_are_refused(athlete: Client) -> None:
    refused = chosen(athlete, a_csv=b"Title", b_csv=b"Title")
    assert refused.status_code == 422
    assert "Import a plan by itself. Nothing was imported." in refused.content.decode()
    assert not Upload.objects.exists()


def test_many_activities_are_counted_by_sport(athlete: Client) -> None:
    runs = {f"run_{hour}_fit": fit({**RUN, "start_time": SIX + datetime.timedelta(hours=hour)}) for hour in (0, 5)}
    swim = fit({**RUN, "sport": "swimming", "start_time": SIX + datetime.timedelta(hours=9)})
    chosen(athlete, **runs, swim_fit=swim)
    assert "Run (2), Swim" in athlete.get("/imports/").content.decode()
