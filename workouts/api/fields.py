"""Values as clients may send them. Whatever else they send never reaches the database."""

import datetime
import math
import re
from typing import Annotated, Any

from django.db import models
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from workouts.models import Workout, WorkoutSelection

LONGEST_TEXT = 100_000
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)
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
    """So that whoever counts weeks from it stays inside the calendar."""
    if not FIRST_DAY <= value <= LAST_DAY:
        raise PydanticCustomError("far", f"Not between {FIRST_DAY} and {LAST_DAY}")
    return value


def without_nul(text: str) -> str:
    """PostgreSQL cannot store it."""
    if "\0" in text:
        raise PydanticCustomError("nul", "A NUL character cannot be stored")
    return text


def not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "Must not be blank")
    return text


def true_or_false(value: object) -> object:
    """In an address, where everything is text."""
    return {"true": True, "false": False}.get(str(value), value)


def finite(value: float | None) -> float | None:
    """JSON has no NaN, and the old application stored some."""
    return value if value is not None and math.isfinite(value) else None


def fits(model: type[models.Model], column: str) -> Any:
    return Field(max_length=getattr(model._meta.get_field(column), "max_length", None))


def up_to(highest: int) -> Any:
    return Field(ge=0, le=highest, allow_inf_nan=False)


NoNul = AfterValidator(without_nul)
Day = Annotated[datetime.date, BeforeValidator(day)]
PlanDay = Annotated[Day, AfterValidator(of_our_time)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT), NoNul]
Title = Annotated[str, fits(Workout, "title"), NoNul, AfterValidator(not_blank)]
Type = Annotated[str, fits(Workout, "workout_type"), NoNul, AfterValidator(not_blank)]
TimeOfDay = Annotated[str, fits(WorkoutSelection, "time_of_day"), NoNul]
Place = Annotated[str, fits(WorkoutSelection, "workout_location"), NoNul]
Hours = Annotated[float, up_to(1_000)]
Metres = Annotated[float, up_to(10_000_000)]
StressScore = Annotated[float, up_to(10_000)]
Intensity = Annotated[float, up_to(10)]
Ignored = Annotated[Any, Field(exclude=True, description="Accepted as answers have it, and ignored.")]
TrueOrFalse = Annotated[bool, BeforeValidator(true_or_false)]
Finite = Annotated[float | None, BeforeValidator(finite)]
