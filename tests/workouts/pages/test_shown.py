"""Two tabs with the same form: each writes only what was changed in it."""

import datetime
import re
from html import unescape

import pytest
from django.test import Client

from tests.workouts.conftest import Plan
from workouts.models import Change, Preferences, WeekTarget

DAY = datetime.date(2026, 11, 23)


def form_of(athlete: Client, address: str) -> dict[str, str]:
    """What a browser sends of the page's forms as they are shown."""
    page = athlete.get(address).content.decode()
    shown = {name: unescape(value) for name, value in re.findall(r'name="initial-(\w+)"\s+value="([^"]*)"', page)}
    assert shown
    hidden = {f"initial-{name}": value.replace("\n", "\r\n") for name, value in shown.items()}
    return {**shown, **hidden}


def test_what_was_done_keeps_what_an_import_wrote_meanwhile(athlete: Client, plan: Plan) -> None:
    ride = plan("Ride", "2026-11-23", workout_type="Bike", planned_duration=1.35)
    tab = form_of(athlete, f"/workouts/{ride.pk}")
    assert (tab["actual_duration_0"], tab["actual_duration_1"]) == ("1", "21")
    type(ride).objects.update(actual_duration=1.5, actual_distance_meters=45_000.0, actual_heart_rate=143.0)

    athlete.post(f"/workouts/{ride.pk}/done", {**tab, "rpe": "6"})

    ride.refresh_from_db()
    found = (ride.actual_duration, ride.actual_distance_meters, ride.actual_heart_rate, ride.rpe)
    assert found == (1.5, 45_000.0, 143.0, 6.0)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_notes_that_are_written_in_two_tabs_are_not_replaced_silently(
    athlete: Client, plan: Plan, headers: dict[str, str]
) -> None:
    run = plan("Run", "2026-11-23", {"user_notes": "two\nlines"})
    one, other = (form_of(athlete, f"/workouts/{run.pk}") for _ in range(2))
    athlete.post(f"/workouts/{run.pk}/selection", {**one, "user_notes": "bring gels"})
    shown = {"board": "2026-11-23"}
    answer = athlete.post(
        f"/workouts/{run.pk}/selection", {**other, **shown, "user_notes": "new shoes"}, headers=headers
    )
    page = answer if headers else athlete.get(answer.headers["Location"])
    assert "It replaced “bring gels”, written elsewhere meanwhile." in page.content.decode()
    athlete.post(f"/history/{Change.objects.latest('pk').pk}/undo/")
    assert run.selections.get().user_notes == "bring gels"
    alone = athlete.post(
        f"/workouts/{run.pk}/selection", {**form_of(athlete, f"/workouts/{run.pk}"), "user_notes": "x"}
    )
    assert "It replaced" not in athlete.get(alone.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, (1.5, 45_250.0)),
        ({"actual_distance_meters_0": "46"}, (1.5, 46_000.0)),
        ({"actual_distance_meters_1": "mi"}, (1.5, 45.25 * 1609.344)),
        ({"actual_duration_1": "20"}, (4 / 3, 45_250.0)),
    ],
)
def test_a_field_of_two_inputs_is_changed_by_either(
    athlete: Client, plan: Plan, sent: dict[str, str], expected: tuple[float, float]
) -> None:
    figures = {"actual_duration": 1.5, "actual_distance_meters": 45_250.0}
    ride = plan("Ride", "2026-11-23", workout_type="Bike", **figures)
    athlete.post(f"/workouts/{ride.pk}/done", {**form_of(athlete, f"/workouts/{ride.pk}"), **sent})
    ride.refresh_from_db()
    assert (ride.actual_duration, ride.actual_distance_meters) == pytest.approx(expected)


def test_an_own_workout_that_is_edited_in_two_tabs(athlete: Client, plan: Plan) -> None:
    run = plan("Run", "2026-11-23", is_custom=True, workout_description="easy\nand flat", planned_duration=1.0)
    one, other = (form_of(athlete, f"/workouts/{run.pk}/edit") for _ in range(2))
    athlete.post(f"/workouts/{run.pk}/edit", {**one, "title": "Long run", "planned_duration_0": "2"})
    athlete.post(f"/workouts/{run.pk}/edit", {**other, "workout_type": "Bike"})
    run.refresh_from_db()
    assert (run.title, run.planned_duration, run.workout_type) == ("Long run", 2.0, "Bike")
    assert run.workout_description == "easy\nand flat"
    assert Change.objects.count() == 2


def test_a_form_that_was_refused_still_knows_what_it_showed(athlete: Client, plan: Plan) -> None:
    run = plan("Run", "2026-11-23", is_custom=True, planned_duration=1.0)
    address = f"/workouts/{run.pk}/edit"
    tab = form_of(athlete, address)
    refused = athlete.post(address, {**tab, "planned_duration_0": "2", "tss": "-1"})
    assert refused.status_code == 422
    assert 'name="initial-planned_duration_0" value="1"' in refused.content.decode()


def test_targets_that_are_set_in_two_tabs(athlete: Client) -> None:
    WeekTarget.objects.create(week=DAY, minutes=600, tss=500, minutes_by_discipline={"Run": 120})
    address = f"/week/{DAY}/targets"
    one, other = (form_of(athlete, address) for _ in range(2))
    athlete.post(address, {**one, "minutes_0": "12"})
    athlete.post(address, {**other, "Run_0": "3"})
    target = WeekTarget.objects.get()
    assert (target.minutes, target.tss, target.minutes_by_discipline) == (720, 500, {"Run": 180})


def test_targets_that_are_removed(athlete: Client) -> None:
    WeekTarget.objects.create(week=DAY, minutes=600)
    address = f"/week/{DAY}/targets"
    athlete.post(address, {**form_of(athlete, address), "minutes_0": "", "minutes_1": ""})
    assert not WeekTarget.objects.exists()


def test_settings_that_are_saved_in_two_tabs(athlete: Client) -> None:
    one, other = (form_of(athlete, "/settings/") for _ in range(2))
    athlete.post("/settings/", {**one, "distance_unit": "mi"})
    athlete.post("/settings/", {**other, "evening": "18:30"})
    saved = Preferences.load()
    assert (saved.distance_unit, saved.evening) == ("mi", datetime.time(18, 30))
