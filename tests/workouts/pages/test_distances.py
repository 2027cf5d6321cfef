"""Distances are typed in the units in which the athlete reads them."""

import pytest
from django.test import Client

from tests.workouts.conftest import Plan
from workouts.models import Preferences, Workout

pytestmark = pytest.mark.django_db


def shown(athlete: Client, path: str, form: str, name: str) -> list[str | None]:
    """The number and the unit."""
    field = athlete.get(path).context[form][name]
    widgets = field.subwidgets[0].data["subwidgets"]
    return [widgets[0]["value"], *widgets[1]["value"]]


@pytest.mark.parametrize(
    ("kind", "metres", "units", "expected"),
    [
        ("Run", 10_000.0, {}, ["10", "km"]),
        ("Run", 8046.72, {"distance_unit": "mi"}, ["5", "mi"]),
        ("Swim", 2400.0, {"distance_unit": "mi"}, ["2400", "m"]),
        ("Swim", 2286.0, {"swim_unit": "yd"}, ["2500", "yd"]),
        ("Run", None, {"distance_unit": "mi"}, [None, "mi"]),
    ],
)
def test_the_form_has_the_unit_of_the_settings(
    athlete: Client, plan: Plan, kind: str, metres: float | None, units: dict[str, str], expected: list[str]
) -> None:
    Preferences.objects.update_or_create(pk=1, defaults=units)
    own = plan("Own", "2026-11-23", workout_type=kind, planned_distance_meters=metres, is_custom=True)
    assert shown(athlete, f"/workouts/{own.pk}/edit", "form", "planned_distance_meters") == expected
    done = plan("Done", "2026-11-23", workout_type=kind, actual_distance_meters=metres, actual_duration=1.0)
    assert shown(athlete, f"/workouts/{done.pk}", "done_form", "actual_distance_meters") == expected


def test_another_unit_is_another_distance_and_the_same_number_is_the_same_distance(athlete: Client, plan: Plan) -> None:
    run = plan("Run", "2026-11-23", actual_distance_meters=10_234.5678, actual_duration=1.0)
    sent = {"actual_distance_meters_0": "10.235", "actual_distance_meters_1": "km", "rpe": "4"}
    athlete.post(f"/workouts/{run.pk}/done", sent)
    assert Workout.objects.get().actual_distance_meters == 10_234.5678
    athlete.post(f"/workouts/{run.pk}/done", {**sent, "actual_distance_meters_1": "mi"})
    assert Workout.objects.get().actual_distance_meters == pytest.approx(10.235 * 1609.344)
    athlete.post(f"/workouts/{run.pk}/done", {**sent, "actual_distance_meters_0": ""})
    assert Workout.objects.get().actual_distance_meters is None


def test_saving_the_form_of_a_workout_as_it_is_keeps_what_it_shows_rounded(athlete: Client, plan: Plan) -> None:
    own = plan(
        "Own", "2026-11-23", planned_distance_meters=10_234.5678, planned_duration=0.7777, is_custom=True, tss=50.0
    )
    form = {"title": "Own", "workout_type": "Run", "originally_planned_day": "2026-11-23", "tss": "60"}
    form |= {"planned_distance_meters_0": "10.235", "planned_distance_meters_1": "km"}
    athlete.post(f"/workouts/{own.pk}/edit", {**form, "planned_duration_0": "0", "planned_duration_1": "47"})
    now = Workout.objects.get()
    assert (now.planned_distance_meters, now.planned_duration, now.tss) == (10_234.5678, 0.7777, 60)


def test_a_distance_that_is_no_number_is_refused(athlete: Client, plan: Plan) -> None:
    run = plan("Run", "2026-11-23")
    sent = {"actual_distance_meters_0": "far", "actual_distance_meters_1": "km"}
    response = athlete.post(f"/workouts/{run.pk}/done", sent)
    assert response.status_code == 422
    assert "Distance: Enter a number." in response.content.decode()
    response = athlete.post(f"/workouts/{run.pk}/done", {**sent, "actual_distance_meters_0": "10001"})
    assert "Distance: Enter 10,000 km at most." in response.content.decode()
