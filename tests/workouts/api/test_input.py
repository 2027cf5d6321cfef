"""Any input to the API is accepted or refused with a reason: no errors, and no partial writes."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.api_client import ApiClient
from tests.workouts.conftest import Plan
from workouts.models import Change, WorkoutSelection

COLUMNS = {"title": 500, "workoutType": 100, "timeOfDay": 50, "workoutLocation": 100, "workoutDescription": 100_000}


@pytest.fixture
def own(plan: Plan) -> str:
    return f"workouts/{plan('Ride', '2026-11-23', is_custom=True).pk}"


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e400", "-1", "1e300", "9" * 400, "true", '"1"', "[1]"]
)
@pytest.mark.parametrize("field", ["plannedDuration", "plannedDistanceInMeters", "tss", "intensityFactor"])
def test_an_invalid_number_is_refused(api: ApiClient, own: str, field: str, number: str) -> None:
    answer = api.send_raw("PUT", own, f'{{"{field}": {number}}}', status=422)
    assert list(answer["fields"]) == [field]
    assert not Change.objects.exists()


@pytest.mark.parametrize(("number", "status"), [("2.0", 201), ("2", 201), ("2.5", 422), ("1e300", 422), ("true", 422)])
def test_an_integer_may_be_written_with_a_point(api: ApiClient, number: str, status: int) -> None:
    """As JSON Schema has it, and as some languages write every number."""
    body = f'{{"firstDay": "2026-11-23", "weekday": {number}}}'
    answer = api.send_raw("POST", "availability", body, status=status)
    assert answer.get("weekday") == (2 if status == 201 else None)


@pytest.mark.parametrize(
    "day",
    ["0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-W48-1", "20261123", "2026-11-23T99",
     "2026-11-23\ud800", "2026-11-23\0", "\uff12\uff10\uff12\uff16-11-23", "", 20261123, True, [], {}],
)  # fmt: skip
def test_an_invalid_day_is_refused(api: ApiClient, own: str, day: Any) -> None:
    assert list(api.send("PUT", own, {"originallyPlannedDay": day}, status=422)["fields"]) == ["originallyPlannedDay"]
    path = own.replace("workouts", "selections")
    assert list(api.send("PUT", path, {"currentPlanDay": day}, status=422)["fields"]) == ["currentPlanDay"]
    assert not WorkoutSelection.objects.exists()


@pytest.mark.parametrize(("field", "longest"), COLUMNS.items())
def test_text_may_be_as_long_as_its_column(api: ApiClient, own: str, field: str, longest: int) -> None:
    api.send("PUT", own, {field: "é" * longest})
    assert list(api.send("PUT", own, {field: "é" * (longest + 1)}, status=422)["fields"]) == [field]


@pytest.mark.parametrize("field", [*COLUMNS, "coachComments"])
@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\udfffb", 1, True, {}, []])
def test_text_that_cannot_be_stored_is_refused(api: ApiClient, own: str, field: str, text: Any) -> None:
    assert list(api.send("PUT", own, {field: text}, status=422)["fields"]) == [field]
    assert not Change.objects.exists()


def test_any_other_text_is_returned_unchanged(api: ApiClient, own: str) -> None:
    text = "<script>alert(1)</script> =HYPERLINK(1) '; DROP TABLE workouts; -- 🏊‍♀️ \u202e\r\n\t\x7f\x01 \u0301"
    body = {"title": text, "workoutDescription": text, "workoutLocation": text[:100]}
    changed = api.send("PUT", own, body)
    assert {name: changed[name] for name in ("title", "workoutDescription")} == dict.fromkeys(list(body)[:2], text)
    assert changed["selection"]["workoutLocation"] == text[:100]


@pytest.mark.parametrize("title", ["", " ", "\n\t", "\u00a0", None])
def test_a_blank_title_is_refused(api: ApiClient, own: str, title: str | None) -> None:
    assert list(api.send("PUT", own, {"title": title}, status=422)["fields"]) == ["title"]


@pytest.mark.parametrize("body", [[], "text", 1, None, True, [{"title": "Ride"}]])
def test_a_body_that_is_not_an_object_is_refused(api: ApiClient, own: str, body: Any) -> None:
    for method, path in (("POST", "workouts"), ("PUT", own), ("PUT", own.replace("workouts", "selections"))):
        content = "null" if body is None else None
        answer = api.send_raw(method, path, content, 422) if content else api.send(method, path, body, 422)
        assert list(answer["fields"]) == ["body"]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"{'title': 1}",
        b"\xff\xfe{}",
        b'{"title": "\xff"}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
        b"a=b",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_a_body_that_is_not_json_is_refused(api: ApiClient, own: str, content: bytes) -> None:
    for method, path in (("POST", "workouts"), ("PUT", own), ("POST", own.replace("workouts", "selections"))):
        assert api.send_raw(method, path, content, 400) == {"error": "The body is not JSON."}


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_the_content_type_does_not_matter_for_json(api: ApiClient, own: str, content_type: str) -> None:
    assert api.send_raw("PUT", own, '{"title": "Ride ü"}', 200, content_type)["title"] == "Ride ü"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (
            b"--x\r\nContent-Disposition: form-data; name=title\r\n\r\nRide\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"title=Ride", "multipart/form-data"),
        (b"title=Ride&" * 2000, "application/x-www-form-urlencoded"),
        (b"title=Ride", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"title=Ride", "application/x-www-form-urlencoded; charset=latin-1"),
        (b"title=Ride", "\xe9/\xe9"),
    ],
)
@pytest.mark.parametrize("with_session", [True, False])
def test_a_form_is_refused(
    api: ApiClient, user: User, own: str, content: bytes, content_type: str, with_session: bool
) -> None:
    """With a session Django reads the form for its CSRF token before the body is parsed."""
    client: Client = api
    headers = {}
    if with_session:
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        client.get("/api/docs")
        headers = {"X-CSRFToken": client.cookies["csrftoken"].value}
    for method, path in (("POST", "workouts"), ("PUT", own), ("POST", own.replace("workouts", "selections"))):
        response = client.generic(method, f"/api/{path}", content, content_type, headers=headers)
        assert response.status_code == 400
        assert list(response.json()) == ["error"]
    assert not Change.objects.exists()


@pytest.mark.parametrize("content", ['{"title": "a", "title": "b"}', '{"x": {"y": 1, "\\u0079": 2}}'])
def test_a_duplicate_name_is_refused(api: ApiClient, own: str, content: str) -> None:
    assert api.send_raw("PUT", own, content, 400) == {"error": "The body has a name twice."}


def test_an_empty_body_is_refused(api: ApiClient, own: str) -> None:
    for method, path in (("POST", "workouts"), ("PUT", own), ("PUT", own.replace("workouts", "selections"))):
        assert api.send(method, path, status=422)["fields"] == {"body": "Required"}


def test_a_huge_body_is_refused(api: ApiClient, own: str) -> None:
    refused = api.send_raw("PUT", own, b" " * 12_000_000 + b"{}", 413)
    assert refused == {"error": "The request is larger than 11 MB; the limit for a file is 10 MB. Nothing was changed."}


def test_some_of_many_unknown_fields_are_named(api: ApiClient, own: str) -> None:
    answer = api.send("PUT", own, {f"{number:0>200}": 1 for number in range(1000)}, 422)
    assert len(answer["fields"]) <= 20
    assert all(len(name) <= 100 for name in answer["fields"])


def test_a_name_that_is_not_valid_unicode_is_refused(api: ApiClient, own: str) -> None:
    api.send("PUT", own, {"\ud800": 1}, 422)
    api.send("PUT", own, {"\0": 1}, 422)


@pytest.mark.parametrize("number", ["0", "2147483647", "2147483648", "9223372036854775808", "9" * 5000])
def test_an_invalid_id_is_404(api: ApiClient, number: str) -> None:
    for method, path in (("GET", "workouts"), ("PUT", "workouts"), ("DELETE", "workouts")):
        api.send(method, f"{path}/{number}", {}, 404)
    for method in ("PUT", "POST", "DELETE"):
        api.send(method, f"selections/{number}", {}, 404)
