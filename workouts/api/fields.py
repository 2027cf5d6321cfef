"""Values as clients may send them. Whatever else they send never reaches the database."""

import datetime
import re
from typing import Annotated, Any

from django.contrib.auth.models import User
from django.db import models
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from workouts.models import Workout, WorkoutSelection
from workouts.values import limits

LONGEST_PASSWORD = 4096
"""More only makes the server hash more."""

BEGINS_WITH_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(value: object) -> datetime.date:
    """ISO 8601 only, where pydantic would also take a number for seconds since 1970. Of a datetime the date counts."""
    try:
        if isinstance(value, str) and BEGINS_WITH_DATE.match(value):
            return datetime.datetime.fromisoformat(value).date()
    except ValueError:
        pass
    raise PydanticCustomError("day", "Not a date such as 2026-11-23")


def of_our_time(value: datetime.date) -> datetime.date:
    if value.year not in limits.YEARS:
        raise PydanticCustomError("year", f"Not a year from {limits.YEARS[0]} to {limits.YEARS[-1]}")
    return value


def storable(text: str) -> str:
    """JSON can name characters that no database takes."""
    if "\0" in text:
        raise PydanticCustomError("nul", "A NUL character cannot be stored")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise PydanticCustomError("surrogate", "Half of a surrogate pair is not a character")
    return text


def not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "Must not be blank")
    return text


def true_or_false(value: object) -> object:
    """In an address, where everything is text."""
    return {"true": True, "false": False}.get(str(value), value)


def fits(model: type[models.Model], column: str) -> Any:
    return Field(max_length=getattr(model._meta.get_field(column), "max_length", None))


def up_to(limit: int) -> Any:
    return Field(ge=0, le=limit, allow_inf_nan=False)


def pattern(expression: str) -> Any:
    """For the schema only: pydantic's own refusal of a pattern would show people the expression."""
    return Field(json_schema_extra={"pattern": expression})


def not_empty() -> Any:
    """For the schema only, likewise."""
    return Field(json_schema_extra={"minLength": 1})


Day = Annotated[datetime.date, BeforeValidator(day)]
PlanDay = Annotated[Day, AfterValidator(of_our_time), pattern(r"^(19[7-9][0-9]|2[01][0-9]{2})-")]
AnyText = Annotated[str, AfterValidator(storable), Field(json_schema_extra={"not": {"pattern": r"\x00"}})]
SomeText = Annotated[str, AfterValidator(storable), AfterValidator(not_blank), pattern(r"^[^\x00]*[^\s\x00][^\x00]*$")]
Text = Annotated[AnyText, Field(max_length=limits.CHARACTERS)]
Title = Annotated[SomeText, fits(Workout, "title")]
Type = Annotated[SomeText, fits(Workout, "workout_type")]
TimeOfDay = Annotated[AnyText, fits(WorkoutSelection, "time_of_day")]
Place = Annotated[AnyText, fits(WorkoutSelection, "workout_location")]
UserName = Annotated[AnyText, fits(User, "username"), not_empty()]
Password = Annotated[AnyText, Field(max_length=LONGEST_PASSWORD), not_empty()]
Hours = Annotated[float, up_to(limits.HOURS)]
Metres = Annotated[float, up_to(limits.METRES)]
StressScore = Annotated[float, up_to(limits.TSS)]
Intensity = Annotated[float, up_to(limits.INTENSITY_FACTOR)]
Ignored = Annotated[Any, Field(exclude=True, description="Accepted as answers have it, and ignored.")]
TrueOrFalse = Annotated[bool, BeforeValidator(true_or_false)]
