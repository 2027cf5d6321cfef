"""What was done is imported into separate columns, and the plan's sums count only the plan."""

import datetime
from typing import Any

import pytest
from django.test import Client

from tests.trainingpeaks import Cells, export, workout
from workouts.files.imports.importing import import_file
from workouts.history import add_workout, edit_workout, record_done, undo
from workouts.models import ACTUAL, Workout
from workouts.plan.season import season
from workouts.plan.summary import Sum, summarise

MONDAY, TUESDAY, WEDNESDAY = "2026-11-23", "2026-11-24", "2026-11-25"
RUN = workout("Long run", MONDAY, WorkoutDescription="Flat", PlannedDuration="1.5", PlannedDistanceInMeters="15000")
FIGURES: Cells = {
    "TimeTotalInHours": "1.25",
    "DistanceInMeters": "12500.5",
    "HeartRateAverage": "148",
    "PowerAverage": "303",
    "Rpe": "6",
    "Feeling": "4",
    "IF": "0.9",
    "TSS": "101.5",
}
ACTIVITY = workout("Running", TUESDAY, TimeTotalInHours="0.75", TSS="60")
DONE = dict(zip(ACTUAL, (1.25, 12500.5, 101.5, 0.9, 148, 303, 6, 4), strict=True))
NOTHING: dict[str, Any] = dict.fromkeys(ACTUAL)

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.either_engine]


def imported(*rows: Cells) -> dict[str, Any]:
    result: dict[str, Any] = import_file("plan.csv", export(*rows), by=None).result
    return result


def only() -> Workout:
    return Workout.objects.get()


def actual(workout: Workout) -> dict[str, Any]:
    return {name: getattr(workout, name) for name in ACTUAL}


def test_what_was_done_is_kept_beside_what_was_planned() -> None:
    imported({**RUN, **FIGURES})

    run = only()
    assert (run.planned_duration, run.planned_distance_meters, run.tss, run.intensity_factor) == (
        1.5,
        15000,
        None,
        None,
    )
    assert actual(run) == DONE
    assert run.was_done
    assert run.is_recorded is False


def test_tss_is_the_plans_where_nothing_was_done() -> None:
    imported({**RUN, "TSS": "90", "IF": "0.8", "TimeTotalInHours": "0", "DistanceInMeters": "0"})

    assert (only().tss, only().intensity_factor, actual(only())) == (90, 0.8, NOTHING)


def test_without_a_tss_it_is_computed_from_what_was_done() -> None:
    imported({**RUN, "IF": "0.8", "TimeTotalInHours": "1.5"})
    assert only().tss is None
    assert only().actual_tss == pytest.approx(96)
    assert imported({**RUN, "IF": "0.8", "TimeTotalInHours": "1.5"})["unchanged"] == 1


def test_a_planned_workout_that_is_done_stays_planned_and_keeps_the_estimate() -> None:
    imported(RUN)
    edit_workout(only().pk, {"tss": 85.0}, by=None)

    result = imported({**RUN, **FIGURES})

    assert (result["changed"], result["new"]) == (1, 0)
    assert (only().tss, only().planned_duration, only().is_recorded) == (85, 1.5, False)
    assert actual(only()) == DONE
    assert imported({**RUN, **FIGURES})["unchanged"] == 1


def test_a_file_that_says_nothing_of_it_leaves_what_was_done() -> None:
    imported({**RUN, **FIGURES})
    assert imported(RUN)["unchanged"] == 1
    assert actual(only()) == DONE


def test_a_figure_that_was_corrected_or_taken_away_is_followed() -> None:
    imported({**RUN, **FIGURES})
    imported({**RUN, **FIGURES, "TSS": "80", "Rpe": ""})
    assert actual(only()) == {**DONE, "actual_tss": 80, "rpe": None}


def test_an_activity_without_a_plan_is_recorded_and_in_no_sum_of_the_plan(athlete: Client) -> None:
    imported(RUN, ACTIVITY)
    week, monday = Workout.objects.with_selection(), datetime.date(2026, 11, 23)

    run = Sum(count=1, minutes=90, metres=15000, tss=1.5 * 0.75**2 * 100, estimated=True)
    total = summarise(week, monday + datetime.timedelta(days=4), None).total
    assert (total.planned, total.done) == (run, Sum(count=1, minutes=45, tss=60))
    assert [bar.hours for bar in season(monday, monday).bars if bar.shown] == [1.5]
    assert list(Workout.objects.planned().values_list("title", flat=True)) == ["Long run"]

    page = athlete.get("/week/2026-11-23").content.decode()
    assert '<span class="tag">Recorded</span>' in page
    assert "45 min" in page
    assert "Done so far" not in page
    assert "Running" not in athlete.get("/week/2026-11-23?source=coach").content.decode()
    assert "Running" in athlete.get("/week/2026-11-23?source=recorded").content.decode()
    assert "60 TSS" in athlete.get(f"/workouts/{Workout.objects.get(title='Running').pk}").content.decode()


