"""The records of an export. Their fields have the API's names."""

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from workouts.values import bounds
from workouts.values.disciplines import Discipline
from workouts.values.validation import (
    DayOfWeek,
    Excluded,
    HeartRate,
    Hours,
    Intensity,
    LongText,
    Metres,
    Minutes,
    Place,
    PlanDay,
    Rating,
    Reason,
    StressScore,
    Text,
    TimeOfDay,
    Title,
    TypeName,
    Watts,
    check_range,
    of_our_time,
)

FORMAT = "workout-planner"
VERSION = 5
"""Version 2 added what was done, version 3 `isDone` and `startedAt`, version 4 the availability, version 5 `weekday`.

Restoring an earlier one leaves those alone.
"""

HIGHEST_ID = 2_000_000_000
"""Columns of ids end at 2,147,483,647, and a restored planner needs ids for new rows."""

HIGHEST_INTEGER = 2_147_483_647


def _utc(moment: datetime.datetime) -> datetime.datetime:
    return of_our_time(moment).astimezone(datetime.UTC)


def _discipline(name: str) -> str:
    if name not in Discipline.values:
        raise PydanticCustomError("discipline", "Unknown discipline")
    return name


def _without_zone(time: datetime.time) -> datetime.time:
    if time.tzinfo:
        raise PydanticCustomError("zone", "A time of day has no time zone")
    return time


Id = Annotated[int, Field(ge=1, le=HIGHEST_ID)]
Reference = Annotated[int, Field(ge=-HIGHEST_INTEGER, le=HIGHEST_INTEGER)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Time = Annotated[datetime.time, AfterValidator(_without_zone)]


def _name(column: str) -> str:
    return to_camel(column.replace("distance_meters", "distance_in_meters"))


class Record(BaseModel):
    """Every field is required and no other is allowed, so that a misspelt name is not silently ignored."""

    model_config = ConfigDict(alias_generator=_name, extra="forbid", strict=True, allow_inf_nan=False)

    @classmethod
    def names(cls) -> dict[str, str]:
        """Names in the file, by column."""
        return {column: _name(column) for column, field in cls.model_fields.items() if column != "selection"}


class SelectionColumnsRecord(Record):
    is_selected: bool | None
    current_plan_day: PlanDay | None
    time_of_day: TimeOfDay | None
    workout_location: Place | None
    user_notes: LongText | None


class SelectionRecord(SelectionColumnsRecord):
    id: Id
    updated_at: Moment | None


class WorkoutRecord(Record):
    id: Id
    title: Title
    workout_type: TypeName
    workout_description: LongText | None
    planned_duration: Hours | None
    planned_distance_meters: Metres | None
    originally_planned_day: PlanDay
    coach_comments: LongText | None
    tss: StressScore | None
    intensity_factor: Intensity | None
    is_custom: bool
    created_at: Moment | None
    actual_duration: Hours | None = None
    actual_distance_meters: Metres | None = None
    actual_tss: StressScore | None = None
    actual_intensity_factor: Intensity | None = None
    actual_heart_rate: HeartRate | None = None
    actual_power: Watts | None = None
    rpe: Rating | None = None
    feeling: Rating | None = None
    is_done: bool | None = None
    started_at: Moment | None = None
    is_recorded: bool | None = None
    is_dropped: bool | None = None
    selection: SelectionRecord | None


class ArchivedRecord(SelectionColumnsRecord):
    selection_id: Reference
    workout_id: Reference | None
    kept_selection_id: Reference | None
    updated_at: Moment | None
    filled: dict[Text, Text | None]
    archived_at: Moment


class TargetRecord(Record):
    week: PlanDay
    minutes: Minutes | None
    tss: Annotated[int, Field(ge=0, le=bounds.TSS)] | None
    minutes_by_discipline: dict[Annotated[str, AfterValidator(_discipline)], Minutes]


class AvailabilityRecord(Record):
    id: Id
    first_day: PlanDay
    last_day: PlanDay
    weekday: DayOfWeek | None = None
    discipline: Excluded
    reason: Reason

    @model_validator(mode="after")
    def in_order(self) -> "AvailabilityRecord":
        """A weekday that is not among the days concerns none of them: no reason to refuse a backup."""
        check_range(self.first_day, self.last_day)
        return self


class PreferencesRecord(Record):
    distance_unit: Literal["km", "mi"]
    swim_unit: Literal["m", "yd"]
    morning: Time
    afternoon: Time
    evening: Time
    week_start: Literal[0, 5, 6] = 0


class Head(BaseModel):
    """The fields that every version of the format has."""

    format: str
    version: int


LISTS: dict[str, type[Record]] = {
    "workouts": WorkoutRecord,
    "archivedSelections": ArchivedRecord,
    "weekTargets": TargetRecord,
    "availability": AvailabilityRecord,
}
"""The lists of an export, by name. An export also has the head, `exportedAt` and `preferences`."""
