"""The week page: which days and workouts it shows, its size and its queries."""

import datetime
from itertools import pairwise

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.workouts.conftest import Plan
from workouts.models import Workout, WorkoutSelection

MONDAY = "2026-11-23"
BYTES = 60_000
QUERIES = 7  # session, account, workouts, selections, target, season, preferences


def titles(client: Client, address: str) -> dict[str, dict[str, list[str]]]:
    """The titles on the board by day and slot, without empty slots."""
    columns = client.get(address).context["columns"]
    board = {
        column.day.isoformat(): {slot: [workout.title for workout in cards] for slot, _, cards in column.slots if cards}
        for column in columns
    }
    return {day: slots for day, slots in board.items() if slots}


def test_needs_a_login(client: Client, db: None) -> None:
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/login/?next=/")


def test_begins_on_monday(athlete: Client) -> None:
    response = athlete.get("/week/2026-11-26")
    assert (response.status_code, response.headers["Location"]) == (302, f"/week/{MONDAY}")

    days = [column.day for column in athlete.get(f"/week/{MONDAY}").context["columns"]]
    assert (days[0].isoformat(), len(days)) == (MONDAY, 7)


def test_the_first_page_has_this_week_and_the_seven_days_after_today(athlete: Client) -> None:
    today = timezone.localdate()
    columns = athlete.get("/").context["columns"]

    days = [column.day for column in columns]
    assert all(later - earlier == datetime.timedelta(days=1) for earlier, later in pairwise(days))
    assert days[0] == today - datetime.timedelta(days=today.weekday())
    assert {today + datetime.timedelta(days=n) for n in range(8)} <= set(days)
    on_wide_screens = [column.day for column in columns if not column.beyond]
    assert on_wide_screens == days[:7]
    assert all(column.past == (column.day < today) for column in columns)


@pytest.mark.parametrize("address", ["/week/2026-02-30", "/week/0001-01-01", "/week/9999-12-31", "/month/2026-13"])
def test_a_day_that_does_not_exist_is_404(athlete: Client, address: str) -> None:
    assert athlete.get(address).status_code == 404


def test_shows_workouts_where_the_athlete_has_them(athlete: Client, plan: Plan) -> None:
    plan("early", "2026-11-22")
    plan("as planned", MONDAY)
    plan("last", "2026-11-29", {"time_of_day": "7am"})
    plan("moved in", "2026-12-20", {"current_plan_day": "2026-11-25", "time_of_day": "evening"})
    plan("moved out", MONDAY, {"current_plan_day": "2026-11-30"})
    plan("free text", MONDAY, {"time_of_day": "after work"})

    assert titles(athlete, f"/week/{MONDAY}") == {
        MONDAY: {"": ["as planned", "free text"]},
        "2026-11-25": {"evening": ["moved in"]},
        "2026-11-29": {"morning": ["last"]},
    }


def test_escapes_what_people_wrote(athlete: Client, plan: Plan) -> None:
    selection = {"is_selected": False, "time_of_day": "<i>7am</i>", "user_notes": "<b>fan</b>"}
    plan("<script>alert(1)</script>", MONDAY, selection, workout_type="<u>Run</u>")

    page = athlete.get(f"/week/{MONDAY}").content.decode()

    for escaped in ("&lt;script&gt;", "&lt;i&gt;7am", "&lt;b&gt;fan", "&lt;u&gt;Run", "Skipped"):
        assert escaped in page
    assert "<script>alert" not in page


def test_filters_choose_cards_and_leave_the_summary(athlete: Client, plan: Plan) -> None:
    plan("ride", MONDAY, workout_type="Mtn Bike", planned_duration=2.0)
    plan("run", MONDAY, planned_duration=1.0)
    plan("club run", MONDAY, planned_duration=1.0, is_custom=True)
    whole = athlete.get(f"/week/{MONDAY}").context["summary"]

    assert titles(athlete, f"/week/{MONDAY}?type=Bike") == {MONDAY: {"": ["ride"]}}
    assert titles(athlete, f"/week/{MONDAY}?type=Run&source=own") == {MONDAY: {"": ["club run"]}}
    assert titles(athlete, f"/week/{MONDAY}?source=coach") == {MONDAY: {"": ["ride", "run"]}}
    assert titles(athlete, f"/week/{MONDAY}?type=Chess&source=%00") == {MONDAY: {"": ["ride", "run", "club run"]}}
    filtered = athlete.get(f"/week/{MONDAY}?type=Bike").context
    assert filtered["summary"] == whole
    assert filtered["columns"][0].minutes == 120, "of the cards that are shown"
    assert whole.total.planned.minutes == 240


def test_an_empty_week_says_what_to_do(athlete: Client) -> None:
    assert "Nothing is planned here yet" in athlete.get(f"/week/{MONDAY}").content.decode()


def test_is_small_and_takes_a_constant_number_of_queries(
    athlete: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """5 000 workouts, twenty per week, half of them with a complete selection."""
    first = datetime.date(2026, 11, 23) - datetime.timedelta(weeks=125)
    workouts = Workout.objects.bulk_create(
        Workout(
            title=f"Intervals number {n}",
            workout_type="Bike",
            originally_planned_day=first + datetime.timedelta(days=n * 7 // 20),
            planned_duration=1.5,
            planned_distance_meters=40_000,
            tss=80,
        )
        for n in range(5000)
    )
    WorkoutSelection.objects.bulk_create(
        WorkoutSelection(workout=workout, time_of_day="morning", workout_location="indoor", user_notes="Fan, bottles.")
        for workout in workouts[::2]
    )

    with django_assert_num_queries(QUERIES):
        page = athlete.get(f"/week/{MONDAY}")

    assert sum(len(cards) for column in page.context["columns"] for _, _, cards in column.slots) == 20
    assert len(page.content) < BYTES
    compressed = athlete.get(f"/week/{MONDAY}", headers={"Accept-Encoding": "gzip"})
    assert len(compressed.content) < len(page.content) / 4


def test_month_shows_every_day_of_its_weeks(athlete: Client, plan: Plan) -> None:
    plan("last of October", "2026-10-26")
    plan("moved", "2026-11-10", {"current_plan_day": "2026-12-06", "is_selected": False})

    weeks = athlete.get("/month/2026-11").context["weeks"]

    assert (len(weeks), weeks[0][0][0].isoformat(), weeks[-1][-1][0].isoformat()) == (6, "2026-10-26", "2026-12-06")
    assert [workout.title for workout in weeks[0][0][2]] == ["last of October"]
    assert [workout.title for workout in weeks[-1][-1][2]] == ["moved"]
    assert not weeks[-1][-1][1]
    assert athlete.get("/month").context["first"] == timezone.localdate().replace(day=1)


def test_infinite_numbers_read_as_no_value(athlete: Client, plan: Plan) -> None:
    """The old application stored such numbers."""
    endless = float("inf")
    run = plan("Run", MONDAY, planned_duration=endless, planned_distance_meters=endless, tss=endless)

    for address in (f"/week/{MONDAY}", f"/workouts/{run.pk}", "/month/2026-11"):
        assert athlete.get(address).status_code == 200
