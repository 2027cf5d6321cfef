"""/api/export/calendar and /api/weekly-targets, from which the old front end shows calendar and targets."""

import datetime

import pytest
import vobject
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.api_client import ApiClient
from tests.workouts.conftest import Plan
from workouts.accounts.tokens import issue
from workouts.models import Preferences, Token, WeekTarget
from workouts.values.days import ONE_WEEK, monday_of

TODAY = timezone.localdate()
YESTERDAY, TOMORROW, LONG_AGO = (TODAY + datetime.timedelta(days=days) for days in (-1, 1, -800))
SENT = {"startDate": f"{TODAY}", "endDate": f"{TOMORROW}T23:59:59Z"}


@pytest.fixture
def calendar(user: User) -> str:
    """The secret of the calendar feed."""
    return issue(user, Token.Purpose.FEED)


def test_the_export_says_what_the_feed_has_on_these_days(api: ApiClient, plan: Plan, calendar: str) -> None:
    plan("run", f"{TODAY}")
    plan("swim", f"{TODAY}")
    plan("moved here", f"{YESTERDAY}", {"is_selected": None, "current_plan_day": TOMORROW})
    plan("moved away", f"{TODAY}", {"current_plan_day": YESTERDAY})
    plan("skipped", f"{TOMORROW}", {"is_selected": False})

    answer = api.send("POST", "export/calendar", SENT)

    assert answer == {
        "message": "The subscribed calendar has these workouts, and follows each change by itself.",
        "eventsCreated": 3,
        "results": [{"date": f"{day}", "success": True} for day in (TODAY, TOMORROW)],
        "dateRange": {"start": f"{TODAY}", "end": f"{TOMORROW}"},
    }
    feed = Client().get("/calendar/feed.ics", {"key": calendar}).content.decode()
    days = [event.dtstart.value for event in vobject.readOne(feed).contents["vevent"]]
    assert sorted(day for day in days if TODAY <= day <= TOMORROW) == [TODAY, TODAY, TOMORROW]


def test_workouts_that_have_left_the_feed_are_not_exported(api: ApiClient, plan: Plan, calendar: str) -> None:
    plan("old", f"{LONG_AGO}")
    answer = api.send("POST", "export/calendar", {"startDate": "0001-01-01", "endDate": "9999-12-31"})
    assert (answer["eventsCreated"], answer["results"]) == (0, [])


def test_without_a_calendar_the_export_says_how_to_make_one(api: ApiClient, user: User) -> None:
    answer = api.send("POST", "export/calendar", SENT, 409)
    assert "nothing was exported" in answer["error"]
    assert "http://testserver/settings/" in answer["error"]
    issue(User.objects.create_user("former", is_active=False), Token.Purpose.FEED)
    api.send("POST", "export/calendar", SENT, 409)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "startDate and endDate are required."),
        ({"startDate": "2026-01-08"}, "startDate and endDate are required."),
        ({"endDate": "2026-01-14"}, "startDate and endDate are required."),
        ({"startDate": "2026-01-20", "endDate": "2026-01-10"}, "startDate must be before or equal to endDate."),
    ],
)
def test_an_export_needs_two_days_in_order(api: ApiClient, body: dict[str, str], sentence: str) -> None:
    assert api.send("POST", "export/calendar", body, 400) == {"error": sentence}


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "", 20260105, None, "2026-01-05\0"])
def test_an_export_of_an_invalid_day_is_refused(api: ApiClient, day: object) -> None:
    assert list(api.send("POST", "export/calendar", {**SENT, "endDate": day}, 422)["fields"]) == ["endDate"]


def test_the_targets_are_those_of_the_last_week_with_targets(api: ApiClient) -> None:
    this_week = monday_of(TODAY)
    WeekTarget.objects.create(week=this_week + ONE_WEEK, tss=1)
    assert list(api.send("GET", "weekly-targets", status=404)) == ["error"]

    disciplines = {"Run": 195, "Other": 60, "Bike": 0, "Yoga": 9}
    WeekTarget.objects.create(week=this_week - 2 * ONE_WEEK, tss=460, minutes_by_discipline=disciplines)
    assert api.send("GET", "weekly-targets") == {
        "week_start_date": f"{this_week - 2 * ONE_WEEK}",
        "weekly_targets": {
            "tss": 460,
            "total_time": None,
            "by_discipline": {"run": {"hours": 3, "minutes": 15}, "other": {"hours": 1, "minutes": 0}},
        },
    }

    WeekTarget.objects.create(week=this_week, minutes=693)
    answer = api.send("GET", "weekly-targets")
    assert answer["week_start_date"] == f"{this_week}"
    assert answer["weekly_targets"] == {"tss": None, "total_time": {"hours": 11, "minutes": 33}, "by_discipline": {}}


def test_the_week_of_the_targets_begins_where_the_athlete_prefers(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sunday = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: sunday)
    for week, tss in (("2026-11-23", 400), ("2026-11-30", 500)):
        WeekTarget.objects.create(week=week, tss=tss)
    assert api.send("GET", "weekly-targets")["weekly_targets"]["tss"] == 400

    Preferences(pk=1, week_start=6).save()
    assert api.send("GET", "weekly-targets")["weekly_targets"]["tss"] == 500
