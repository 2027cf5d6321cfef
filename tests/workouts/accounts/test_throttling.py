"""Failed logins are counted per account and address: guessing stops, and the owner gets in from elsewhere."""

import datetime
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.test import Client, RequestFactory, override_settings

from tests.conftest import Manage, Sql
from tests.server import Server, serving, web
from workouts.accounts.logins import client_address

LIMIT = 10
PASSWORD = "correct horse battery"
HOME, STRANGER = "203.0.113.7", "198.51.100.1"


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_superuser("owner", password=PASSWORD)


def log_in(password: str = PASSWORD, *, address: str = HOME, path: str = "/login/", **other: Any) -> Any:
    data = {"username": other.pop("username", "owner"), "password": password}
    return Client().post(path, data, REMOTE_ADDR=address, **other)


def fail(times: int = LIMIT, **options: Any) -> list[int]:
    return [log_in("wrong", **options).status_code for _ in range(times)]


def let_pass(minutes: int) -> None:
    for attempt in AccessAttempt.objects.all():
        earlier = attempt.attempt_time - datetime.timedelta(minutes=minutes)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=earlier)


@pytest.mark.usefixtures("owner")
def test_the_tenth_failure_locks_out() -> None:
    assert fail() == [200] * (LIMIT - 1) + [429]
    assert log_in().status_code == 429


@pytest.mark.usefixtures("owner")
def test_the_owner_gets_in_from_elsewhere() -> None:
    fail(address=STRANGER)
    assert log_in(address=STRANGER).status_code == 429
    assert log_in(address=HOME).status_code == 302


@pytest.mark.usefixtures("owner")
def test_it_ends_after_a_quarter_of_an_hour_and_trying_does_not_prolong_it() -> None:
    fail()
    let_pass(14)
    assert log_in().status_code == 429
    let_pass(1)
    assert log_in().status_code == 302


@pytest.mark.usefixtures("owner")
def test_a_login_clears_the_count() -> None:
    fail(LIMIT - 1)
    assert log_in().status_code == 302
    assert fail(LIMIT - 1) == [200] * (LIMIT - 1)


@pytest.mark.usefixtures("owner")
def test_the_admins_login_counts_the_same() -> None:
    admin = "/admin/login/"
    assert fail(LIMIT - 1, path=admin) == [200] * (LIMIT - 1)
    assert log_in("wrong", path="/login/").status_code == 429
    assert log_in(path=admin).status_code == 429


@pytest.mark.usefixtures("owner")
def test_another_browser_does_not_reset_the_count() -> None:
    for number in range(LIMIT):
        log_in("wrong", HTTP_USER_AGENT=f"browser {number}")
    assert log_in(HTTP_USER_AGENT="another").status_code == 429


@pytest.mark.usefixtures("owner")
def test_the_page_says_how_long_and_not_whether_there_is_such_an_account() -> None:
    fail()
    fail(username="nobody")
    known, unknown = log_in(), log_in(username="nobody")

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert "15 minutes" in known.content.decode()
    assert known["Retry-After"] == "900"
    assert "owner" not in known.content.decode()


