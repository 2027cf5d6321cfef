"""Days on which the athlete cannot train: entered on a page or by a program, shown on every board, undone."""

import datetime
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.api_client import ApiClient
from tests.workouts.conftest import Plan
from workouts.accounts.tokens import issue
from workouts.models import Availability, Change, Token

pytestmark = pytest.mark.either_engine

MONDAY = datetime.date(2026, 11, 23)
AWAY = {"first_day": "2026-11-26", "last_day": "2026-11-28", "discipline": "", "reason": "family"}
NO_SWIM = {"first_day": "2026-11-26", "last_day": "", "discipline": "Swim", "reason": ""}
THURSDAYS = {"first_day": "2026-11-23", "last_day": "2026-12-09", "weekday": "3", "discipline": "Swim", "reason": ""}


def away(client: Client, address: str) -> dict[str, list[str]]:
    """What cannot be done, by day."""
    context = client.get(address).context
    days = context["columns"] if "columns" in context else [cell for row in context["rows"] for cell in row.cells]
    return {day.day.isoformat(): [str(one) for one in day.away] for day in days if day.away}


def words(client: Client, address: str) -> str:
    """The text of a page, as it is read aloud: without titles and other attributes."""
    return " ".join(re.sub(r"<[^>]+>", "", client.get(address).content.decode()).split())


def test_is_shown_on_its_days_in_the_week_and_the_month(athlete: Client, plan: Plan) -> None:
    plan("Ride", "2026-11-23")
    for values in (AWAY, NO_SWIM):
        athlete.post("/availability/", values)
    shown = {
        "2026-11-26": ["No training: family", "No swimming"],
        "2026-11-27": ["No training: family"],
        "2026-11-28": ["No training: family"],
    }
    assert away(athlete, f"/week/{MONDAY}") == shown
    assert away(athlete, "/month/2026-11") == shown
    for address in (f"/week/{MONDAY}", "/month/2026-11"):
        assert "No training: family" in athlete.get(address).content.decode()


def test_is_one_change_that_is_undone_and_redone(athlete: Client) -> None:
    answer = athlete.post("/availability/", AWAY)
    added = Change.objects.get()
    assert answer.headers["Location"] == f"/availability/?changed={added.pk}"
    assert added.summary == "No training, 26 Nov to 28 Nov 2026"

    athlete.post(f"/history/{added.pk}/undo/")
    assert not Availability.objects.exists()
    athlete.post(f"/history/{Change.objects.latest('pk').pk}/undo/")
    found = Availability.objects.get()

    athlete.post(f"/availability/{found.pk}/remove/")
    assert Change.objects.latest("pk").summary == "No training, 26 Nov to 28 Nov 2026: removed"
    athlete.post(f"/history/{Change.objects.latest('pk').pk}/undo/")
    assert Availability.objects.get() == found
    assert athlete.post("/availability/999/remove/").status_code == 404


def test_a_weekday_is_shown_on_its_days_alone(athlete: Client, plan: Plan) -> None:
    plan("Ride", "2026-11-23")
    athlete.post("/availability/", THURSDAYS)
    assert away(athlete, f"/week/{MONDAY}") == {"2026-11-26": ["No swimming"]}
    assert away(athlete, "/week/2026-12-07") == {}, "it ends on a Wednesday"
    assert away(athlete, "/month/2026-12") == {"2026-12-03": ["No swimming"]}


@pytest.mark.parametrize(
    ("first", "last", "summary", "listed"),
    [
        ("2099-01-03", "2099-06-27", "3 Jan to 27 Jun 2099", "3 January to 27 June 2099"),
        ("2098-12-03", "2099-06-27", "3 Dec 2098 to 27 Jun 2099", "3 December 2098 to 27 June 2099"),
    ],
)
def test_a_weekday_is_one_change_and_one_line_of_the_list(
    athlete: Client, first: str, last: str, summary: str, listed: str
) -> None:
    athlete.post("/availability/", {**THURSDAYS, "first_day": first, "last_day": last})
    added, found = Change.objects.get(), Availability.objects.get()
    assert added.summary == f"No swimming, Thursdays, {summary}"
    page = words(athlete, "/availability/")
    assert page.count(f"every Thursday, {listed}") == 3, "the others name the buttons"

    athlete.post(f"/history/{added.pk}/undo/")
    assert not Availability.objects.exists()
    athlete.post(f"/history/{Change.objects.latest('pk').pk}/undo/")
    assert (Availability.objects.get(), Availability.objects.get().weekday) == (found, 3)
    athlete.post(f"/availability/{found.pk}/remove/")
    assert Change.objects.latest("pk").summary == f"{added.summary}: removed"