def test_what_was_done_is_on_the_page_of_a_planned_workout(athlete: Client) -> None:
    imported({**RUN, **FIGURES})
    page = athlete.get(f"/workouts/{only().pk}").content.decode()
    assert "Done (-17 %)" in " ".join(page.split())
    for figure in ("1 h 15 min", "12.5 km", "102 TSS", "148 bpm", "303 W", "RPE 6"):
        assert figure in page


@pytest.mark.parametrize("plan", [{"WorkoutDescription": "Three rounds"}, {"PlannedDistanceInMeters": "2000"}])
def test_anything_planned_makes_it_a_planned_workout(plan: Cells) -> None:
    imported({**ACTIVITY, **plan})
    assert only().is_recorded is False


def test_what_was_planned_by_its_title_alone_stays_planned_when_it_is_done() -> None:
    imported(workout("Yoga", MONDAY, "Other"))
    imported(workout("Yoga", MONDAY, "Other", TimeTotalInHours="1"))
    assert (only().is_recorded, only().actual_duration) == (False, 1)


def test_a_recorded_activity_that_gets_a_plan_is_planned() -> None:
    imported(ACTIVITY)
    imported({**ACTIVITY, "PlannedDuration": "1"})
    assert (only().is_recorded, only().planned_duration, only().actual_duration) == (False, 1, 0.75)


def test_what_an_earlier_version_stored_as_planned_is_moved_once() -> None:
    """It stored the actual TSS and intensity in the plan's columns, and did not determine what was recorded."""
    Workout.objects.create(
        title="Running", workout_type="Run", originally_planned_day=TUESDAY, tss=60.0, intensity_factor=0.9
    )
    before = Workout.objects.values().get()
    upload = import_file("plan.csv", export({**ACTIVITY, "IF": "0.9"}), by=None)

    run = only()
    assert (run.tss, run.intensity_factor, run.actual_tss, run.actual_intensity_factor) == (None, None, 60, 0.9)
    assert run.is_recorded

    edit_workout(run.pk, {"tss": 60.0}, by=None)
    assert imported({**ACTIVITY, "IF": "0.9"})["unchanged"] == 1
    assert only().tss == 60

    edit_workout(run.pk, {"tss": None}, by=None)
    assert upload.change
    undo(upload.change.pk, by=None)
    assert {**Workout.objects.values().get(), "modified_at": None} == {**before, "modified_at": None}


def test_the_figures_distinguish_activities_with_the_same_title() -> None:
    first = workout("Running", MONDAY, TimeTotalInHours="1", TSS="80")
    second = workout("Running", MONDAY, TimeTotalInHours="0.5", TSS="30")
    for tss in (80.0, 30.0):
        Workout.objects.create(title="Running", workout_type="Run", originally_planned_day=MONDAY, tss=tss)
    ids = {row.tss: row.pk for row in Workout.objects.all()}

    imported(second, first)
    assert {row.actual_tss: row.pk for row in Workout.objects.all()} == ids

    imported({**second, "Rpe": "3"}, {**first, "Rpe": "8"})
    assert {row.actual_tss: (row.pk, row.rpe) for row in Workout.objects.all()} == {80: (ids[80], 8), 30: (ids[30], 3)}


def test_an_empty_cell_leaves_what_the_athlete_has_recorded() -> None:
    imported(RUN)
    record_done(only().pk, {"actual_duration": 1.0, "rpe": 7.0, "feeling": 3.0}, by=None)
    imported({**RUN, "TimeTotalInHours": "1.1", "Rpe": "", "Feeling": "5"})
    assert (only().actual_duration, only().rpe, only().feeling) == (1.1, 7, 5)


