"""Importing recorded activities: which planned workout each was, and what is written."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from tests.activities import RUN, SIX, fit, lap, tcx, track
from tests.workouts.conftest import Plan
from workouts.files.activities.activity_imports import (
    ActivityPlan,
    Unclear,
    confirm,
    import_activities,
    plan_of,
    preview,
)
from workouts.files.uploads import NotImportable, PlanChanged
from workouts.history import record_done, undo
from workouts.models import Change, Upload, Workout

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = "2026-11-23", "2026-11-24"
BIKE = {**RUN, "sport": "cycling", "start_time": SIX + datetime.timedelta(hours=2)}


def previewed(content: bytes) -> tuple[Upload, ActivityPlan]:
    upload = preview("activity", content, by=None)
    return upload, plan_of(upload)


def suggested(content: bytes) -> list[str | None]:
    return [pairing.suggestion for pairing in previewed(content)[1].pairings]


def imported(content: bytes, choices: dict[int, str] | None = None) -> Upload:
    return import_activities("activity", content, choices or {}, by=None)


def state() -> list[dict[str, Any]]:
    return [dict(row) for row in Workout.objects.order_by("id").values()]


def test_it_is_the_workout_of_its_day_and_discipline(plan: Plan) -> None:
    run = plan("Easy run", MONDAY, planned_duration=0.8, planned_distance_meters=8000.0, tss=50.0)
    plan("Ride", MONDAY, workout_type="Bike", planned_duration=0.75)
    plan("Other run", TUESDAY, planned_duration=0.75)

    imported(fit(RUN))

    now = Workout.objects.get(pk=run.pk)
    assert (now.is_done, now.started_at, now.actual_duration) == (True, SIX, 0.75)
    assert (now.actual_distance_meters, now.actual_tss, now.actual_intensity_factor) == (8000, 55.5, 0.86)
    assert (now.actual_heart_rate, now.actual_power) == (140, 250)
    assert (now.planned_duration, now.tss) == (0.8, 50)
    assert Workout.objects.count() == 3
    assert Change.objects.get().summary == "Imported activity: Run"


def test_its_day_is_that_of_the_athletes_time_zone(plan: Plan) -> None:
    late = {**RUN, "start_time": datetime.datetime(2026, 11, 23, 23, 30, tzinfo=datetime.UTC)}
    monday, tuesday = plan("Run", MONDAY, planned_duration=0.75), plan("Run", TUESDAY, planned_duration=0.75)
    with timezone.override("America/New_York"):
        assert suggested(fit(late)) == [str(monday.pk)]
    with timezone.override("Europe/Berlin"):
        assert suggested(fit(late)) == [str(tuesday.pk)]


def test_a_workout_that_was_moved_is_found_on_its_new_day(plan: Plan) -> None:
    run = plan("Run", "2026-11-20", {"current_plan_day": MONDAY}, planned_duration=0.75)
    assert suggested(fit(RUN)) == [str(run.pk)]


@pytest.mark.parametrize(
    ("hours", "clear"), [([0.75], True), ([1.4], True), ([2.0], False), ([0.75, 0.2], True), ([0.75, 0.8], False)]
)
def test_it_is_clear_if_one_workout_is_as_long(plan: Plan, hours: list[float], *, clear: bool) -> None:
    first, *_ = [plan("Run", MONDAY, planned_duration=length) for length in hours]
    assert suggested(fit(RUN)) == [str(first.pk) if clear else None]
    if not clear:
        with pytest.raises(Unclear):
            imported(fit(RUN))
        assert not Change.objects.exists()
        imported(fit(RUN), {0: str(first.pk)})
        assert Workout.objects.get(pk=first.pk).was_done


def test_a_skipped_workout_is_offered_and_not_suggested(plan: Plan) -> None:
    skipped = plan("Run", MONDAY, {"is_selected": False}, planned_duration=0.75)
    assert suggested(fit(RUN)) == [None]
    imported(fit(RUN), {0: str(skipped.pk)})
    now = Workout.objects.with_selection().get()
    assert (now.was_done, now.skipped) == (True, False)


def test_a_sport_that_is_unknown_fits_every_discipline_and_is_never_clear(plan: Plan) -> None:
    run = plan("Run", MONDAY, planned_duration=0.75)
    plan("Rest", MONDAY, workout_type="Day Off")
    _, found = previewed(track(sport="").to_xml().encode())
    assert [pairing.choices for pairing in found.pairings] == [[str(run.pk), "new"]]
    assert found.suggestions == {}


def test_a_race_may_be_of_any_sport_and_a_walk_may_not(plan: Plan) -> None:
    plan("Walk", MONDAY, workout_type="Walk", planned_duration=0.75)
    assert suggested(fit(RUN)) == suggested(fit({**RUN, "sport": "rowing"})) == ["new"]
    race = plan("Half marathon", MONDAY, workout_type="Race", planned_duration=0.75)
    _, found = previewed(fit(RUN))
    assert [pairing.choices for pairing in found.pairings] == [[str(race.pk), "new"]]
    assert found.suggestions == {}


def test_without_a_planned_workout_it_is_added_as_recorded(plan: Plan) -> None:
    plan("Ride", MONDAY, workout_type="Bike")
    plan("Run with an activity", MONDAY, started_at=SIX - datetime.timedelta(hours=5))

    imported(track().to_xml().encode())

    added = Workout.objects.latest("id")
    assert (added.title, added.workout_type, added.day.isoformat()) == ("Morning run", "Run", MONDAY)
    assert (added.is_custom, added.is_recorded, added.source, added.counts) == (True, True, "recorded", False)
    assert added.started_at == SIX


def test_the_same_activity_adds_nothing_in_any_format(plan: Plan) -> None:
    plan("Run", MONDAY, planned_duration=0.75)
    imported(fit(RUN))
    before, changes = state(), Change.objects.count()

    for content in (
        fit(RUN),
        fit({**RUN, "start_time": SIX + datetime.timedelta(seconds=20)}),
        track().to_xml().encode(),
    ):
        _, found = previewed(content)
        assert not found.does_something
        imported(content)

    assert (state(), Change.objects.count()) == (before, changes)
    imported(tcx(lap(2700, 20_000)))
    assert Workout.objects.count() == 2, "a ride at the same time is another activity"


def test_each_part_of_a_multisport_file_is_its_own_workout(plan: Plan) -> None:
    planned = [plan(kind, MONDAY, workout_type=kind, planned_duration=0.75) for kind in ("Run", "Bike")]
    imported(fit(BIKE, RUN))
    assert all(Workout.objects.get(pk=workout.pk).was_done for workout in planned)
    assert Change.objects.get().summary == "Imported activity: Bike, Run"


def test_two_activities_are_not_the_same_workout(plan: Plan) -> None:
    run = plan("Run", MONDAY, planned_duration=0.75)
    twice = fit(RUN, {**RUN, "start_time": SIX + datetime.timedelta(hours=5)})
    assert suggested(twice) == [str(run.pk), "new"]
    with pytest.raises(Unclear, match="cannot be the same workout"):
        imported(twice, {0: str(run.pk), 1: str(run.pk)})


BRICK = [
    {**BIKE, "start_time": SIX, "total_timer_time": 3600, "total_distance": 30_000, "avg_heart_rate": 130},
    {**RUN, "start_time": SIX + datetime.timedelta(minutes=63), "total_timer_time": 1200, "total_distance": 4_000},
]


def test_the_parts_of_a_brick_are_added_up(plan: Plan) -> None:
    brick = plan("Bike, then run", MONDAY, workout_type="Brick", planned_duration=1.25)
    plan("Strength", MONDAY, workout_type="Strength", planned_duration=0.5)
    _, found = previewed(fit(*BRICK))
    assert (found.suggestions, found.may_be_added_up) == ({0: str(brick.pk), 1: str(brick.pk)}, True)

    imported(fit(*BRICK))

    brick.refresh_from_db()
    assert (brick.started_at, brick.actual_distance_meters, brick.actual_tss) == (SIX, 34_000, 111)
    assert brick.actual_duration == pytest.approx(4 / 3)
    assert brick.actual_heart_rate == pytest.approx((130 * 3 + 140) / 4)
    assert brick.actual_intensity_factor == pytest.approx(0.86)
    assert Change.objects.get().summary == "Imported activity: Bike, Run"
    changes = Change.objects.count()
    for repeated in (fit(*BRICK), fit(BRICK[1])):
        imported(repeated)
    assert (Workout.objects.count(), Change.objects.count()) == (2, changes), "the run is a part of the brick"


def test_a_figure_that_a_part_lacks_is_not_that_of_the_whole(plan: Plan) -> None:
    race = plan("Triathlon", MONDAY, workout_type="Race")
    swim = {name: value for name, value in BRICK[0].items() if name not in ("avg_power", "training_stress_score")}
    imported(fit({**swim, "sport": "swimming"}, BRICK[1]), {0: str(race.pk), 1: str(race.pk)})
    race.refresh_from_db()
    assert (race.actual_power, race.actual_tss, race.actual_distance_meters) == (None, None, 34_000)


def test_parts_that_were_planned_one_by_one_are_not_the_brick(plan: Plan) -> None:
    plan("Brick", MONDAY, workout_type="Brick", planned_duration=1.25)
    ride = plan("Ride", MONDAY, workout_type="Bike", planned_duration=1.0)
    assert suggested(fit(*BRICK)) == [str(ride.pk), None]


def test_parts_that_are_too_long_together_are_refused(plan: Plan) -> None:
    brick = plan("Brick", MONDAY, workout_type="Brick")
    days = [{**part, "total_timer_time": 100 * 3600} for part in BRICK]
    with pytest.raises(Unclear, match="longer than a workout can be"):
        imported(fit(*days), {0: str(brick.pk), 1: str(brick.pk)})
    assert not Workout.objects.get().was_done


def test_what_the_athlete_had_marked_as_done_gets_the_figures_and_keeps_the_rpe(plan: Plan) -> None:
    run = plan("Run", MONDAY, planned_duration=0.8)
    record_done(run.pk, {"rpe": 7.0}, by=None)
    imported(fit(RUN))
    now = Workout.objects.get()
    assert (now.actual_duration, now.rpe, now.started_at) == (0.75, 7, SIX)


ANOTHER = {"actual_duration": 3.0, "actual_tss": 58.0, "actual_intensity_factor": 0.9, "actual_heart_rate": 150.0}


def test_a_workout_that_was_done_otherwise_is_offered_and_not_suggested(plan: Plan) -> None:
    done = plan("Run", MONDAY, planned_duration=0.75, **ANOTHER)
    assert suggested(fit(RUN)) == [None]
    other = plan("Run", MONDAY, planned_duration=0.8)
    assert suggested(fit(RUN)) == [str(other.pk)]
    Workout.objects.filter(pk=other.pk).delete()
    Workout.objects.filter(pk=done.pk).update(planned_duration=3.5, actual_duration=0.76)
    assert suggested(fit(RUN)) == [str(done.pk)], "the coach's export of the same session"


def test_nothing_of_another_session_is_left_but_what_the_athlete_said(plan: Plan) -> None:
    run = plan("Run", MONDAY, planned_duration=0.75, rpe=7.0, **ANOTHER)
    imported(track().to_xml().encode(), {0: str(run.pk)})
    now = Workout.objects.get()
    assert (now.started_at, now.actual_tss, now.actual_intensity_factor, now.rpe) == (SIX, None, None, 7)
    assert now.actual_duration != 3
    undo(Change.objects.get().pk, by=None)
    assert Workout.objects.get().actual_tss == 58


def test_the_same_session_keeps_the_tss_that_the_file_does_not_have(plan: Plan) -> None:
    hours = previewed(track().to_xml().encode())[1].pairings[0].activity.hours
    run = plan("Run", MONDAY, **{**ANOTHER, "actual_duration": hours})
    imported(track().to_xml().encode(), {0: str(run.pk)})
    assert Workout.objects.get().actual_tss == 58


def test_a_workout_that_was_marked_as_done_as_planned_is_still_suggested(plan: Plan) -> None:
    run = plan("Run", MONDAY, planned_duration=1.0)
    record_done(run.pk, {}, by=None)
    assert suggested(fit(RUN)) == [str(run.pk)]


def test_an_import_is_undone_as_one_step(plan: Plan) -> None:
    plan("Run", MONDAY, {"is_selected": False}, planned_duration=0.75)
    before = state()
    imported(fit(RUN, BIKE), {0: str(before[0]["id"])})
    undo(Change.objects.get().pk, by=None)
    untimed = [{**row, "modified_at": None} for row in state()]
    assert untimed == [{**row, "modified_at": None} for row in before]


def test_a_preview_that_is_outdated_is_not_imported(plan: Plan) -> None:
    run = plan("Run", MONDAY, planned_duration=0.75)
    upload, found = previewed(fit(RUN))
    Workout.objects.filter(pk=run.pk).update(started_at=SIX - datetime.timedelta(hours=3))
    with pytest.raises(PlanChanged):
        confirm(upload.pk, digest=found.digest, choices={0: str(run.pk)}, by=None)
    assert not Change.objects.exists()


def test_a_preview_is_imported_once(plan: Plan) -> None:
    upload, found = previewed(fit(RUN))
    for _ in range(2):
        confirm(upload.pk, digest=found.digest, choices={0: "new"}, by=None)
    assert (Workout.objects.count(), Change.objects.count()) == (1, 1)


@pytest.mark.parametrize("choice", ["", "0", "999", "NEW", None])
def test_a_choice_that_is_not_offered_changes_nothing(plan: Plan, choice: str | None) -> None:
    upload, found = previewed(fit(RUN))
    with pytest.raises(Unclear):
        confirm(upload.pk, digest=found.digest, choices={} if choice is None else {0: choice}, by=None)
    assert not Workout.objects.exists()


def test_a_file_that_cannot_be_read_is_not_stored() -> None:
    with pytest.raises(NotImportable, match="truncated or corrupt"):
        preview("run.fit", fit(RUN)[:-10], by=None)
    assert not Upload.objects.exists()