def test_the_same_is_not_added_again(athlete: Client, api: ApiClient) -> None:
    for values in (AWAY, THURSDAYS, NO_SWIM):
        athlete.post("/availability/", values)
        page = athlete.post("/availability/", values, follow=True)
        assert "Nothing was changed: it is so already." in page.content.decode()
    athlete.post("/availability/", {**AWAY, "reason": "work"})
    sent = {"firstDay": "2026-11-26", "discipline": "Swim"}
    assert (
        api.send("POST", "availability", sent, status=201)["id"] == Availability.objects.get(weekday=None, reason="").pk
    )
    assert (Availability.objects.count(), Change.objects.count()) == (4, 4)


def test_undoing_redraws_its_days_on_the_board(athlete: Client, plan: Plan) -> None:
    plan("Ride", "2026-11-23")
    athlete.post("/availability/", AWAY)
    shown = {"board": str(MONDAY), "type": "", "source": ""}
    redrawn = athlete.post(f"/history/{Change.objects.get().pk}/undo/", shown, headers={"HX-Request": "true"})
    assert [column.day.day for column in redrawn.context["columns"]] == [26, 27, 28]

    athlete.post("/availability/", THURSDAYS)
    last = Change.objects.latest("pk")
    redrawn = athlete.post(f"/history/{last.pk}/undo/", shown, headers={"HX-Request": "true"})
    assert [column.day.day for column in redrawn.context["columns"]] == [26]


def test_without_a_last_day_it_is_one_day_and_of_a_weekday_366(athlete: Client) -> None:
    for weekday, last in (("", "2026-11-26"), ("3", "2027-11-26")):
        athlete.post("/availability/", {**NO_SWIM, "weekday": weekday})
        assert str(Availability.objects.latest("pk").last_day) == last


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"first_day": ""}, "This field is required."),
        ({"first_day": "1066-10-14"}, "A year from 1970"),
        ({"last_day": "2026-11-25"}, "The last day is before the first."),
        ({"last_day": "2027-11-27"}, "No more than 366 days at a time."),
        ({"weekday": "6"}, "There is no Sunday from the first to the last day."),
        ({"weekday": "7"}, "Select a valid choice."),
        ({"weekday": "Thursday"}, "Select a valid choice."),
        ({"discipline": "Chess"}, "Select a valid choice."),
        ({"reason": "x" * 201}, "at most 200 characters"),
    ],
)
def test_invalid_values_are_refused_and_nothing_changes(athlete: Client, wrong: dict[str, str], reason: str) -> None:
    answer = athlete.post("/availability/", {**AWAY, **wrong})
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert not Change.objects.exists()
    assert list(answer.context["form"].errors) == list(wrong), "it stands at the field that is wrong"


def test_the_page_begins_on_the_day_and_lists_what_lies_ahead(athlete: Client) -> None:
    today = timezone.localdate()
    for first, last in ((today - datetime.timedelta(days=9), today), (today - datetime.timedelta(days=9),) * 2):
        Availability.objects.create(first_day=first, last_day=last)
    page = athlete.get("/availability/2026-11-23")
    assert [one.last_day for one in page.context["page"]] == [today]
    assert 'value="2026-11-23"' in page.content.decode()


def test_programs_list_add_and_remove_it(api: ApiClient) -> None:
    added = api.send("POST", "availability", {"firstDay": "2026-11-26", "discipline": "Swim"}, status=201)
    assert added == {
        "id": added["id"],
        "firstDay": "2026-11-26",
        "lastDay": "2026-11-26",
        "weekday": None,
        "discipline": "Swim",
        "reason": "",
    }
    assert api.send("GET", "availability") == {"availability": [added], "count": 1}
    assert api.send("GET", "availability?startDate=2026-11-26&endDate=2026-11-26")["count"] == 1
    assert api.send("GET", "availability?startDate=2026-11-27")["count"] == 0
    assert api.send("GET", "availability?endDate=2026-11-25")["count"] == 0

    for wrong in ({}, {"firstDay": "2026-11-26", "lastDay": "2026-11-25"}, {"firstDay": "2026-11-26", "away": 1}):
        api.send("POST", "availability", wrong, status=422)
    api.send("DELETE", f"availability/{added['id']}")
    api.send("DELETE", f"availability/{added['id']}", status=404)
    assert not Availability.objects.exists()


