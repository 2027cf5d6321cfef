"""The requests of the old application's front end, from the origin where it is served, to the real server."""

import datetime
import http.client
import json
import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from tests import forks
from tests.conftest import ROOT, container
from tests.server import Server, serving, web
from tests.trainingpeaks import export, workout

pytestmark = pytest.mark.either_engine

FRONT_END, SECOND, STRANGER = "http://localhost:3000", "https://front.example", "https://evil.example"
PASSWORD = "correct horse battery"
EDGE = {"Host": "localhost", "X-Forwarded-Proto": "https"}
TODAY = datetime.datetime.now(tz=datetime.UTC).date()
FIRST, FIFTH, SIXTH, LAST = (TODAY + datetime.timedelta(days=days) for days in (1, 5, 6, 7))
TARGETS = {
    "week_start_date": "2026-01-05",
    "weekly_targets": {
        "tss": 460,
        "total_time": {"hours": 11, "minutes": 33},
        "by_discipline": {"swim": {"hours": 1, "minutes": 48}, "strength": {"hours": 2, "minutes": 0}},
    },
}


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        assert self.headers["content-type"].startswith("application/json")
        return json.loads(self.body)

    @property
    def cors(self) -> dict[str, str]:
        return {name: value for name, value in self.headers.items() if name.startswith("access-control-")}


