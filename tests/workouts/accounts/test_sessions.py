"""Sessions survive a deploy, and expired ones are deleted."""

import datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.conftest import Manage
from tests.server import Server, serving, web

pytestmark = pytest.mark.either_engine

EDGE = {"X-Forwarded-Proto": "https", "Host": "localhost"}


def log_in(server: Server, password: str) -> str:
    """Sends the login form and returns the session's cookie."""
    headers = {
        **EDGE,
        "Cookie": "csrftoken=" + "t" * 32,
        "Referer": "https://localhost/login/",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    form = {"username": "athlete", "password": password, "csrfmiddlewaretoken": "t" * 32}
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", "/login/", urlencode(form), headers)
    response = connection.getresponse()
    cookies = response.headers.get_all("Set-Cookie") or []
    connection.close()
    assert response.status == 302
    session = next(cookie for cookie in cookies if cookie.startswith("sessionid="))
    assert "HttpOnly" in session
    assert "Secure" in session
    assert f"Max-Age={60 * 24 * 60 * 60}" in session
    return session.partition(";")[0]


def test_a_session_outlasts_a_deploy(
    migrated: None, manage: Manage, environment: dict[str, str], tmp_path: Path
) -> None:
    """The deploy migrates, as most do."""
    manage("migrate", "workouts", "0008", "-v0")
    password = manage("create_athlete").stdout.split()[-1]
    with serving(web(), environment, tmp_path / "before") as server:
        cookie = log_in(server, password)

    assert "Applying workouts.0009" in manage("migrate", "--noinput", "--fake-initial").stdout

    with serving(web(), environment, tmp_path / "after") as server:
        headers = {"X_Forwarded_Proto": "https", "Host": "localhost"}
        assert server.get("/settings/", Cookie=cookie, **headers)[0] == 200
        assert server.get("/settings/", Cookie="sessionid=" + "x" * 32, **headers)[0] == 302


@pytest.mark.usefixtures("db")
def test_a_login_deletes_the_sessions_that_expired() -> None:
    athlete = User.objects.create_user("athlete")
    for _ in range(2):
        Client().force_login(athlete)
    expired, valid = Session.objects.all()
    Session.objects.filter(pk=expired.pk).update(expire_date=timezone.now() - datetime.timedelta(seconds=1))

    Client().force_login(athlete)

    assert Session.objects.count() == 2
    assert Session.objects.filter(pk=valid.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("backend", settings.AUTHENTICATION_BACKENDS[1:])
def test_an_account_is_looked_up_for_each_request(client: Client, backend: str) -> None:
    """Sessions that the version before began name Django's backend."""
    account = User.objects.create_user("athlete")
    client.force_login(account, backend)
    assert client.get("/settings/").context["user"] == account
    User.objects.update(is_active=False)
    assert client.get("/settings/").status_code == 302
    User.objects.update(is_active=True)
    assert client.get("/settings/").status_code == 200
    User.objects.all().delete()
    assert client.get("/settings/").status_code == 302
