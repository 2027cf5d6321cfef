"""A week in numbers."""

import datetime

import pytest
from django.test import Client

from tests.workouts.conftest import Plan
from workouts.models import Change, Preferences, WeekTarget, Workout
from workouts.plan.season import season
from workouts.plan.summary import Sum, Summary, summarise
from workouts.templatetags.measures import against, kind
from workouts.values.measures import clock, distance, duration

MONDAY, WEDNESDAY = datetime.date(2026, 11, 23), datetime.date(2026, 11, 25)
ADDRESS = "/week/2026-11-23/targets"


def summary(today: datetime.date = WEDNESDAY) -> Summary:
    return summarise(Workout.objects.with_selection(), today, WeekTarget.objects.first())


def test_sums_what_is_selected_by_discipline(plan: Plan) -> None:
    plan("ride", "2026-11-23", workout_type="Bike", planned_duration=1.5, planned_distance_meters=40_000.0, tss=80.0)
    plan("trail", "2026-11-25", workout_type="mtn bike ", planned_duration=1.0, tss=50.0)
    plan("skipped", "2026-11-26", {"is_selected": False}, workout_type="Bike", planned_duration=9.0)
    plan("undecided", "2026-11-26", {"is_selected": None}, workout_type="Swim", planned_duration=0.5)
    plan("yoga", "2026-11-26", workout_type="Yoga")
    plan("rest", "2026-11-27", workout_type="Day Off", planned_duration=1.0)
    plan("unplanned", "2026-11-24", workout_type="Bike", is_recorded=True, actual_duration=0.5, actual_tss=20.0)
    Workout.objects.filter(title="ride").update(actual_duration=2.0, actual_distance_meters=50_000.0)

    lines = {line.name: line for line in summary().lines}

    assert list(lines) == ["Swim", "Bike", "Other"]
    assert lines["Bike"].planned == Sum(count=2, minutes=150, metres=40_000, tss=130)
    assert lines["Bike"].done == Sum(count=2, minutes=150, metres=50_000, tss=80 / 1.5 * 2 + 20, estimated=True)
    assert lines["Bike"].ahead == Sum(count=1, minutes=60, metres=0, tss=50)
    assert lines["Other"].planned == Sum(count=1)
    total = summary().total
    assert (total.planned.count, total.planned.minutes, total.done.minutes, total.ahead.minutes) == (4, 180, 150, 90)
    assert (total.planned.tss, total.planned.estimated) == (130 + 0.5 * 0.75**2 * 100, True)


def test_what_was_done_today_or_early_is_not_to_come(plan: Plan) -> None:
    plan("today", "2026-11-25", planned_duration=1.0, is_done=True)
    plan("early", "2026-11-28", planned_duration=1.0, actual_duration=0.5)
    plan("missed", "2026-11-24", planned_duration=1.0)
    plan("skipped, and done", "2026-11-28", {"is_selected": False}, planned_duration=1.0, actual_duration=0.25)
    total = summary().total
    assert (total.planned.count, total.done.count, total.ahead.count) == (3, 3, 0)
    assert total.done.minutes == 45


def test_a_discipline_with_a_target_is_shown_without_workouts(db: None) -> None:
    WeekTarget.objects.create(week=MONDAY, minutes=600, tss=400, minutes_by_discipline={"Swim": 90})
    (line,) = summary().lines
    assert (line.name, line.target_minutes, line.planned) == ("Swim", 90, Sum())
    assert (summary().total.target_minutes, summary().total.target_tss) == (600, 400)


def test_targets_are_set_changed_and_undone(athlete: Client) -> None:
    sent = {"minutes_0": "11", "minutes_1": "33", "Swim_0": "", "Swim_1": "48", "tss": "460"}
    assert athlete.post(ADDRESS, sent).status_code == 302
    target = WeekTarget.objects.get()
    assert (target.week, target.minutes, target.tss) == (MONDAY, 693, 460)
    assert target.minutes_by_discipline == {"Swim": 48}

    athlete.post(ADDRESS, {})
    assert not WeekTarget.objects.exists()

    athlete.post(f"/history/{Change.objects.latest('id').pk}/undo/")
    assert WeekTarget.objects.get().minutes_by_discipline == {"Swim": 48}


def test_a_week_without_targets_starts_from_the_last_ones(athlete: Client) -> None:
    WeekTarget.objects.create(week=MONDAY - datetime.timedelta(weeks=2), minutes=90)
    page = athlete.get(ADDRESS)
    assert page.context["form"]["minutes"].initial == 90
    assert "nothing is set until you save" in page.content.decode()
    assert WeekTarget.objects.count() == 1


