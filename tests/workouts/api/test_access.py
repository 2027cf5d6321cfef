"""Who may use the API, and the answer to everyone else: JSON, not a redirect."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.api_client import ApiClient
from tests.conftest import Manage
from workouts.accounts.tokens import issue, revoke
from workouts.models import Token, Workout

BODY = {"title": "Ride", "originallyPlannedDay": "2026-01-15"}
ADDRESSES = [
    ("GET", "workouts"),
    ("POST", "workouts"),
    ("POST", "workouts/import"),
    ("GET", "workouts/1"),
    ("PUT", "workouts/1"),
    ("DELETE", "workouts/1"),
    ("PUT", "selections/1"),
    ("POST", "selections/1"),
    ("DELETE", "selections/1"),
    ("GET", "stats"),
    ("GET", "auth/verify"),
    ("GET", "auth/me"),
    ("GET", "weekly-targets"),
    ("POST", "export/calendar"),
    ("GET", "openapi.json"),
]


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"}, enforce_csrf_checks=True)


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_everything_needs_a_login(db: None, method: str, path: str) -> None:
    for content in (b"{}", b"not json"):
        response = Client(enforce_csrf_checks=True).generic(method, f"/api/{path}", content, "application/json")
        assert (response.status_code, response.headers["Content-Type"]) == (401, "application/json")
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.json() == {"error": "Token is missing. Log in, or send one: Authorization: Bearer TOKEN."}


def test_health_does_not(db: None) -> None:
    answer = Client().get("/api/health").json()
    assert answer["status"] == "healthy"
    assert answer["timestamp"].endswith("Z")


def test_a_token_gives_access_without_cookies(user: User) -> None:
    client = bearer(issue(user, Token.Purpose.API))
    response = client.post("/api/workouts", BODY, content_type="application/json")
    assert response.status_code == 201
    assert not client.cookies


def test_a_token_gives_access_until_it_is_revoked_or_the_user_is_deactivated(user: User) -> None:
    client = bearer(issue(user, Token.Purpose.API))
    assert client.get("/api/stats").status_code == 200

    User.objects.update(is_active=False)
    assert client.get("/api/stats").status_code == 401

    User.objects.update(is_active=True)
    revoke(user, Token.Purpose.API)
    assert client.get("/api/stats").status_code == 401


def test_no_other_secret_gives_access(user: User) -> None:
    secret = issue(user, Token.Purpose.API)
    feed = issue(user, Token.Purpose.FEED)
    for header in (f"Bearer {feed}", f"Bearer {secret}x", "Bearer", "Bearer ", f"Basic {secret}", secret, "Bearer é"):
        assert Client(headers={"Authorization": header}).get("/api/stats").status_code == 401
    assert Client(headers={"Authorization": f"bearer  {secret} "}).get("/api/stats").status_code == 200


def test_a_login_in_the_browser_gives_access_and_writing_needs_the_csrf_token(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.get("/api/workouts").status_code == 200

    refused = client.post("/api/workouts", BODY, content_type="application/json")
    assert (refused.status_code, list(refused.json())) == (403, ["error"])
    assert not Workout.objects.exists()

    client.get("/api/docs")
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value}
    accepted = client.post("/api/workouts", BODY, content_type="application/json", headers=headers)
    assert accepted.status_code == 201


@pytest.mark.parametrize(
    "path", ["", "nothing", "workouts/", "workouts/abc", "workouts/-1", "workouts/1/2", "health/x"]
)
def test_an_address_that_does_not_exist_is_404_in_json(db: None, path: str) -> None:
    response = Client().get(f"/api/{path}")
    assert response.status_code == 404
    assert response.json() == {"error": "There is nothing at this address."}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "workouts", {"GET", "HEAD", "POST"}),
        ("HEAD", "selections/1", {"DELETE", "POST", "PUT"}),
        ("OPTIONS", "auth/login", {"POST"}),
        ("GET", "selections/1", {"DELETE", "POST", "PUT"}),
        ("DELETE", "workouts/import", {"POST"}),
        ("POST", "health", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_does_not_exist_is_405_in_json(db: None, method: str, path: str, allowed: set[str]) -> None:
    response = Client().generic(method, f"/api/{path}")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == allowed
    if method != "HEAD":
        assert response.json() == {"error": f"{method} is not allowed here."}


@pytest.mark.parametrize("key", [r'"aaaaaaaa\000"', r'"\303\251aaaaaaaa"', "A" * 32, "x" * 5000])
def test_an_invalid_session_cookie_is_not_a_login(db: None, key: str) -> None:
    """PostgreSQL does not accept NUL, and a cookie can contain one, written in octal."""
    client = Client(headers={"Cookie": f"sessionid={key}"})
    assert client.get("/api/auth/me").status_code == 401
    assert client.get("/month").headers["Location"] == "/login/?next=/month"
    assert client.get("/login/").status_code == 200


def test_head_is_get_without_a_body(api: ApiClient) -> None:
    for path in ("workouts", "health", "auth/me", "openapi.json"):
        response = api.head(f"/api/{path}")
        assert (response.status_code, response.content) == (200, b"")
    assert Client().head("/api/workouts").status_code == 401


def test_without_a_configured_front_end_no_origin_is_answered(db: None) -> None:
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}
    for method, path, status in (("OPTIONS", "workouts", 405), ("GET", "health", 200), ("GET", "nothing", 404)):
        response = Client(headers=headers).generic(method, f"/api/{path}")
        assert response.status_code == status
        assert not [name for name in response.headers if name.startswith("Access-Control")]
        assert "origin" not in response.headers.get("Vary", "")


def test_a_refusal_by_django_is_json_here_and_a_page_elsewhere(client: Client) -> None:
    refused = client.get("/api/health", headers={"Host": "evil.example"})
    assert (refused.status_code, refused.json()) == (400, {"error": "Bad request."})
    assert client.get("/login/", headers={"Host": "evil.example"}).headers["Content-Type"].startswith("text/html")


def test_the_documentation_is_behind_the_login_and_loads_nothing_from_elsewhere(user: User) -> None:
    client = Client()
    assert client.get("/api/docs").headers["Location"] == "/login/?next=/api/docs"

    client.force_login(user)
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "http" not in page.content.decode().replace("http-equiv", "")
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert client.get("/api/openapi.json").json()["info"]["title"] == "Workout planner API"


@pytest.mark.either_engine
def test_a_command_creates_and_revokes_the_token(manage: Manage, migrated: None) -> None:
    manage("create_admin")

    first, second = manage("api_token", "admin"), manage("api_token", "admin")
    assert first.stdout.startswith("API token of admin, shown once: ")
    assert first.stdout != second.stdout
    assert manage("api_token", "admin", "--revoke").stdout == "Revoked the API token of admin.\n"
    assert manage("api_token", "admin", "--revoke").stdout == "admin has no API token.\n"

    refused = manage("api_token", "nobody")
    assert refused.returncode == 1
    assert refused.stderr == "CommandError: There is no account nobody. Nothing was changed.\n"
