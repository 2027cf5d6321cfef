"""/api/export/calendar: which days the subscribed calendar shows.

The old application wrote to a calendar by CalDAV on each request. Now calendars fetch the feed.
"""

import datetime
from typing import Any, Literal

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router
from pydantic import ConfigDict, Field

from workouts.api.bodies import NOT_SENT, Body
from workouts.api.errors import WRITING, refuse
from workouts.api.schemas import Answer, Done
from workouts.models import Token
from workouts.plan.feed import workouts_in_feed
from workouts.values.validation import Day

router = Router(tags=["Calendar"], by_alias=True)


class CalendarBody(Body):
    model_config = ConfigDict(json_schema_extra={"required": ["startDate", "endDate"]})

    start_date: Day = NOT_SENT
    end_date: Day = NOT_SENT


class ExportedDay(Answer):
    date: datetime.date
    success: Literal[True]


class DateRange(Answer):
    start: datetime.date
    end: datetime.date


class CalendarAnswer(Done):
    events_created: int = Field(description="How many events the calendar has on these days, one per workout.")
    results: list[ExportedDay] = Field(description="The days that have events.")
    date_range: DateRange


@router.post("/export/calendar", operation_id="exportToCalendar", response={200: CalendarAnswer, **WRITING})
def export_to_calendar(request: HttpRequest, body: CalendarBody) -> dict[str, Any] | HttpResponse:
    """Returns the workouts that a subscribed calendar has on the days from startDate to endDate, both included.

    Nothing is sent anywhere: the calendar updates itself. Refused until the calendar feed has an address.
    """
    first, last = body.start_date, body.end_date
    if first is None or last is None:
        return refuse(400, "startDate and endDate are required.")
    if first > last:
        return refuse(400, "startDate must be before or equal to endDate.")
    if not Token.objects.filter(purpose=Token.Purpose.FEED, user__is_active=True).exists():
        return refuse(409, _no_calendar(request.build_absolute_uri(reverse("settings"))))
    days = list(workouts_in_feed().between(first, last).values_list(F("plan_day"), flat=True))
    return {
        "message": "The subscribed calendar has these workouts, and follows each change by itself.",
        "events_created": len(days),
        "results": [{"date": day, "success": True} for day in dict.fromkeys(days)],
        "date_range": {"start": first, "end": last},
    }


def _no_calendar(settings: str) -> str:
    return (
        "No calendar follows the planner yet, and nothing was exported. Create an address for the calendar at"
        f" {settings} and subscribe to it there, once. The calendar then follows each change by itself."
    )