def test_a_figure_that_the_export_only_rounds_is_unchanged() -> None:
    imported(RUN)
    precise = {"actual_duration": 1.2453, "actual_distance_meters": 12500.1, "actual_tss": 101.46}
    record_done(only().pk, {**precise, "actual_heart_rate": 148.5, "rpe": 6.0}, by=None)
    rounded = {"TimeTotalInHours": "1.25", "DistanceInMeters": "12500.5", "TSS": "101.5", "HeartRateAverage": "149"}

    assert imported({**RUN, **rounded, "Rpe": "6"})["unchanged"] == 1
    assert imported({**RUN, **rounded, "Rpe": "7"})["changed"] == 1
    assert (only().actual_duration, only().rpe) == (1.2453, 7)
    assert imported({**RUN, **rounded, "Rpe": "7", "TimeTotalInHours": "1.26"})["changed"] == 1
    assert (only().actual_duration, only().actual_tss) == (1.26, 101.46)


def test_a_workout_that_was_done_on_another_day_is_moved() -> None:
    others = workout("Easy swim", MONDAY, "Swim"), workout("Long ride", WEDNESDAY, "Bike")
    imported(RUN, *others)
    number = Workout.objects.get(title="Long run").pk

    result = imported({**RUN, **FIGURES, "WorkoutDay": TUESDAY}, *others)

    assert [(move["from"], move["to"]) for move in result["moved"]] == [(MONDAY, TUESDAY)]
    run = Workout.objects.get(pk=number)
    assert (run.originally_planned_day.isoformat(), actual(run)) == (TUESDAY, DONE)


def test_what_was_done_on_its_day_is_not_moved_to_be_done_again() -> None:
    others = workout("Easy swim", MONDAY, "Swim"), workout("Long ride", WEDNESDAY, "Bike")
    imported({**RUN, **FIGURES}, *others)

    result = imported({**RUN, "WorkoutDay": TUESDAY}, *others)

    assert (result["moved"], result["new"]) == ([], 1)


def test_an_activity_under_the_title_of_a_planned_workout_does_not_take_its_place() -> None:
    imported({**RUN, "Title": "Running"})
    number = only().pk

    activity = workout("Running", MONDAY, TimeTotalInHours="0.5")
    result = imported(activity, {**RUN, "Title": "Running", "PlannedDuration": "2"})

    assert (result["new"], result["changed"]) == (1, 1)
    planned = {row.pk: (row.planned_duration, row.is_recorded) for row in Workout.objects.all()}
    assert planned.pop(number) == (2, False)
    assert list(planned.values()) == [(None, True)]


def test_two_activities_with_the_same_title_are_not_one_that_moved() -> None:
    others = workout("Easy swim", MONDAY, "Swim"), workout("Long ride", WEDNESDAY, "Bike")
    imported({**ACTIVITY, "WorkoutDay": MONDAY}, *others)
    assert imported({**ACTIVITY, "TimeTotalInHours": "0.5"}, *others)["moved"] == []


@pytest.mark.parametrize(
    ("row", "new"),
    [
        ({"TimeTotalInHours": "0.76", "DistanceInMeters": "9000"}, 0),
        ({"TimeTotalInHours": "0.8", "DistanceInMeters": "9010"}, 0),  # with pauses
        ({"TimeTotalInHours": "0.75"}, 0),
        ({"TimeTotalInHours": "0.8"}, 1),
        ({"TimeTotalInHours": "0.75", "DistanceInMeters": "5000"}, 1),
        ({"TimeTotalInHours": "0.75", "WorkoutType": "Bike"}, 1),
        ({"TimeTotalInHours": "0.75", "WorkoutDay": WEDNESDAY}, 1),
        ({"TimeTotalInHours": "0.75", "PlannedDuration": "1"}, 1),
    ],
)
def test_an_activity_that_the_athlete_imported_as_a_file_is_not_added_again(row: Cells, new: int) -> None:
    figures = {"actual_duration": 0.75, "actual_distance_meters": 9000.0, "is_done": True}
    run = {"title": "Evening run", "workout_type": "Run", "originally_planned_day": TUESDAY}
    add_workout({**run, **figures, "is_recorded": True}, by=None)
    cells = workout("Running", TUESDAY) | row
    assert (imported(cells)["new"], Workout.objects.count()) == (new, 1 + new)
    assert imported(cells)["unchanged"] == 1
    assert Workout.objects.filter(title="Evening run", actual_duration=0.75).exists()


def test_two_rows_are_not_the_same_activity() -> None:
    run = {"title": "Run", "workout_type": "Run", "originally_planned_day": TUESDAY, "actual_duration": 0.75}
    add_workout({**run, "is_recorded": True, "is_done": True}, by=None)
    assert imported(ACTIVITY, {**ACTIVITY, "Title": "Again"})["new"] == 1
