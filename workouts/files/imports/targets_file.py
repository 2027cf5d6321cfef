"""The targets of the old application: its config/weekly_targets.json, which its API returned too.

It has the targets of one week, in hours and minutes:

    {"week_start_date": "2026-01-05",
     "weekly_targets": {"tss": 460, "total_time": {"hours": 11, "minutes": 33},
                        "by_discipline": {"swim": {"hours": 1, "minutes": 48}}}}
"""

import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from workouts.files.uploads import NotImportable
from workouts.values import bounds
from workouts.values.days import monday_of
from workouts.values.disciplines import Discipline
from workouts.values.validation import PlanDay

EXPECTED = (
    "The old application's config/weekly_targets.json is expected: week_start_date, a Monday such as 2026-01-05, and"
    " weekly_targets with tss, total_time and by_discipline (swim, bike, run, strength), times as hours and minutes."
)


def _monday(day: datetime.date) -> datetime.date:
    if day != monday_of(day):
        raise PydanticCustomError("monday", f"{day} is not a Monday")
    return day


class Part(BaseModel):
    """No other field is allowed, so that a misspelt name is not silently ignored."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TargetTime(Part):
    hours: int = Field(ge=0, le=bounds.HOURS)
    minutes: int = Field(ge=0, le=59)


def _within_a_week(time: TargetTime) -> TargetTime:
    if _minutes(time) > bounds.HOURS * 60:
        raise PydanticCustomError("hours", f"A week has {bounds.HOURS} hours")
    return time


def _minutes(time: TargetTime) -> int:
    return time.hours * 60 + time.minutes


Time = Annotated[TargetTime, AfterValidator(_within_a_week)]


class WeeklyTargets(Part):
    tss: int | None = Field(None, ge=1, le=bounds.TSS)
    total_time: Time | None = None
    by_discipline: dict[Literal["swim", "bike", "run", "strength"], Time] = Field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """The columns of WeekTarget. A time of 0 means no target."""
        by_discipline = {Discipline[name.upper()].value: _minutes(time) for name, time in self.by_discipline.items()}
        return {
            "minutes": self.total_time and (_minutes(self.total_time) or None),
            "tss": self.tss,
            "minutes_by_discipline": {name: minutes for name, minutes in by_discipline.items() if minutes},
        }


class TargetsFile(Part):
    week_start_date: Annotated[PlanDay, AfterValidator(_monday)]
    weekly_targets: WeeklyTargets


def read_targets(content: bytes) -> tuple[datetime.date, dict[str, Any]]:
    """The Monday, and the columns of WeekTarget. Raises NotImportable."""
    try:
        file = TargetsFile.model_validate_json(content.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise NotImportable(f"{_first_of(error)} {EXPECTED}") from error
    columns = file.weekly_targets.columns()
    if not any(columns.values()):
        raise NotImportable(f"The file sets no target. {EXPECTED}")
    return file.week_start_date, columns


def _first_of(error: ValidationError) -> str:
    """Such as `weekly_targets.total_time.hours: Input should be a valid integer.`"""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "[key]")
    return f"{place}: {first['msg']}." if place else f"{first['msg']}."
