"""The coach's link: a week to read for whoever has the secret, and the same week as text for the athlete to send."""

import datetime
import re
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.workouts.conftest import Plan
from workouts.accounts.tokens import issue, revoke
from workouts.models import Availability, Change, Token, WeekTarget

pytestmark = pytest.mark.either_engine

MONDAY = datetime.date(2024, 1, 1)
QUERIES = 9  # token, preferences, workouts, selections, availability, target, moved out with selections, season


@pytest.fixture
def secret(user: User) -> str:
    return issue(user, Token.Purpose.COACH)


@pytest.fixture
def week(plan: Plan) -> None:
    plan("Easy", "2024-01-01", planned_duration=0.75, actual_duration=0.8, rpe=4)
    plan("Drills", "2024-01-02", {"is_selected": False}, workout_type="Swim", planned_duration=1.0)
    plan("Long ride", "2024-01-06", {"current_plan_day": "2024-01-03", "time_of_day": "7am", "user_notes": "rain\nSat"})
    plan("Tempo", "2024-01-05", {"current_plan_day": "2024-01-09"}, workout_type="Run")
    plan("Hill repeats", "2024-01-04", is_custom=True, workout_type="Run")
    Availability.objects.create(first_day="2024-01-02", last_day="2024-01-02", discipline="Swim", reason="pool closed")
    Availability.objects.create(first_day="2024-01-01", last_day="2024-03-31", weekday=3, discipline="Run")
    WeekTarget.objects.create(week=MONDAY, minutes=600)


def test_shows_what_was_moved_skipped_done_and_noted(
    client: Client, secret: str, week: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        page = client.get(f"/coach/2024-01-04?key={secret}")
    text = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
    for words in (
        "Easy",
        "48 min",
        "RPE 4",
        "Drills",
        "Skipped",
        "from Sat 6 Jan",
        "7am",
        "rain Sat",
        "pool closed",
        "Fitness (CTL) 1",
    ):
        assert words in text
    assert text.count("No running on this day") == 1
    assert "No swimming on this day" not in text, "it was skipped"
    assert "Tempo : from Fri 5 Jan to Tue 9 Jan 2024" in text
    assert page.context["columns"][0].day == MONDAY


def test_only_reads_and_goes_from_week_to_week_without_a_script(client: Client, secret: str, week: None) -> None:
    page = client.get(f"/coach/{MONDAY}?key={secret}").content.decode()
    assert "<script" not in page
    assert "<form" not in page
    links = re.findall(r'href="(/[^"]*)"', page)
    inside = [link for link in links if not link.startswith("/static/") and not link.startswith("#")]
    assert inside
    for link in inside:
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    assert client.post(f"/coach/?key={secret}").status_code == 405
    assert not Change.objects.exists()


def test_a_week_of_two_years_names_both(client: Client, secret: str) -> None:
    page = client.get(f"/coach/2026-12-28?key={secret}").content.decode()
    assert "28 December 2026 to 3 January 2027" in page
    assert ">28 Dec 2026</time>" in page


def test_is_kept_from_caches_search_engines_and_other_sites(client: Client, secret: str) -> None:
    headers = client.get(f"/coach/?key={secret}").headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


def test_any_other_secret_finds_nothing(client: Client, user: User, secret: str) -> None:
    feed = issue(user, Token.Purpose.FEED)
    for key in ("", secret[:-1], feed, "%00", "x" * 5000):
        assert client.get(f"/coach/?key={key}").status_code == 404
        assert client.get(f"/coach/{MONDAY}?key={key}").status_code == 404
    assert client.get(f"/coach/2026-02-30?key={secret}").status_code == 404
    assert client.get(f"/calendar/feed.ics?key={secret}").status_code == 404
    revoke(user, Token.Purpose.COACH)
    assert client.get(f"/coach/?key={secret}").status_code == 404


def test_the_settings_show_the_address_once_and_revoke_it(athlete: Client) -> None:
    page = athlete.post("/settings/coach/issue/").content.decode()
    found = re.search(r'value="http://testserver(/coach/\?key=[\w-]+)"', page)
    assert found
    assert Client().get(found[1]).status_code == 200
    assert found[1] not in athlete.get("/settings/").content.decode()
    athlete.post("/settings/coach/revoke/")
    assert Client().get(found[1]).status_code == 404


def test_the_same_for_the_athlete_as_for_anyone(athlete: Client, secret: str, week: None) -> None:
    address = f"/coach/{MONDAY}?key={secret}"
    assert athlete.get(address).content == Client().get(address).content


def test_the_week_as_text(athlete: Client, week: None) -> None:
    page = athlete.get(f"/week/{MONDAY}/text")
    assert page.context["text"] == (
        "Week of 1 January 2024\n"
        "Planned 45 min, about 42 TSS. Done 48 min, about 45 TSS. To come 0 min, 0 TSS.\n\n"
        "Mon 1 Jan\n"
        "- Run: Easy, 45 min. Done: 48 min, RPE 4.\n\n"
        "Tue 2 Jan\n"
        "! No swimming: pool closed\n"
        "- Swim: Drills, 1 h. Skipped.\n\n"
        "Wed 3 Jan\n"
        "- Run: Long ride, 7am. Moved from Sat 6 Jan. Missed.\n"
        "  Notes:\n"
        "  rain\n"
        "  Sat\n\n"
        "Thu 4 Jan\n"
        "! No running\n"
        "- Run: Hill repeats. No running on this day. Missed. My own.\n\n"
        "Moved to another week\n"
        "- Run: Tempo, from Fri 5 Jan to Tue 9 Jan\n"
    )
    mail = page.context["mail"]
    assert mail.startswith("mailto:?subject=Week%20of%201%20January%202024&body=")
    assert unquote(mail).endswith(page.context["text"].replace("\n", "\r\n"))


def test_a_long_week_is_text_to_paste_into_the_mail(athlete: Client, plan: Plan) -> None:
    hint = "Copy it first, then paste it into the mail."
    plan("<b>Run</b>", str(MONDAY))
    assert hint not in athlete.get(f"/week/{MONDAY}/text").content.decode()
    plan("Long run", str(MONDAY), {"user_notes": "ü" * 5000})
    page = athlete.get(f"/week/{MONDAY}/text")
    assert page.context["mail"] == "mailto:?subject=Week%20of%201%20January%202024"
    assert hint in page.content.decode()
    assert "&lt;b&gt;Run" in page.content.decode()
    assert len(page.context["text"]) < 1500
    assert Client().get(f"/week/{MONDAY}/text").status_code == 302