def test_programs_add_a_weekday(api: ApiClient) -> None:
    body = {"firstDay": "2026-11-26", "lastDay": "2026-12-31", "weekday": 3, "discipline": "Swim"}
    added = api.send("POST", "availability", body, status=201)
    assert added == {**body, "id": added["id"], "reason": ""}
    assert api.send("GET", "availability") == {"availability": [added], "count": 1}
    year = api.send("POST", "availability", {"firstDay": "2026-11-26", "weekday": 0}, status=201)
    assert (year["lastDay"], year["weekday"]) == ("2027-11-26", 0)
    every = api.send("POST", "availability", {"firstDay": "2026-11-26", "weekday": None}, status=201)
    assert (every["lastDay"], every["weekday"]) == ("2026-11-26", None)

    for wrong in (-1, 7, "3", 3.5, True):
        refused = api.send("POST", "availability", {**body, "weekday": wrong}, status=422)
        assert list(refused["fields"]) == ["weekday"]
    never = {"firstDay": "2026-11-26", "lastDay": "2026-11-28", "weekday": 0}
    assert "There is no Monday from the first to the last day." in api.send("POST", "availability", never, 422)["error"]
    assert Availability.objects.count() == 3


def test_a_workout_that_cannot_be_done_is_marked_on_its_card(athlete: Client, plan: Plan) -> None:
    swim = plan("Drills", "2026-11-26", workout_type="Swim", planned_duration=1.0)
    plan("Ride", "2026-11-26", workout_type="Bike")
    key = issue(User.objects.get(), Token.Purpose.COACH)
    boards = (f"/week/{MONDAY}", "/month/2026-11", f"/coach/{MONDAY}?key={key}", f"/week/{MONDAY}/text")

    def marks() -> list[int]:
        return [words(athlete, address).count("No swimming on this day") for address in boards]

    assert marks() == [0, 0, 0, 0]
    athlete.post("/availability/", THURSDAYS)
    assert marks() == [1, 1, 1, 1]
    athlete.post(f"/workouts/{swim.pk}/selection", {"is_selected": "false"})
    assert marks() == [0, 0, 0, 0]
    athlete.post(f"/workouts/{swim.pk}/selection", {"is_selected": "true"})
    assert marks() == [1, 1, 1, 1]
    athlete.post(f"/workouts/{swim.pk}/done", {"rpe": "3"})
    assert marks() == [0, 0, 0, 0]


def test_the_mark_comes_and_goes_with_the_card(athlete: Client, plan: Plan) -> None:
    swim = plan("Drills", "2026-11-25", workout_type="Swim")
    athlete.post("/availability/", THURSDAYS)
    for board in ({"board": str(MONDAY), "type": "", "source": ""}, {"month": "2026-11"}):
        for day, marked in (("2026-11-26", True), ("2026-11-25", False)):
            sent = {"current_plan_day": day, **board}
            parts = athlete.post(f"/workouts/{swim.pk}/selection", sent, headers={"HX-Request": "true"})
            assert ('class="clash"' in parts.content.decode()) == marked


def test_needs_a_login(client: Client, db: None) -> None:
    assert client.post("/availability/", AWAY).status_code == 302
    assert client.post("/availability/1/remove/").status_code == 302
    assert client.get("/api/availability").status_code == 401


def test_an_entry_is_edited_and_that_is_undone(athlete: Client) -> None:
    one = Availability.objects.create(first_day=MONDAY, last_day=MONDAY, discipline="Swim", reason="pool closed")
    address = f"/availability/{one.pk}/"
    assert 'value="pool closed"' in athlete.get(address).content.decode()
    sent = {"discipline": "Swim", "weekday": "", "first_day": MONDAY, "last_day": MONDAY, "reason": "pool closed"}

    athlete.post(address, sent)
    assert not Change.objects.exists()
    assert athlete.post(address, {**sent, "last_day": "2020-01-01"}).status_code == 422
    athlete.post(address, {**sent, "discipline": "", "weekday": "0", "last_day": "2026-12-31"})

    edited = Availability.objects.get()
    assert (str(edited), edited.weekday, str(edited.last_day)) == ("No training: pool closed", 0, "2026-12-31")
    assert str(Change.objects.get()) == "No training, Mondays, 23 Nov to 31 Dec 2026: changed"
    athlete.post(f"/history/{Change.objects.get().pk}/undo/")
    assert str(Availability.objects.get()) == "No swimming: pool closed"
    one.delete()
    assert athlete.post(address, sent).status_code == 404
