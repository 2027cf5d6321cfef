"""/api/auth: the password gets a token. Failures are counted, and nothing reveals which accounts exist."""

import datetime
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.utils import timezone

from tests.api_client import ApiClient
from workouts.accounts import login_tokens, tokens
from workouts.models import Token

LIMIT = 4
PASSWORD = "correct horse battery"
HOME = "203.0.113.7"


pytestmark = pytest.mark.either_engine


@pytest.fixture(autouse=True)
def few_failures(settings: Any) -> None:
    """test_throttling.py tests the number of failures."""
    settings.AXES_FAILURE_LIMIT = LIMIT


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("owner", password=PASSWORD)


def send(content: str | bytes, content_type: str = "application/json", address: str = HOME) -> Any:
    return Client(enforce_csrf_checks=True).post("/api/auth/login", content, content_type, REMOTE_ADDR=address)


def log_in(password: object = PASSWORD, username: object = "owner") -> Any:
    return send(json.dumps({"username": username, "password": password}))


def ask(token: str, path: str = "auth/verify") -> Any:
    return Client(headers={"Authorization": f"Bearer {token}"}).get(f"/api/{path}")


def answer(response: Any) -> tuple[int, Any]:
    assert response.headers["Content-Type"].startswith("application/json")
    return response.status_code, json.loads(response.content)


def test_the_token_of_a_login_gives_access(owner: User) -> None:
    response = log_in()
    status, body = answer(response)
    assert status == 200
    assert not response.cookies
    assert list(body) == ["message", "token", "expiresAt", "user"]
    assert body["message"] == "Login successful"
    assert (body["user"]["id"], body["user"]["username"]) == (owner.pk, "owner")
    owner.refresh_from_db()
    assert owner.last_login

    assert ask(body["token"]).json() == {"valid": True, "user": body["user"]}
    assert ask(body["token"], "auth/me").json() == body["user"]
    client = Client(headers={"Authorization": f"Bearer {body['token']}"}, enforce_csrf_checks=True)
    workout = {"title": "Ride", "originallyPlannedDay": "2026-01-15"}
    assert client.post("/api/workouts", workout, content_type="application/json").status_code == 201
    assert not client.cookies
    assert not Session.objects.exists()


@pytest.mark.parametrize("name", [" owner\n", "\uff4fwner"])
def test_a_name_is_read_as_the_page_reads_it(owner: User, name: str) -> None:
    assert log_in(username=name).status_code == 200
    assert Client().post("/login/", {"username": name, "password": PASSWORD}).status_code == 302


def test_me_works_with_another_token_or_a_session(owner: User) -> None:
    assert ApiClient(owner).send("GET", "auth/me")["username"] == "owner"
    browser = Client()
    browser.force_login(owner)
    assert browser.get("/api/auth/verify").json()["user"]["username"] == "owner"


def test_logins_do_not_end_each_other_nor_the_token_of_a_program(owner: User) -> None:
    program = tokens.issue(owner, Token.Purpose.API)
    phone, laptop = (log_in().json()["token"] for _ in range(2))
    assert [ask(token).status_code for token in (program, phone, laptop)] == [200] * 3


def test_a_token_ends_after_thirty_days(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    body = log_in().json()
    expires = datetime.datetime.fromisoformat(body["expiresAt"])
    assert datetime.timedelta(days=29) < expires - timezone.now() <= datetime.timedelta(days=30)

    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 29 * 24 * 60 * 60)
    assert ask(body["token"]).status_code == 200
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 30 * 24 * 60 * 60 + 60)
    assert ask(body["token"]).status_code == 401


def _change_password(user: User) -> None:
    user.set_password("another")
    user.save()