@pytest.mark.parametrize("sent", [{"minutes_1": "99999"}, {"minutes_0": "-1"}, {"tss": "many"}, {"Run_0": "1e9"}])
def test_an_invalid_target_is_refused_by_name(athlete: Client, sent: dict[str, str]) -> None:
    page = athlete.post(ADDRESS, sent)
    assert page.status_code == 422
    assert 'class="errorlist"' in page.content.decode()
    assert not WeekTarget.objects.exists()


def test_the_season_shows_the_load_of_the_surrounding_weeks(plan: Plan) -> None:
    plan("ride", "2026-11-23", planned_duration=2.0, tss=100.0)
    plan("moved here", "2026-12-20", {"current_plan_day": "2026-11-29"}, planned_duration=1.0, tss=60.0)
    plan("next", "2026-11-30", planned_duration=1.0, tss=80.0)
    plan("skipped", "2026-11-30", {"is_selected": False}, tss=500.0)
    plan("another season", "2025-11-30", tss=500.0)

    strip = season(MONDAY, MONDAY)

    loads = {bar.first: (bar.tss, bar.hours) for bar in strip.bars if bar.hours}
    assert loads == {MONDAY: (160, 3), MONDAY + datetime.timedelta(weeks=1): (80, 1)}
    assert [bar.first for bar in strip.bars if bar.shown] == [MONDAY]
    heights = {bar.first: bar.height for bar in strip.bars}
    assert heights[MONDAY] == 2 * heights[MONDAY + datetime.timedelta(weeks=1)]
    assert not strip.estimated


def test_a_season_without_tss_is_estimated_and_says_so(plan: Plan) -> None:
    plan("ride", "2026-11-23", workout_type="Bike", planned_duration=2.0)
    strip = season(MONDAY, MONDAY)
    assert strip.estimated
    assert {round(bar.tss) for bar in strip.bars} == {0, 98}


@pytest.mark.parametrize(
    ("hours", "text"), [(1.5, "1 h 30 min"), (1.9999, "2 h"), (0.75, "45 min"), (0.001, "0 min"), (12, "12 h")]
)
def test_duration(hours: float, text: str) -> None:
    assert duration(hours) == text


@pytest.mark.parametrize(("hours", "text"), [(0.75, "0:45"), (1.5, "1:30"), (0.999, "1:00"), (12.1, "12:06")])
def test_a_short_duration(hours: float, text: str) -> None:
    assert clock(hours) == text


@pytest.mark.parametrize(
    ("metres", "kind_of_workout", "units", "text"),
    [
        (9000, "Run", ("km", "m"), "9 km"),
        (42195, "Run", ("km", "m"), "42.2 km"),
        (42195, "Run", ("mi", "m"), "26.22 mi"),
        (112_340, "Bike", ("km", "m"), "112.34 km"),
        (2_000_000, "Bike", ("km", "m"), "2000 km"),
        (12_345_678_900, "Bike", ("km", "m"), "12345678.9 km"),
        (2400, "Swim", ("mi", "m"), "2400 m"),
        (2400, "Swim", ("km", "yd"), "2625 yd"),
        (1_234_560, "Bike", ("km", "m"), "1234.56 km"),
        (1.2, "Run", ("km", "m"), "1.2 m"),
        (99.6, "Run", ("km", "m"), "100 m"),
        (100, "Run", ("km", "m"), "0.1 km"),
        (50, "Run", ("mi", "m"), "55 yd"),
        (0, "Run", ("km", "m"), "0 m"),
        (1.2, "Swim", ("km", "m"), "1.2 m"),
    ],
)
def test_distance(metres: float, kind_of_workout: str, units: tuple[str, str], text: str) -> None:
    preferences = Preferences(distance_unit=units[0], swim_unit=units[1])
    assert distance(metres, kind_of_workout, preferences) == text


@pytest.mark.parametrize(
    ("planned", "target", "time", "text"),
    [
        (90, 120, True, "30\N{NO-BREAK SPACE}min under"),
        (119.7, 60, True, "1\N{NO-BREAK SPACE}h over"),
        (60.2, 60, True, "on target"),
        (72, 60, False, "12 over"),
    ],
)
def test_a_difference_is_described_in_words(planned: float, target: int, *, time: bool, text: str) -> None:
    assert f">{text}<" in against(planned, target, time=time)


def test_every_type_has_a_colour_and_an_icon() -> None:
    names = ("Swim", "Mtn Bike", "DAY OFF", "Yoga", "")
    assert [kind(name) for name in names] == ["swim", "bike", "rest", "other", "other"]