@pytest.mark.usefixtures("owner")
def test_programs_get_the_same_page_and_no_other_site_may_read_it() -> None:
    fail()
    response = log_in(HTTP_X_REQUESTED_WITH="XMLHttpRequest")
    assert (response.status_code, response["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.usefixtures("owner")
def test_nothing_that_was_typed_is_stored(caplog: pytest.LogCaptureFixture) -> None:
    """Some people type the password into the field for the name."""
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    token = client.cookies["csrftoken"].value
    data = {"username": "hunter2", "password": "hunter3", "csrfmiddlewaretoken": token}
    assert client.post("/login/?password=hunter4", data, REMOTE_ADDR=HOME).status_code == 200

    stored = str(list(AccessAttempt.objects.values()))
    assert HOME in stored
    for typed in ("hunter", token):
        assert typed not in stored
        assert typed not in caplog.text
    assert "login failure" in caplog.text


@pytest.mark.usefixtures("owner")
def test_old_failures_are_deleted() -> None:
    for number in range(3):
        log_in("wrong", username=f"user {number}")
    let_pass(16)
    log_in("wrong")
    log_in()

    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("name", ["x" * 5000, "\x00", "owner\x00", "ünï", "' OR 1=1"])
@pytest.mark.usefixtures("owner")
def test_unusual_names_are_ordinary_failures(name: str) -> None:
    assert log_in("wrong", username=name).status_code == 200


@pytest.mark.parametrize(
    ("header", "one", "other", "together"),
    [
        ("REMOTE_ADDR", {"REMOTE_ADDR": HOME, "HTTP_X_REAL_IP": "192.0.2.1"}, {"REMOTE_ADDR": HOME}, True),
        ("HTTP_X_REAL_IP", {"HTTP_X_REAL_IP": HOME}, {"HTTP_X_REAL_IP": STRANGER}, False),
        ("HTTP_X_REAL_IP", {"HTTP_X_REAL_IP": f"::ffff:{HOME}"}, {"HTTP_X_REAL_IP": HOME}, True),
        ("HTTP_X_REAL_IP", {"HTTP_X_REAL_IP": "2001:db8::1"}, {"HTTP_X_REAL_IP": "2001:db8::dead:1"}, True),
        ("HTTP_X_REAL_IP", {"HTTP_X_REAL_IP": "2001:db8::1"}, {"HTTP_X_REAL_IP": "2001:db8:0:1::1"}, False),
        ("HTTP_X_REAL_IP", {"HTTP_X_REAL_IP": "nonsense"}, {"REMOTE_ADDR": "127.0.0.1"}, True),
        ("HTTP_X_REAL_IP", {"HTTP_X_REAL_IP": f"192.0.2.1, {HOME}"}, {"HTTP_X_REAL_IP": HOME}, True),
        ("REMOTE_ADDR", {"REMOTE_ADDR": ""}, {"REMOTE_ADDR": "/run/socket"}, True),
    ],
)
@pytest.mark.usefixtures("owner")
def test_which_failures_are_counted_together(
    settings: Any, header: str, one: dict[str, Any], other: dict[str, Any], together: bool
) -> None:
    """Behind Railway's edge the client's address is in X-Real-IP; elsewhere any client can send that header."""
    settings.CLIENT_ADDRESS = header
    settings.AXES_FAILURE_LIMIT = 2
    data = {"username": "owner", "password": "wrong"}
    Client().post("/login/", data, **one)

    assert Client().post("/login/", data, **other).status_code == (429 if together else 200)


@pytest.mark.parametrize(
    ("proxies", "one", "other", "together"),
    [
        (1, HOME, STRANGER, False),
        (1, f"192.0.2.1, {HOME}", f"192.0.2.2,{HOME}", True),
        (2, f"192.0.2.1, {HOME}, 192.0.2.8", f"{HOME}, 192.0.2.9", True),
        (2, f"{HOME}, 192.0.2.8", f"{STRANGER}, 192.0.2.8", False),
        (2, HOME, STRANGER, True),
        (1, "", "nonsense", True),
        (0, HOME, STRANGER, True),
    ],
)
def test_the_address_is_what_the_trusted_proxies_saw(proxies: int, one: str, other: str, together: bool) -> None:
    """Counted from the end. A list that is too short bypassed the proxies: then the connection's address is used."""
    header = "HTTP_X_FORWARDED_FOR" if proxies else "REMOTE_ADDR"
    with override_settings(CLIENT_ADDRESS=header, TRUSTED_PROXIES=proxies):
        found = [
            client_address(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=sent, REMOTE_ADDR="10.0.0.1"))
            for sent in (one, other)
        ]
    assert (found[0] == found[1]) == together


def post(server: Server, password: str, address: str) -> int:
    """The login form as a browser sends it, through Railway's edge."""
    edge = {"X-Forwarded-Proto": "https", "X-Real-IP": address, "Host": "localhost"}
    token = "t" * 32
    headers = {
        **edge,
        "Cookie": f"csrftoken={token}",
        "Referer": "https://localhost/login/",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    body = urlencode({"username": "admin", "password": password, "csrfmiddlewaretoken": token})
    connection.request("POST", "/login/", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def at_once(count: int, act: Callable[[], int]) -> list[int]:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(act())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.either_engine
def test_many_at_once_are_counted_and_no_error(
    manage: Manage, environment: dict[str, str], sql: Sql, tmp_path: Path, migrated: None
) -> None:
    """Against the real server with its two processes, with the header of Railway's edge."""
    password = manage("create_admin").stdout.split()[-1]
    with serving(web(), {**environment, "RAILWAY_ENVIRONMENT_NAME": "production"}, tmp_path / "log") as server:
        statuses = at_once(LIMIT + 2, lambda: post(server, "wrong", STRANGER))
        assert set(statuses) <= {200, 429}
        assert statuses.count(200) < LIMIT
        assert post(server, password, STRANGER) == 429
        assert post(server, password, HOME) == 302

    assert sum(count for (count,) in sql("SELECT failures_since_start FROM axes_accessattempt")) >= LIMIT
    assert "Traceback" not in server.log()
    assert password not in server.log()