def _lock_out(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("end", [_change_password, _lock_out, User.delete])
def test_a_token_ends_with_the_password_and_with_the_account(owner: User, end: Callable[[User], Any]) -> None:
    token = log_in().json()["token"]
    end(owner)
    status, body = answer(ask(token))
    assert (status, list(body)) == (401, ["error"])
    assert "invalid or has expired" in body["error"]


def test_a_token_that_was_signed_for_another_purpose_gives_no_access(owner: User) -> None:
    token = log_in().json()["token"]
    content = [owner.pk, owner.get_session_auth_hash()]
    forged = signing.dumps(content, salt="other"), signing.dumps(content, key="x" * 50, salt=login_tokens.SALT)
    strange = (token[:-1], token.swapcase(), f"{token}x", token.partition(":")[2], "::", "é", "a" * 10_000)
    for wrong in (*forged, *strange):
        assert ask(wrong).status_code == 401


def test_without_a_token_the_sentence_says_so(db: None) -> None:
    for path in ("auth/verify", "auth/me"):
        assert answer(Client().get(f"/api/{path}")) == (
            401,
            {"error": "Token is missing. Log in, or send one: Authorization: Bearer TOKEN."},
        )


def test_nothing_reveals_whether_an_account_exists(owner: User) -> None:
    User.objects.create_user("former", password=PASSWORD, is_active=False)
    expected = (401, {"error": "Invalid username or password."})
    assert answer(log_in("wrong")) == expected
    assert answer(log_in(username="nobody")) == expected
    assert answer(log_in(username="former")) == expected

    locked = {name: [answer(log_in("wrong", name)) for _ in range(LIMIT)][-1] for name in ("owner", "nobody")}
    assert locked["owner"] == locked["nobody"]


def test_failures_count_together_with_those_of_the_page(owner: User) -> None:
    page = {"username": "owner", "password": "wrong"}
    for _ in range(LIMIT // 2):
        assert Client().post("/login/", page, REMOTE_ADDR=HOME).status_code == 200
    assert [log_in("wrong").status_code for _ in range(LIMIT // 2)] == [401] * (LIMIT // 2 - 1) + [429]

    response = log_in()
    assert answer(response) == (429, {"error": "Too many failed logins. Try again in 15 minutes."})
    assert response.headers["Retry-After"] == "900"
    right = json.dumps({"username": "owner", "password": PASSWORD})
    assert send(right, address="198.51.100.1").status_code == 200
    locked_out = Client().post("/login/", {**page, "password": PASSWORD}, REMOTE_ADDR=HOME)
    assert locked_out.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_login_clears_the_count(owner: User) -> None:
    for _ in range(2):
        assert {log_in("wrong").status_code for _ in range(LIMIT - 1)} == {401}
        assert log_in().status_code == 200
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"username": "owner"}, {"password": PASSWORD}, {"username": "", "password": ""}], ids=str
)
def test_a_name_and_a_password_are_required(owner: User, body: dict[str, str]) -> None:
    assert answer(send(json.dumps(body))) == (400, {"error": "Username and password are required."})
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize(
    "value", ["a\0", "\ud800", 1, True, None, [], {}, "x" * 5000], ids=lambda value: ascii(value)[:9]
)
def test_an_invalid_name_or_password_is_refused_before_anything_is_hashed(owner: User, value: object) -> None:
    for field in ("username", "password"):
        response = send(json.dumps({"username": "owner", "password": PASSWORD, field: value}))
        status, body = answer(response)
        assert (status, list(body["fields"])) == (422, [field])
        assert "xxx" not in body["error"]
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data"],
)
def test_a_guess_in_another_content_type_is_refused_like_the_right_password(owner: User, content_type: str) -> None:
    """django-axes reads form fields: it would store them, and would not count a form that it cannot read."""
    for password in ("wrong", PASSWORD):
        status, body = answer(send(json.dumps({"username": "owner", "password": password}), content_type))
        assert (status, list(body)) == (415, ["error"])
    assert not AccessAttempt.objects.exists()


def test_nothing_that_was_typed_is_stored_or_logged(owner: User, caplog: pytest.LogCaptureFixture) -> None:
    log_in("hunter2", "hunter3")
    send(json.dumps({"username": "hunter4", "password": "hunter5"}), "application/json; charset=utf-8")
    assert AccessAttempt.objects.count() == 2
    assert "hunter" not in str(list(AccessAttempt.objects.values()))
    assert "hunter" not in caplog.text


def test_accounts_are_not_created_here(db: None) -> None:
    status, body = answer(Client(enforce_csrf_checks=True).post("/api/auth/register", {"username": "joe"}))
    assert status == 403
    assert "disabled" in body["error"]
    assert not User.objects.exists()