def exchange(server: Server, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request(method, path, content, headers)
    response = connection.getresponse()
    reply = Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    connection.close()
    return reply


def make_calendar_address(server: Server) -> None:
    """Uses the planner's own settings page."""
    csrf = "t" * 32
    cookies = f"csrftoken={csrf}"
    for path, fields in (("/login/", {"username": "joe", "password": PASSWORD}), ("/settings/feed/issue/", {})):
        form = urlencode({**fields, "csrfmiddlewaretoken": csrf}).encode()
        kind = "application/x-www-form-urlencoded"
        headers = {**EDGE, "Cookie": cookies, "Referer": "https://localhost/", "Content-Type": kind}
        reply = exchange(server, "POST", path, form, headers)
        assert reply.status in {200, 302}
        cookies += "; " + reply.headers.get("set-cookie", "").partition(";")[0]


class FrontEnd:
    """Sends what the React client sends: JSON with a token, through an edge that terminates TLS."""

    def __init__(self, server: Server, origin: str = FRONT_END) -> None:
        self.server, self.origin, self.token = server, origin, ""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        sent = {**EDGE, "Content-Type": "application/json"}
        sent |= {"Origin": self.origin} if self.origin else {}
        sent |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return exchange(self.server, method, f"/api/{path}", content, sent)

    def preflight(self, path: str, method: str = "PUT", headers: str = "authorization,content-type") -> Reply:
        asked = {"Access_Control_Request_Method": method, "Access_Control_Request_Headers": headers}
        return self.send("OPTIONS", path, **asked)

    def log_in(self, password: str = PASSWORD) -> Reply:
        reply = self.send("POST", "auth/login", {"username": "joe", "password": password})
        if reply.status == 200:
            self.token = reply.json["token"]
        return reply


@pytest.fixture(scope="module")
def planner(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an account and with the targets of the old application."""
    folder = tmp_path_factory.mktemp("planner")
    shutil.copy(template.removeprefix("sqlite:///"), folder / "db.sqlite3")
    (folder / "weekly_targets.json").write_text(json.dumps(TARGETS))
    environment = {
        **container(f"sqlite:///{folder}/db.sqlite3"),
        "CORS_ALLOWED_ORIGINS": f"{FRONT_END}, {SECOND}",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    account = "createsuperuser --noinput --username joe --email joe@example.org"
    for command in (account, f"import_targets {folder}/weekly_targets.json"):
        forks.run(["python", "manage.py", *command.split()], cwd=ROOT, env=environment).check_returncode()
    with serving(web(), environment, folder / "log") as server:
        yield server


@pytest.fixture
def front_end(planner: Server) -> FrontEnd:
    return FrontEnd(planner)


def test_from_the_login_to_the_calendar(front_end: FrontEnd) -> None:
    assert front_end.log_in("wrong").json == {"error": "Invalid username or password."}
    user = front_end.log_in().json["user"]
    assert user["username"] == "joe"
    assert front_end.send("GET", "auth/verify").json == {"valid": True, "user": user}

    plan = export(
        workout("Easy run", str(FIRST), "Run", PlannedDuration=0.75),
        workout("Long ride", str(SIXTH), "Bike", PlannedDuration=3),
        workout("Swim", str(LAST), "Swim", PlannedDuration=1),
    )
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="plan.csv"\r\n\r\n' + plan + b"\r\n--x--\r\n"
    imported = front_end.send("POST", "workouts/import", form, Content_Type="multipart/form-data; boundary=x")
    assert (imported.status, imported.json["imported"]) == (201, 3)

    workouts = {found["title"]: found["id"] for found in front_end.send("GET", "workouts").json["workouts"]}
    run, ride, swim = (workouts[title] for title in ("Easy run", "Long ride", "Swim"))
    assert front_end.send("PUT", f"selections/{run}", {"isSelected": False}).json["isSelected"] is False
    moved = front_end.send("PUT", f"selections/{ride}", {"currentPlanDay": str(FIFTH)})
    assert moved.json["currentPlanDay"] == str(FIFTH)
    assert front_end.send("PUT", f"selections/{ride}", {"timeOfDay": "morning"}).json["timeOfDay"] == "morning"
    assert front_end.send("PUT", f"selections/{swim}", {"workoutLocation": None}).json["workoutLocation"] is None
    assert front_end.send("PUT", f"workouts/{swim}", {"tss": 60}).json["tss"] == 60
    own: dict[str, Any] = {
        "title": "Club ride",
        "workoutType": "Bike",
        "workoutDescription": "",
        "originallyPlannedDay": str(FIFTH),
    }
    own |= dict.fromkeys(("plannedDuration", "plannedDistanceInMeters", "tss", "timeOfDay", "workoutLocation"))
    added = front_end.send("POST", "workouts", {**own, "isCustom": True})
    assert (added.status, added.json["selection"]) == (201, None)

    assert front_end.send("GET", "weekly-targets").json == TARGETS

    week = {"startDate": str(FIRST), "endDate": str(LAST)}
    refused = front_end.send("POST", "export/calendar", week)
    assert refused.status == 409
    assert "https://localhost/settings/" in refused.json["error"]
    make_calendar_address(front_end.server)
    exported = front_end.send("POST", "export/calendar", week).json
    assert exported["eventsCreated"] == 3
    assert exported["results"] == [{"date": str(day), "success": True} for day in (FIFTH, LAST)]
    assert exported["dateRange"] == {"start": str(FIRST), "end": str(LAST)}


def test_the_front_end_shows_a_refusal_as_a_sentence(front_end: FrontEnd) -> None:
    front_end.log_in()
    for status, reply in (
        (404, front_end.send("GET", "workouts/999999")),
        (404, front_end.send("PUT", "selections/999999", {"isSelected": True})),
        (404, front_end.send("GET", "tri-club-schedule")),
        (404, front_end.send("GET", "weather/by-time-of-day/2026-01-05")),
        (400, front_end.send("POST", "workouts", b"{")),
        (422, front_end.send("POST", "workouts", {})),
        (422, front_end.send("POST", "workouts/import", b"%PDF-1.7")),
        (400, front_end.send("POST", "export/calendar", {"startDate": "2026-01-05"})),
        (400, front_end.send("POST", "auth/login", {})),
        (403, front_end.send("POST", "auth/register", {})),
    ):
        assert reply.status == status
        assert reply.json["error"].endswith((".", "found"))
        assert reply.headers["access-control-allow-origin"] == FRONT_END


def test_a_preflight_is_answered_before_a_login_is_required(planner: Server) -> None:
    for origin in (FRONT_END, SECOND):
        for path in ("workouts", "auth/login", "workouts/import", "selections/1", "nowhere"):
            reply = FrontEnd(planner, origin).preflight(path)
            assert (reply.status, reply.body) == (200, b"")
            assert reply.cors == {
                "access-control-allow-origin": origin,
                "access-control-allow-methods": "GET, POST, PUT, DELETE",
                "access-control-allow-headers": "authorization, content-type",
                "access-control-expose-headers": "Retry-After, X-Railway-Request-Id",
                "access-control-max-age": "86400",
            }
            assert "origin" in reply.headers["vary"]


@pytest.mark.parametrize(
    "origin",
    [
        STRANGER,
        "null",
        "*",
        "http://localhost",
        "http://localhost:30000",
        "https://localhost:3000",
        "http://localhost:3000.evil.example",
        "http://evil.localhost:3000",
        "http://joe@localhost:3000",
        "https://front.example.",
        "https://[",
        "",
    ],
)
def test_no_other_origin_may_read_anything(planner: Server, origin: str) -> None:
    stranger = FrontEnd(planner, origin)
    for reply in (stranger.preflight("workouts"), stranger.send("GET", "workouts"), stranger.send("GET", "health")):
        assert not reply.cors
        assert "origin" in reply.headers["vary"]


def test_no_page_and_no_cookie_is_open_to_the_front_end(front_end: FrontEnd) -> None:
    reply = exchange(front_end.server, "GET", "/login/", None, {**EDGE, "Origin": FRONT_END})
    assert not reply.cors
    reply = exchange(
        front_end.server, "OPTIONS", "/", None, {**EDGE, "Origin": FRONT_END, "Access-Control-Request-Method": "GET"}
    )
    assert not reply.cors
    assert "set-cookie" not in front_end.log_in().headers
    assert "set-cookie" not in front_end.send("GET", "workouts").headers
