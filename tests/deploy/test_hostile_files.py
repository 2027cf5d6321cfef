"""Malicious files, uploaded to the real server: refused with a message and little memory."""

import gzip
import html
import http.client
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.conftest import Manage
from tests.server import Server, serving, web

pytestmark = [pytest.mark.proof, pytest.mark.either_engine]

MB = 1024 * 1024
HEAD = '{"format": "workout-planner", "version": 1, "workouts": ['
HEADER = (
    "id,title,workoutType,workoutDescription,plannedDuration,plannedDistanceInMeters,originallyPlannedDay,"
    "coachComments,tss,intensityFactor,isCustom,createdAt,"
    "selectionId,isSelected,currentPlanDay,timeOfDay,workoutLocation,userNotes,updatedAt\n"
)
ABSURD = {
    "id": 1,
    "title": "Run",
    "workoutType": "Run",
    "workoutDescription": None,
    "plannedDuration": 1e308,
    "plannedDistanceInMeters": None,
    "originallyPlannedDay": "2026-11-23",
    "coachComments": None,
    "tss": None,
    "intensityFactor": None,
    "isCustom": False,
    "createdAt": None,
    "selection": None,
}
BACKUPS = {
    HEAD + "{}," * 3_000_000: "In workouts number 1, id: Field required.",
    HEAD + '{"id": 1, ' + '"a": 1, ' * 300_000: "In workouts number 1: larger than any record can be.",
    HEAD + "[" * 1_000_000: "In workouts number 1: larger than any record can be.",
    HEAD + '{"title": "' + "\U0001f600" * 500_000 + '"': "In workouts number 1: larger than any record can be.",
    '{"a": [' + "[]," * 1_000_000: "This is a JSON file (.json), an object with “a”.",
    HEAD + json.dumps(ABSURD): "In workouts number 1, plannedDuration: Input should be less than or equal to 168.",
    HEADER + "," * 3_000_000: "This is an export.csv of this planner, for spreadsheets.",
}
PLANS = {
    "Title,WorkoutType,WorkoutDay\n" + 'a","\n' * 500_000: "unbalanced quotation marks.",
    "Title,WorkoutType,WorkoutDay\n" + "\n" * 1_000_000: "The file has more than 200000 rows.",
    "BEGIN:VCALENDAR\n": "The calendar has no events. Nothing was imported.",
}
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
ACTIVITIES = {
    f'<?xml version="1.0"?><!DOCTYPE gpx [{LAUGHS}]><gpx><name>&l9;</name></gpx>': "declares a document type",
    '<gpx><trk a="' + "a" * 9 * MB: "truncated or malformed",
    "<gpx>" + "<trk>" * 1_000_000: "nested too deeply",
    "<gpx>" + "<trk/>" * 1_000_000: "truncated or malformed",
    "<gpx><trk><name>" + "a" * 9 * MB + "</name></trk></gpx>": "This GPX file has no times",
}


class Athlete:
    """A client that is logged in at the server."""

    def __init__(self, server: Server, password: str) -> None:
        self.server, self.cookies = server, dict[str, str]()
        self.send("GET", "/login/")
        form = {"username": "admin", "password": password, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        self.send("POST", "/login/", urlencode(form).encode(), "application/x-www-form-urlencoded")
        assert "sessionid" in self.cookies

    def upload(self, path: str, content: bytes) -> str:
        """The errors of the form."""
        part = 'Content-Disposition: form-data; name="file"; filename="file"\r\n\r\n'
        body = b"--=\r\n" + part.encode() + content + b"\r\n--=--\r\n"
        status, answer = self.send("POST", path, body, "multipart/form-data; boundary==")
        assert status == 422
        return "".join(re.findall(r"errorlist.*?<li>(.*?)</li>", html.unescape(answer), re.DOTALL))

    def send(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {
            "X-Forwarded-Proto": "https",
            "Referer": f"https://127.0.0.1:{self.server.port}/",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
            "Content-Type": content_type,
        }
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        answer = response.read().decode()
        connection.close()
        return response.status, answer


@pytest.fixture
def password(migrated: None, manage: Manage) -> str:
    return manage("create_admin").stdout.split()[-1]


@pytest.fixture
def server(environment: dict[str, str], migrated: None, tmp_path: Path) -> Iterator[Server]:
    with serving(web(), {**environment, "WEB_CONCURRENCY": "1"}, tmp_path / "log") as server:
        yield server


def test_are_refused_with_a_message_and_little_memory(server: Server, password: str) -> None:
    athlete, worker = Athlete(server, password), worker_of(server)
    before = peak_of(worker)
    for path, files in (("/restore/", BACKUPS), ("/imports/", PLANS), ("/imports/", ACTIVITIES)):
        for content, reason in files.items():
            assert reason in athlete.upload(path, content.encode())
    assert "The file is larger than 10 MB." in athlete.upload("/imports/", bomb())
    assert peak_of(worker) - before < 150 * MB
    for packed in (gzip.compress(bytes(900 * MB)), gzip.compress(b"<gpx>" + b" " * 900 * MB)):
        assert "Unpacked, the file is larger than 50 MB." in athlete.upload("/imports/", packed)
    assert peak_of(worker) - before < 300 * MB


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("plan.csv", b" " * (30 * MB))
    return content.getvalue()


def worker_of(server: Server) -> str:
    (pid,) = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return pid


def peak_of(pid: str) -> int:
    """The peak memory of the process in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024
