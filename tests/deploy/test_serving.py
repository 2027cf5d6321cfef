"""What the platform and a browser get from the real server."""

import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Manage, Sql
from tests.server import Server, released, serving, web

pytestmark = pytest.mark.either_engine

PROBE = {"Host": "healthcheck.railway.app"}
EDGE = {"X_Forwarded_Proto": "https"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests that only read."""
    with released(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture
def server(environment: dict[str, str], migrated: None, tmp_path: Path) -> Iterator[Server]:
    with serving(web(), environment, tmp_path / "log") as server:
        yield server


def test_the_probes_answer_the_platform(served: Server) -> None:
    for path in ("/livez", "/readyz"):
        status, headers, body = served.get(path, **PROBE)
        assert (status, body) == (200, '{"status": "ok"}')
        assert "no-store" in headers["cache-control"]


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "[fd12::7]:8000", "unknown.example", "under_score"])
def test_only_probes_are_answered_under_any_host_name(served: Server, host: str) -> None:
    for path in ("/livez", "/readyz"):
        status, headers, body = served.get(path, Host=host)
        assert (status, body) == (200, '{"status": "ok"}')
        assert not headers.keys() & {"location", "set-cookie"}
    for path in ("/", "/login/", "/livez/", "/api/workouts"):
        assert served.get(path, Host=host, **EDGE)[0] == 400


def test_everything_else_redirects_to_https_and_then_to_the_login(served: Server) -> None:
    status, headers, _ = served.get("/")
    assert (status, headers["location"]) == (301, f"https://127.0.0.1:{served.port}/")
    for path in ("/", "/admin/"):
        status, headers, _ = served.get(path, **EDGE)
        assert status == 302
        assert "login" in headers["location"]


def test_unknown_hosts_are_refused(served: Server) -> None:
    assert served.get("/login/", Host="evil.example", **EDGE)[0] == 400


def test_security_headers(served: Server) -> None:
    status, headers, body = served.get("/login/", **EDGE)

    assert status == 200
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "Secure" in headers["set-cookie"]
    assert "<script>" not in body
    assert "style=" not in body


def test_static_files_are_hashed_compressed_and_immutable(served: Server) -> None:
    _, _, page = served.get("/login/", **EDGE)
    match = re.search(r'href="(/static/workouts/planner\.[0-9a-f]{12}\.css)"', page)
    assert match

    status, headers, _ = served.get(match[1], Accept_Encoding="gzip", **EDGE)

    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert headers["cache-control"] == "max-age=315360000, public, immutable"
    assert "access-control-allow-origin" not in headers


def test_logs_are_json_with_the_request_id(server: Server) -> None:
    status, headers, _ = server.get("/readyz", X_Railway_Request_Id="abc-123", **PROBE)
    assert (status, headers["x-railway-request-id"]) == (200, "abc-123")
    for address in ("/nowhere?secret=1", "/coach/?key=secret=1"):
        server.get(address, X_Railway_Request_Id="def-456", **EDGE)
    server.stop()

    records = {record["request_id"]: record for record in server.records() if record["name"] == "gunicorn.access"}
    access = records["abc-123"]
    assert (access["level"], access["method"], access["path"], access["status"]) == ("info", "GET", "/readyz", 200)
    assert isinstance(access["milliseconds"], int)
    assert access["message"].startswith("GET /readyz 200 ")
    application = [record for record in server.records() if record["name"] == "django.request"]
    assert {(record["level"], record["request_id"]) for record in application} == {("warn", "def-456")}
    assert "secret=1" not in server.log()


def test_termination_lets_a_request_in_flight_finish(server: Server) -> None:
    """A form is half sent when SIGTERM arrives; the answer still comes."""
    body = b"username=a&password=b"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(
            b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:5]
        )
        time.sleep(0.5)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        time.sleep(1)
        client.sendall(body[5:])
        answer = client.makefile("rb").read()
    stopping.join()

    assert answer.startswith(b"HTTP/1.1 403 Forbidden")
    assert server.process.returncode == 0


def test_a_server_error_names_the_request_id_of_the_log(server: Server, sql: Sql) -> None:
    sql("ALTER TABLE django_session RENAME TO gone")
    named = {"X_Railway_Request_Id": "abc-123", "Cookie": "sessionid=" + "s" * 32, **EDGE}
    answers = [server.get(path, **named) for path in ("/", "/api/workouts")]
    sql("ALTER TABLE gone RENAME TO django_session")

    sentence = "The error is in the log, under the request id abc-123."
    for status, headers, body in answers:
        assert (status, headers["x-railway-request-id"]) == (500, "abc-123")
        assert sentence in body
    assert "Something went wrong" in answers[0][2]
    assert json.loads(answers[1][2]).keys() == {"error"}
    errors = [record for record in server.records() if record["level"] == "error"]
    assert {record["request_id"] for record in errors} == {"abc-123"}
    assert all("django_session" in record["exc_info"] for record in errors)


def test_not_ready_names_the_missing_migrations(environment: dict[str, str], manage: Manage, tmp_path: Path) -> None:
    """Only to requests from a private network. Other requests come through a proxy, which sets headers."""
    assert manage("migrate", "workouts", "0003", "-v0").returncode == 0
    token = "t" * 20
    with serving(web(), {**environment, "READYZ_TOKEN": token}, tmp_path / "log") as server:
        for header in ("X_Forwarded_For", "X_Real_IP", "X_Forwarded_Proto", "Forwarded", "Via"):
            for other in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {token}x"}):
                answer = server.get("/readyz", **{header: "10.0.0.1", **other}, **PROBE)
                assert answer[::2] == (503, '{"status": "unavailable"}')
        told = server.get("/readyz", X_Forwarded_For="192.0.2.1", Authorization=f"Bearer {token}", **PROBE)

        status, _, body = server.get("/readyz", **PROBE)
        assert (status, body) == told[::2]
        assert status == 503
        assert '"status": "unavailable", "database": "ok"' in body
        assert "workouts.0004_deduplicate_selections" in body
        assert "workouts.0003" not in body
        assert server.get("/livez", **PROBE)[0] == 200

        assert manage("migrate", "-v0").returncode == 0
        assert server.get("/readyz", **PROBE)[0] == 200


def test_not_ready_without_a_database(environment: dict[str, str], tmp_path: Path) -> None:
    unreachable = {**environment, "DATABASE_URL": "postgresql://planner:hunter2@127.0.0.1:1/planner"}
    with serving(web(), unreachable, tmp_path / "log") as server:
        assert server.get("/readyz", **PROBE)[::2] == (503, '{"status": "unavailable", "database": "unreachable"}')
        assert server.get("/livez", **PROBE)[0] == 200
    assert "hunter2" not in server.log()


def test_the_containers_command_migrates_and_serves(environment: dict[str, str], tmp_path: Path) -> None:
    empty = {"WEB_CONCURRENCY": ""}  # as a dashboard leaves it
    with serving([str(ROOT / "bin/start")], environment | empty, tmp_path / "log") as server:
        assert server.get("/readyz", **PROBE)[0] == 200
    assert server.process.returncode == 0


@pytest.mark.proof
def test_without_collected_files_nothing_is_served(environment: dict[str, str], tmp_path: Path) -> None:
    """The release needs none. The test types what the refusal says, and again after a file was lost."""
    copy, log = tmp_path / "copy", tmp_path / "log"
    for name in ("bin", "config", "releases", "serving", "workouts"):
        shutil.copytree(ROOT / name, copy / name)
    shutil.copy(ROOT / "manage.py", copy)

    def refusal() -> str:
        result = subprocess.run(
            [copy / "bin/start"], cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert result.returncode == 1
        assert "Traceback" not in result.stderr
        return result.stderr

    printed = refusal()
    assert re.search(r"The static files are not collected: \d+ are missing, such as \S+\.css\.", printed)
    typed = printed.split("Run: ")[1].split()
    subprocess.run(typed, cwd=copy, env=environment, check=True, capture_output=True)
    with serving(web(), environment, log, cwd=copy) as server:
        assert server.get("/login/", **EDGE)[0] == 200

    next((copy / "staticfiles/workouts").glob("planner.*.css")).unlink()
    assert "1 are missing, such as workouts/planner.css." in refusal()
    (copy / "staticfiles/staticfiles.json").write_text("half")
    printed = refusal()
    assert "The manifest of the static files cannot be read." in printed
    subprocess.run(["rm", printed.split("Remove ")[1].split(". ")[0]], cwd=copy, check=True)
    subprocess.run(typed, cwd=copy, env=environment, check=True, capture_output=True)
    with serving(web(), environment, log, cwd=copy) as server:
        assert server.get("/login/", **EDGE)[0] == 200
