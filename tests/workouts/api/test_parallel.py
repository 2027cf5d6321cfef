"""Concurrent clients against the real server with two workers: every write counts, and none fails."""

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Manage
from tests.server import Server, serving, web

Send = Callable[..., tuple[int, Any]]
BODY = {"title": "Ride", "originallyPlannedDay": "2026-11-23"}


@pytest.fixture
def send(manage: Manage, environment: dict[str, str], tmp_path: Path, migrated: None) -> Iterator[Send]:
    """Sends each request on a connection of its own; returns status and answer."""
    manage("create_admin")
    token = manage("api_token", "admin").stdout.split()[-1]

    with serving(web(), {**environment, "WEB_CONCURRENCY": "2"}, tmp_path / "log") as server:
        yield lambda method, path, body=None: request(server, token, method, path, body)


def request(server: Server, token: str, method: str, path: str, body: Any) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-Proto": "https"}
    connection.request(method, f"/api/{path}", None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


@pytest.mark.proof
def test_everything_at_once_is_written_or_refused(send: Send) -> None:
    ids = [send("POST", "workouts", BODY)[1]["id"] for _ in range(3)]
    calls = [
        call
        for number in range(10)
        for pk in ids
        for call in (
            ("PUT", f"workouts/{pk}", {"title": f"Ride {number}", "timeOfDay": f"{number} am"}),
            ("PUT", f"selections/{pk}", {"isSelected": number % 2 == 0, "userNotes": str(number)}),
            ("DELETE", f"selections/{pk}", None),
            ("GET", "workouts?selected=true", None),
        )
    ]
    calls.insert(len(calls) // 2, ("DELETE", f"workouts/{ids[0]}", None))

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(status for status, _ in pool.map(lambda call: send(*call), calls))

    assert set(statuses) <= {200, 404, 409}
    assert statuses[200] > len(calls) / 2
    assert [workout["id"] for workout in send("GET", "workouts")[1]["workouts"]] == ids[1:]
