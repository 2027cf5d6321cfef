"""/api/availability: the days on which the athlete cannot train."""

import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from ninja.responses import Status
from pydantic import ConfigDict, Field, model_validator

from workouts.api.bodies import NOT_SENT, Body
from workouts.api.errors import READING, UNKNOWN, WRITING, InvalidValues
from workouts.api.schemas import Answer, Done
from workouts.history import add_availability, remove_availability
from workouts.models import Availability
from workouts.values.bounds import AWAY
from workouts.values.validation import Day, DayOfWeek, Excluded, PlanDay, Reason, check_range, last_day_or_default

router = Router(tags=["Availability"], by_alias=True)

WHAT = "The discipline that cannot be done. Empty: none can."
WEEKDAY = "The only day of the week that it concerns, from 0 for Monday to 6 for Sunday. null: every day."


class AvailabilityAnswer(Answer):
    id: int
    first_day: datetime.date
    last_day: datetime.date = Field(description="Included.")
    weekday: DayOfWeek | None = Field(description=WEEKDAY)
    discipline: Excluded = Field(description=WHAT)
    reason: str


class AvailabilityList(Answer):
    availability: list[AvailabilityAnswer]
    count: int


class AvailabilityFilters(Body):
    start_date: Day = Field(NOT_SENT, description="Leaves out what ends before this day.")
    end_date: Day = Field(NOT_SENT, description="Leaves out what begins after this day.")


class AvailabilityBody(Body):
    model_config = ConfigDict(json_schema_extra={"required": ["firstDay"]})

    first_day: PlanDay
    last_day: PlanDay = Field(
        NOT_SENT, description=f"Included. If it is not sent: the first day, or with a weekday {AWAY} days in all."
    )
    weekday: DayOfWeek | None = Field(None, description=WEEKDAY)
    discipline: Excluded = Field("", description=WHAT)
    reason: Reason = ""

    @model_validator(mode="after")
    def in_order(self) -> "AvailabilityBody":
        self.last_day = last_day_or_default(self.last_day, self.first_day, self.weekday)
        check_range(self.first_day, self.last_day, self.weekday)
        return self


@router.get("", operation_id="listAvailability", response={200: AvailabilityList, 422: InvalidValues, **READING})
def list_availability(request: HttpRequest, filters: Query[AvailabilityFilters]) -> dict[str, Any]:
    """Returns the days on which the athlete cannot train, ordered by the first day."""
    first, last = filters.start_date or datetime.date.min, filters.end_date or datetime.date.max
    found = list(Availability.objects.between(first, last))
    return {"availability": found, "count": len(found)}


@router.post("", operation_id="addAvailability", response={201: AvailabilityAnswer, **WRITING})
def add(request: HttpRequest, body: AvailabilityBody) -> Status[Availability]:
    """Adds days on which the athlete cannot train, or cannot do one discipline. With a weekday, it is weekly."""
    added, _ = add_availability(body.model_dump(), by=request.user)
    return Status(201, added)


@router.delete("/{int:availability_id}", operation_id="removeAvailability", response={200: Done, **WRITING, **UNKNOWN})
def remove(request: HttpRequest, availability_id: int) -> dict[str, str]:
    remove_availability(availability_id, by=request.user)
    return {"message": "Availability removed"}
