"""What an export holds, record by record, under the API's names; and what of it a file may hold.

The limits are those of the database: whatever it has can be exported and restored.
"""

import datetime
import re
from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

FORMAT = "workout-planner"
VERSION = 1
HIGHEST_ID = 2_000_000_000
"""Columns of ids end at 2 147 483 647, and a planner that is restored must be able to go on counting."""

HIGHEST_INTEGER = 2_147_483_647
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character cannot be stored")
    return text


def _day(value: Any) -> Any:
    """Pydantic would read `86400` as seconds."""
    if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
        raise ValueError("a date such as 2026-11-23 is needed")
    return datetime.date.fromisoformat(value)


def _utc(moment: datetime.datetime) -> datetime.datetime:
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError:
        raise ValueError("out of range") from None


def _without_zone(time: datetime.time) -> datetime.time:
    if time.tzinfo:
        raise ValueError("a time of day has no time zone")
    return time


Id = Annotated[int, Field(ge=1, le=HIGHEST_ID)]
Count = Annotated[int, Field(ge=0, le=HIGHEST_INTEGER)]
Text = Annotated[str, AfterValidator(_without_nul)]
Text50 = Annotated[str, Field(max_length=50), AfterValidator(_without_nul)]
Text100 = Annotated[str, Field(max_length=100), AfterValidator(_without_nul)]
Text500 = Annotated[str, Field(max_length=500), AfterValidator(_without_nul)]
Reference = Annotated[int, Field(ge=-HIGHEST_INTEGER, le=HIGHEST_INTEGER)]
Day = Annotated[datetime.date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Time = Annotated[datetime.time, AfterValidator(_without_zone)]


def _name(column: str) -> str:
    return "plannedDistanceInMeters" if column == "planned_distance_meters" else to_camel(column)


class Record(BaseModel):
    """Every field must be there, and no other: what is misspelt is not silently left out."""

    model_config = ConfigDict(alias_generator=_name, extra="forbid", strict=True, allow_inf_nan=False)

    @classmethod
    def names(cls) -> dict[str, str]:
        """Column: name in the file."""
        return {column: _name(column) for column, field in cls.model_fields.items() if column != "selection"}


class ChoiceRecord(Record):
    is_selected: bool | None
    current_plan_day: Day | None
    time_of_day: Text50 | None
    workout_location: Text100 | None
    user_notes: Text | None


class SelectionRecord(ChoiceRecord):
    id: Id
    updated_at: Moment | None


class WorkoutRecord(Record):
    id: Id
    title: Text500
    workout_type: Text100
    workout_description: Text | None
    planned_duration: float | None
    planned_distance_meters: float | None
    originally_planned_day: Day
    coach_comments: Text | None
    tss: float | None
    intensity_factor: float | None
    is_custom: bool
    created_at: Moment | None
    selection: SelectionRecord | None


class ArchivedRecord(ChoiceRecord):
    selection_id: Reference
    workout_id: Reference | None
    kept_selection_id: Reference | None
    updated_at: Moment | None
    filled: dict[Text, Text | None]
    archived_at: Moment


class TargetRecord(Record):
    week: Day
    minutes: Count | None
    tss: Count | None
    minutes_by_discipline: dict[Text, Count]


class PreferencesRecord(Record):
    distance_unit: Literal["km", "mi"]
    swim_unit: Literal["m", "yd"]
    morning: Time
    afternoon: Time
    evening: Time


class Head(BaseModel):
    """What every version of the format begins with."""

    format: str
    version: int


class Contents(Record):
    """A whole export. A part that is None or not there, such as targets in a CSV file, is not touched by a restore."""

    format: Literal["workout-planner"]
    version: Literal[1]
    exported_at: Moment | None = None
    workouts: list[WorkoutRecord]
    archived_selections: list[ArchivedRecord] | None = None
    week_targets: list[TargetRecord] | None = None
    preferences: PreferencesRecord | None = None

    @model_validator(mode="after")
    def _nothing_twice(self) -> "Contents":
        selections = [workout.selection.id for workout in self.workouts if workout.selection]
        _refuse_doubles("The workout id", [workout.id for workout in self.workouts])
        _refuse_doubles("The selection id", selections)
        _refuse_doubles("The target of week", [target.week for target in self.week_targets or ()])
        return self


def _refuse_doubles(what: str, keys: Iterable[Hashable]) -> None:
    doubled = [key for key, count in Counter(keys).items() if count > 1]
    if doubled:
        raise ValueError(f"{what} {doubled[0]} is there more than once")
