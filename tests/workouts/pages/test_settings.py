"""The athlete's settings: values are saved, secrets are shown once, a new password ends other sessions."""

import datetime
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.asserts import assertContains

from workouts.accounts.tokens import find
from workouts.models import Change, Preferences, Token, Workout

PREFERENCES = {
    "distance_unit": "mi",
    "swim_unit": "yd",
    "week_start": "6",
    "morning": "05:45",
    "afternoon": "13:00",
    "evening": "19:15",
}
PASSWORD, OTHER = "correct horse battery", "staple and then some"


@pytest.fixture
def athlete(db: None) -> User:
    return User.objects.create_user("athlete", password=PASSWORD)


@pytest.fixture
def page(client: Client, athlete: User) -> Client:
    client.force_login(athlete)
    return client


def shown(client: Client, purpose: str) -> str:
    """Creates a secret and returns what the page shows of it."""
    page = client.get("/settings/").content.decode()
    replaced = re.search(rf'{purpose}/issue/#{purpose}".*?name="replaces"\s+value="([^"]*)"', page, re.DOTALL)
    assert replaced
    response = client.post(f"/settings/{purpose}/issue/", {"replaces": replaced[1]})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    found = re.search(r'value="([^"]+)"\s+readonly', response.content.decode())
    assert found
    return found[1]


def test_needs_a_login(client: Client, db: None) -> None:
    for path in ("", "feed/issue/", "feed/revoke/", "password/"):
        assert client.get(f"/settings/{path}").status_code == 302
        assert client.post(f"/settings/{path}").status_code == 302


def test_units_and_times_are_saved(page: Client) -> None:
    response = page.post("/settings/", PREFERENCES, follow=True)

    assert response.redirect_chain == [("/settings/", 302)]
    assert "were saved" in response.content.decode()
    saved = Preferences.load()
    assert (saved.distance_unit, saved.swim_unit, saved.week_start) == ("mi", "yd", 6)
    assert (saved.morning, saved.evening) == (datetime.time(5, 45), datetime.time(19, 15))
    assert 'value="05:45"' in page.get("/settings/").content.decode()


def test_saving_is_a_step_of_the_history_and_can_be_undone(page: Client) -> None:
    page.post("/settings/", PREFERENCES)
    change = Change.objects.get()
    assert change.summary == "Preferences"

    page.post(f"/history/{change.pk}/undo/")
    assert Preferences.load().distance_unit == "km"


def test_saved_twice_is_one_row(page: Client) -> None:
    page.post("/settings/", PREFERENCES)
    page.post("/settings/", {**PREFERENCES, "distance_unit": "km"})
    assert Preferences.objects.get().distance_unit == "km"


@pytest.mark.parametrize(
    "wrong",
    [
        {"distance_unit": "parsec"},
        {"morning": "25:00"},
        {"evening": ""},
        {"swim_unit": "\x00"},
        {"week_start": "3"},
        {"morning": "\x00"},
    ],
)
def test_invalid_values_are_refused_and_nothing_is_saved(page: Client, wrong: dict[str, str]) -> None:
    response = page.post("/settings/", {**PREFERENCES, **wrong})

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not Preferences.objects.exists()


def test_calendars_learn_of_other_times(page: Client) -> None:
    workout = Workout.objects.create(title="w", workout_type="Run", originally_planned_day="2026-11-23")
    page.post("/settings/", PREFERENCES)
    workout.refresh_from_db()
    changed = workout.modified_at
    assert changed

    page.post("/settings/", PREFERENCES)
    workout.refresh_from_db()
    assert workout.modified_at == changed


def test_the_address_of_the_feed_is_shown_once_and_works(page: Client) -> None:
    address = shown(page, "feed")

    assert re.fullmatch(r"http://testserver/calendar/feed\.ics\?key=[\w-]{43}", address)
    assert Client().get(address).status_code == 200
    after = page.get("/settings/").content.decode()
    assert address not in after
    assert "There is an address, created on" in after


def test_apple_is_offered_the_same_address(page: Client) -> None:
    text = page.post("/settings/feed/issue/").content.decode()
    found = re.search(r'href="webcal:(//[^"]+)"', text)
    assert found
    assert f'value="http:{found[1]}"' in text


def test_renewing_and_revoking_invalidate_the_old_address(page: Client) -> None:
    first = shown(page, "feed")
    second = shown(page, "feed")
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200

    for replaces in ({}, {"replaces": "2026-11-23T06:00:00+00:00"}):  # the answer is loaded again
        again = page.post("/settings/feed/issue/", replaces, follow=True)
        assert "What was shown then works" in again.content.decode()
    assert Client().get(second).status_code == 200

    response = page.post("/settings/feed/revoke/", follow=True)
    assert "Calendar feed: revoked" in response.content.decode()
    assert "There is an address" not in response.content.decode()
    assert Client().get(second).status_code == 404
    assert page.post("/settings/feed/revoke/").status_code == 302
    again = page.post("/settings/feed/issue/", {"replaces": "2026-11-23T06:00:00+00:00"}, follow=True)
    assert "Nothing was changed: it was revoked meanwhile." in again.content.decode()


def test_the_api_token_is_shown_once(page: Client, athlete: User) -> None:
    secret = shown(page, "api")

    assert find(secret, Token.Purpose.API) == athlete
    assert secret not in page.get("/settings/").content.decode()


def test_a_secret_is_created_only_by_a_form_and_for_a_known_purpose(page: Client) -> None:
    assert page.get("/settings/feed/issue/").status_code == 405
    assert page.get("/settings/feed/revoke/").status_code == 405
    assertContains(page.get("/settings/coach/issue/"), "only takes what a form sends", status_code=405)
    for act in ("issue", "revoke"):
        assert page.post(f"/settings/world/{act}/").status_code == 404
    assert not Token.objects.exists()


def change_password(client: Client, **other: str) -> int:
    data = {"old_password": PASSWORD, "new_password1": OTHER, "new_password2": OTHER, **other}
    return client.post("/settings/password/", data).status_code


def test_a_new_password_keeps_this_session_and_ends_the_others(page: Client, athlete: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(athlete)

    assert change_password(page) == 302

    assert "password was changed" in page.get("/settings/").content.decode()
    assert elsewhere.get("/settings/").status_code == 302
    athlete.refresh_from_db()
    assert athlete.check_password(OTHER)


@pytest.mark.parametrize(
    "wrong", [{"old_password": "guess"}, {"new_password2": "typo"}, {"new_password1": "123", "new_password2": "123"}]
)
def test_a_wrong_password_changes_nothing(page: Client, athlete: User, wrong: dict[str, str]) -> None:
    assert change_password(page, **wrong) == 200
    athlete.refresh_from_db()
    assert athlete.check_password(PASSWORD)


def test_password_managers_know_the_fields(client: Client, page: Client) -> None:
    password = page.get("/settings/password/").content.decode()
    for name in ("current-password", "new-password", "username"):
        assert f'autocomplete="{name}"' in password
    login = Client().get("/login/").content.decode()
    for name in ("current-password", "username"):
        assert f'autocomplete="{name}"' in login


def test_the_pages_have_no_inline_scripts_or_styles(page: Client) -> None:
    for response in (page.get("/settings/"), page.post("/settings/feed/issue/"), page.get("/settings/password/")):
        text = response.content.decode()
        assert "<script>" not in text
        assert "style=" not in text
        assert "<style" not in text
