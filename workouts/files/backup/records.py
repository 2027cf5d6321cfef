"""What an export holds, record by record, under the API's names; and what of it a file may hold at most."""

import datetime
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from workouts.values import limits
from workouts.values.disciplines import Discipline

FORMAT = "workout-planner"
VERSION = 2
"""The second has what was done. A file of the first says nothing of it, so it stays as it is."""

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


def _of_our_time(day: datetime.date) -> datetime.date:
    if day.year not in limits.YEARS:
        raise ValueError(f"a year from {limits.YEARS[0]} to {limits.YEARS[-1]} is needed")
    return day


def _utc(moment: datetime.datetime) -> datetime.datetime:
    _of_our_time(moment)
    return moment.astimezone(datetime.UTC)


def _discipline(name: str) -> str:
    if name not in Discipline.values:
        raise ValueError("no discipline")
    return name


def _without_zone(time: datetime.time) -> datetime.time:
    if time.tzinfo:
        raise ValueError("a time of day has no time zone")
    return time


Id = Annotated[int, Field(ge=1, le=HIGHEST_ID)]
Minutes = Annotated[int, Field(ge=0, le=limits.HOURS * 60)]
Hours = Annotated[float, Field(ge=0, le=limits.HOURS)]
Metres = Annotated[float, Field(ge=0, le=limits.METRES)]
StressScore = Annotated[float, Field(ge=0, le=limits.TSS)]
Intensity = Annotated[float, Field(ge=0, le=limits.INTENSITY_FACTOR)]
Rating = Annotated[float, Field(ge=0, le=limits.RATING)]
Text = Annotated[str, AfterValidator(_without_nul)]
LongText = Annotated[str, Field(max_length=limits.CHARACTERS), AfterValidator(_without_nul)]
Text50 = Annotated[str, Field(max_length=50), AfterValidator(_without_nul)]
Text100 = Annotated[str, Field(max_length=100), AfterValidator(_without_nul)]
Text500 = Annotated[str, Field(max_length=500), AfterValidator(_without_nul)]
Reference = Annotated[int, Field(ge=-HIGHEST_INTEGER, le=HIGHEST_INTEGER)]
Day = Annotated[datetime.date, BeforeValidator(_day), AfterValidator(_of_our_time)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Time = Annotated[datetime.time, AfterValidator(_without_zone)]


def _name(column: str) -> str:
    return to_camel(column.replace("distance_meters", "distance_in_meters"))


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
    user_notes: LongText | None


class SelectionRecord(ChoiceRecord):
    id: Id
    updated_at: Moment | None


class WorkoutRecord(Record):
    id: Id
    title: Text500
    workout_type: Text100
    workout_description: LongText | None
    planned_duration: Hours | None
    planned_distance_meters: Metres | None
    originally_planned_day: Day
    coach_comments: LongText | None
    tss: StressScore | None
    intensity_factor: Intensity | None
    is_custom: bool
    created_at: Moment | None
    actual_duration: Hours | None = None
    actual_distance_meters: Metres | None = None
    actual_tss: StressScore | None = None
    actual_intensity_factor: Intensity | None = None
    actual_heart_rate: Annotated[float, Field(ge=0, le=limits.HEART_RATE)] | None = None
    actual_power: Annotated[float, Field(ge=0, le=limits.WATTS)] | None = None
    rpe: Rating | None = None
    feeling: Rating | None = None
    is_recorded: bool | None = None
    is_dropped: bool | None = None
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
    minutes: Minutes | None
    tss: Annotated[int, Field(ge=0, le=limits.TSS)] | None
    minutes_by_discipline: dict[Annotated[str, AfterValidator(_discipline)], Minutes]


class PreferencesRecord(Record):
    distance_unit: Literal["km", "mi"]
    swim_unit: Literal["m", "yd"]
    morning: Time
    afternoon: Time
    evening: Time


class Head(BaseModel):
    """What every version of the format has."""

    format: str
    version: int


LISTS: dict[str, type[Record]] = {
    "workouts": WorkoutRecord,
    "archivedSelections": ArchivedRecord,
    "weekTargets": TargetRecord,
}
"""The lists of an export, by name. Beside them and the head it has `exportedAt` and `preferences`."""
