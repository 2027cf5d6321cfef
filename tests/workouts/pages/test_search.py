"""Search in titles, types, descriptions, comments and notes."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from tests.workouts.conftest import Plan

OTHERS = "İzmir, Плавание, лёгкий бег, τρέξιμο, chạy bộ, ジョギング, 달리기, दौड़ना"  # noqa: RUF001


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("hills", ["Run", "Ride"]),
        ("HILLS run", ["Run"]),
        ("gels", ["Ride"]),
        ("cadence", ["Run"]),
        ("übung", ["Übung am Berg"]),
        ("ÜBUNG berg", ["Übung am Berg"]),
        ("ubung", ["Übung am Berg"]),
        ("uebung", ["Übung am Berg"]),
        ("u\u0308bung", ["Übung am Berg"]),
        ("cotes", ["Ride"]),
        ("GROẞ", ["Ride"]),
        ("ПЛАВАНИЕ", ["Run"]),
        ("izmir", ["Run"]),
        ("лёгкий", ["Run"]),
        ("ЛЕГКИЙ", ["Run"]),
        ("τρεξιμο", ["Run"]),
        ("chạy", ["Run"]),
        ("ジョギング", ["Run"]),
        ("달리기", ["Run"]),
        ("달", ["Run"]),
        ("단", []),
        ("दौड़ना", ["Run"]),
        ("gels.", ["Ride"]),
        ("g.ls", []),
        ("[(*\\", []),
        ("$", []),
        ("100%", ["Übung am Berg"]),
        ("%", ["Übung am Berg"]),
        ("<b>", []),
        ("\0", []),
        ("", []),
    ],
)
def test_finds_the_workouts_that_have_every_word(athlete: Client, plan: Plan, words: str, found: list[str]) -> None:
    plan("Ride", "2026-11-23", {"user_notes": "Hills, two gels. Les co\u0302tes, gross."}, workout_type="Bike")
    plan("Run", "2026-11-24", workout_description="6 hills", coach_comments=f"High cadence, or {OTHERS}.")
    plan("Übung am Berg", "2026-11-25", workout_description="100% effort")

    page = athlete.get("/search", {"q": words})

    assert {workout.title for workout in page.context["page"]} == set(found)


def test_of_a_long_text_the_beginning_is_looked_for(athlete: Client, plan: Plan) -> None:
    """PostgreSQL refuses the expression of a few thousand letters, and SQLite takes half a minute to compile it."""
    plan("a" * 300, "2026-11-23")
    page = athlete.get("/search", {"q": "a" * 20_000})
    assert (page.status_code, page.context["text"], len(page.context["page"])) == (200, "a" * 200, 1)


def test_shows_fifty_at_a_time_and_needs_a_login(athlete: Client, plan: Plan) -> None:
    for number in range(51):
        plan(f"Run {number}", "2026-11-24")
    first, second = (athlete.get("/search", {"q": "run", "page": page}) for page in (1, 2))
    assert (len(first.context["page"]), len(second.context["page"])) == (50, 1)
    assert "?q=run&amp;page=2" in first.content.decode()
    athlete.logout()
    assert athlete.get("/search").headers["Location"].startswith("/login/")


def test_those_nearest_to_today_come_first(athlete: Client, plan: Plan) -> None:
    today = timezone.localdate()
    for days in (-30, -2, -1, 1, 30):
        plan(f"Run {days}", str(today + datetime.timedelta(days=days)))
    plan("Run moved to today", str(today + datetime.timedelta(days=300)), {"current_plan_day": today})
    page = athlete.get("/search", {"q": "run"})
    found = [workout.title.removeprefix("Run ") for workout in page.context["page"]]
    assert found == ["moved to today", "1", "-1", "-2", "30", "-30"]
    assert "6 workouts, those nearest to today first" in page.content.decode()
