"""A secret is valid for its purpose until it is replaced or revoked, or its user is deactivated."""

import pytest
from django.contrib.auth.models import User

from workouts.accounts.tokens import find, issue, revoke
from workouts.models import Token

API, FEED = Token.Purpose.API, Token.Purpose.FEED


@pytest.fixture
def athlete(db: None) -> User:
    return User.objects.create_user("athlete")


def test_a_secret_finds_its_user_for_its_purpose_only(athlete: User) -> None:
    secret = issue(athlete, API)
    assert find(secret, API) == athlete
    assert find(secret, FEED) is None


def test_an_unknown_secret_finds_no_user(athlete: User) -> None:
    secret = issue(athlete, API)
    for other in ("", secret[:-1], f"{secret} ", "é", "\x00", "\ud800", "x" * 100_000):
        assert find(other, API) is None


def test_a_new_secret_replaces_the_old_one(athlete: User) -> None:
    first, second = issue(athlete, FEED), issue(athlete, FEED)
    assert find(first, FEED) is None
    assert find(second, FEED) == athlete
    assert Token.objects.count() == 1


def test_a_revoked_secret_finds_no_user(athlete: User) -> None:
    secret = issue(athlete, API)
    issue(athlete, FEED)
    assert revoke(athlete, API)
    assert not revoke(athlete, API)
    assert find(secret, API) is None
    assert Token.objects.get().purpose == FEED


def test_an_inactive_user_is_not_found(athlete: User) -> None:
    secret = issue(athlete, API)
    User.objects.update(is_active=False)
    assert find(secret, API) is None


def test_the_secret_itself_is_not_stored(athlete: User) -> None:
    secret = issue(athlete, API)
    token = Token.objects.get()
    assert secret not in (token.digest, str(token))
    assert len(secret) >= 43
    assert len(token.digest) == 64
