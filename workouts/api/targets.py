"""/api/weekly-targets: this week's targets, in the shape of the old application's file."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from workouts.api.errors import READING, UNKNOWN, refuse
from workouts.models import Preferences, WeekTarget
from workouts.values.days import first_of_week, monday_in
from workouts.values.disciplines import Discipline

router = Router(tags=["Targets"])


class TargetTimeAnswer(Schema):
    hours: int
    minutes: int


class TargetsAnswer(Schema):
    tss: int | None
    total_time: TargetTimeAnswer | None
    by_discipline: dict[str, TargetTimeAnswer] = Field(
        description="Those of swim, bike, run, strength and other that are set."
    )


class WeeklyTargetsAnswer(Schema):
    """The shape of the old application's config/weekly_targets.json, with its names."""

    week_start_date: datetime.date
    weekly_targets: TargetsAnswer


@router.get(
    "/weekly-targets", operation_id="getWeeklyTargets", response={200: WeeklyTargetsAnswer, **READING, **UNKNOWN}
)
def weekly_targets(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """Returns the targets of this week, or of the last week before it that has targets."""
    this_week = first_of_week(timezone.localdate(), Preferences.load().week_start)
    target = WeekTarget.objects.filter(week__lte=monday_in(this_week)).order_by("-week").first()
    if target is None:
        return refuse(404, "No targets are set for this week or an earlier one.")
    by_discipline = target.minutes_by_discipline
    return {
        "week_start_date": target.week,
        "weekly_targets": {
            "tss": target.tss,
            "total_time": _time_span(target.minutes),
            "by_discipline": {
                name.lower(): _time_span(by_discipline[name]) for name in Discipline.values if by_discipline.get(name)
            },
        },
    }


def _time_span(minutes: int | None) -> dict[str, int] | None:
    return None if minutes is None else {"hours": minutes // 60, "minutes": minutes % 60}
