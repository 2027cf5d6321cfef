"""The feed needs its secret and no login; an unchanged feed is not sent again."""

import datetime
import gzip
import re
from pathlib import Path

import pytest
import vobject
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.conftest import Manage, Sql
from tests.server import serving, web
from workouts.accounts.tokens import issue, revoke
from workouts.history import change_selection
from workouts.models import Preferences, Token, Workout

FEED = "/calendar/feed.ics"


@pytest.fixture
def athlete(db: None) -> User:
    return User.objects.create_user("athlete")


@pytest.fixture
def key(athlete: User) -> dict[str, str]:
    return {"key": issue(athlete, Token.Purpose.FEED)}


def plan(title: str = "Long run", *, days: int = 0) -> Workout:
    day = timezone.localdate() + datetime.timedelta(days=days)
    return Workout.objects.create(title=title, workout_type="Run", originally_planned_day=day)


def summaries(body: bytes) -> list[str]:
    return [event.summary.value for event in vobject.readOne(body.decode()).contents.get("vevent", [])]


def test_the_secret_opens_the_feed_without_a_login(client: Client, key: dict[str, str]) -> None:
    plan()

    response = client.get(FEED, key)

    assert response.status_code == 200
    assert summaries(response.content) == ["Run: Long run"]
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response


def test_without_the_secret_there_is_no_feed(client: Client, athlete: User, key: dict[str, str]) -> None:
    other = issue(athlete, Token.Purpose.API)
    for query in ({}, {"key": ""}, {"key": key["key"][:-1]}, {"key": other}, {"key": "\x00é"}, {"key": "x" * 3000}):
        assert client.get(FEED, query).status_code == 404
    assert client.post(f"{FEED}?key={key['key']}").status_code == 405


def test_a_replaced_or_revoked_secret_is_not_accepted(client: Client, athlete: User, key: dict[str, str]) -> None:
    renewed = {"key": issue(athlete, Token.Purpose.FEED)}
    assert client.get(FEED, key).status_code == 404
    assert client.get(FEED, renewed).status_code == 200

    revoke(athlete, Token.Purpose.FEED)
    assert client.get(FEED, renewed).status_code == 404


def test_an_account_that_is_locked_out_has_no_feed(client: Client, athlete: User, key: dict[str, str]) -> None:
    User.objects.update(is_active=False)
    assert client.get(FEED, key).status_code == 404


def test_an_unchanged_feed_is_not_sent_again(client: Client, key: dict[str, str]) -> None:
    workout = plan()
    etag = client.get(FEED, key)["ETag"]

    unchanged = client.get(FEED, key, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", etag)
    assert unchanged["Cache-Control"] == "private"

    change_selection(workout.pk, {"time_of_day": "morning"}, by=None)
    changed = client.get(FEED, key, headers={"If-None-Match": etag})
    assert changed.status_code == 200

    Preferences(pk=1, morning=datetime.time(5, 0)).save()
    assert client.get(FEED, key, headers={"If-None-Match": changed["ETag"]}).status_code == 200


def test_it_is_compressed_if_the_client_accepts_that(client: Client, key: dict[str, str]) -> None:
    for number in range(20):
        plan(f"Run {number}")
    headers = {"Accept-Encoding": "gzip"}

    response = client.get(FEED, key, headers=headers)

    assert response["Content-Encoding"] == "gzip"
    assert len(summaries(gzip.decompress(response.content))) == 20
    headers["If-None-Match"] = response["ETag"]
    assert client.get(FEED, key, headers=headers).status_code == 304


def test_head_answers_as_get_without_the_body(client: Client, key: dict[str, str]) -> None:
    plan()
    head, get = client.head(FEED, key), client.get(FEED, key)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", get["ETag"])


def test_it_has_this_season_the_last_and_the_future(client: Client, key: dict[str, str]) -> None:
    plan("long ago", days=-731)
    plan("last season", days=-729)
    plan("in two years", days=730)
    moved = plan("moved here", days=-800)
    change_selection(moved.pk, {"current_plan_day": timezone.localdate()}, by=None)

    assert summaries(client.get(FEED, key).content) == ["Run: last season", "Run: moved here", "Run: in two years"]


def test_it_takes_a_constant_number_of_queries(
    client: Client, key: dict[str, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        change_selection(plan(days=number).pk, {"time_of_day": "morning"}, by=None)

    with django_assert_num_queries(4):  # token, preferences, workouts, selections
        client.get(FEED, key)


def test_the_download_is_the_same_behind_the_login(client: Client, athlete: User, key: dict[str, str]) -> None:
    plan()
    assert client.get("/calendar.ics", key).status_code == 302

    client.force_login(athlete)
    response = client.get("/calendar.ics")

    assert response.content == client.get(FEED, key).content
    assert response["Content-Disposition"] == 'attachment; filename="workouts.ics"'
    assert response["Content-Type"] == "text/calendar; charset=utf-8"


@pytest.mark.either_engine
def test_the_secret_is_in_no_log_and_not_in_the_database(
    manage: Manage, environment: dict[str, str], sql: Sql, tmp_path: Path, migrated: None
) -> None:
    program = (
        "from django.contrib.auth.models import User; from workouts.accounts.tokens import issue;"
        "print(issue(User.objects.create_user('athlete'), 'feed'))"
    )
    secret = manage("shell", "-v0", "-c", program).stdout.strip()
    assert re.fullmatch(r"[\w-]{43}", secret)
    with serving(web(), {**environment, "LOG_LEVEL": "DEBUG"}, tmp_path / "log") as server:
        https = {"X_Forwarded_Proto": "https"}
        assert server.get(f"{FEED}?key={secret}", **https)[0] == 200
        assert server.get(f"{FEED}?key={secret}x", **https)[0] == 404
        assert server.get(f"/calendar.ics?key={secret}", **https)[0] == 302
        assert server.get(f"{FEED}?key={secret}")[0] == 301
        assert server.get(f"{FEED}?key={secret}", Host="evil.example", **https)[0] == 400

    assert [record["path"] for record in server.records() if "path" in record].count(FEED) >= 3
    assert secret not in server.log()
    assert secret not in str(sql("SELECT * FROM tokens"))
    assert len(sql("SELECT * FROM tokens")) == 1
