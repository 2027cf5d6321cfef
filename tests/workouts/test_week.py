"""The page of the coming week."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workouts.models import Workout, WorkoutSelection
from workouts.templatetags.measures import duration


@pytest.fixture
def athlete(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("athlete"))
    return client


def plan(title: str, days: int, **choice: object) -> None:
    day = timezone.localdate() + datetime.timedelta(days=days)
    workout = Workout.objects.create(title=title, workout_type="Run", originally_planned_day=day)
    if choice:
        WorkoutSelection.objects.create(workout=workout, **choice)


def test_needs_a_login(client: Client, db: None) -> None:
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/login/?next=/")


def test_shows_today_and_six_days_where_the_athlete_has_them(athlete: Client) -> None:
    today = timezone.localdate()
    plan("yesterday", -1)
    plan("first", 0)
    plan("last", 6)
    plan("too late", 7)
    plan("moved in", 20, current_plan_day=today + datetime.timedelta(days=3))
    plan("moved out", 2, current_plan_day=today + datetime.timedelta(days=20))

    agenda = athlete.get("/").context["agenda"]

    assert [(day - today).days for day, _ in agenda] == list(range(7))
    shown = {(day - today).days: [workout.title for workout in workouts] for day, workouts in agenda if workouts}
    assert shown == {0: ["first"], 3: ["moved in"], 6: ["last"]}


def test_shows_the_choice_and_escapes_what_people_wrote(athlete: Client) -> None:
    plan("<script>alert(1)</script>", 0, is_selected=False, time_of_day="7am", user_notes="<i>fan</i>")

    page = athlete.get("/").content.decode()

    assert "&lt;script&gt;" in page
    assert "&lt;i&gt;fan&lt;/i&gt;" in page
    assert "Skipped" in page
    assert "7am" in page


def test_takes_a_constant_number_of_queries(athlete: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(30):
        plan(f"w{number}", number % 7, time_of_day="morning")

    with django_assert_num_queries(4):  # session, account, workouts, selections
        athlete.get("/")


@pytest.mark.parametrize(
    ("hours", "text"), [(1.5, "1 h 30 min"), (1.9999, "2 h"), (0.75, "45 min"), (0.001, "0 min"), (12, "12 h")]
)
def test_duration(hours: float, text: str) -> None:
    assert duration(hours) == text
