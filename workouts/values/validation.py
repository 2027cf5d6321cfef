"""Validation of incoming values: checks, and pydantic types built from them.

The API, restores and targets use the types; forms and the CSV import call the checks. A check raises ValueError with
one sentence for the user, without a full stop.
"""

import datetime
import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from workouts.values import bounds
from workouts.values.days import Weekday, days_from

ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].+)?")
AnyDay = TypeVar("AnyDay", bound=datetime.date)


def iso_day(value: object) -> datetime.date:
    """An ISO 8601 date, or the date of a datetime. Pydantic alone would also accept numbers, as seconds since 1970."""
    try:
        if isinstance(value, str) and ISO_DAY.fullmatch(value):
            return datetime.datetime.fromisoformat(value).date()
    except ValueError:
        pass
    raise PydanticCustomError("day", "A date such as 2026-11-23 is needed")


def of_our_time(day: AnyDay) -> AnyDay:
    """Refuses years outside `bounds.YEARS`."""
    if day.year not in bounds.YEARS:
        raise PydanticCustomError("year", f"A year from {bounds.YEARS[0]} to {bounds.YEARS[-1]} is needed")
    return day


def last_day_or_default(last: datetime.date | None, first: datetime.date, weekday: int | None) -> datetime.date:
    """The last day of an availability. If it is left out: the first, or of a weekday the last that is possible."""
    if last or weekday is None:
        return last or first
    return min(first + datetime.timedelta(bounds.AWAY - 1), datetime.date(bounds.YEARS[-1], 12, 31))


def check_range(first: datetime.date, last: datetime.date, weekday: int | None = None) -> None:
    """Refuses days of an availability that are in the wrong order, too many, or none of which is its weekday.

    The type of the error is the column that is wrong.
    """
    if last < first:
        raise PydanticCustomError("last_day", "The last day is before the first")
    if (last - first).days >= bounds.AWAY:
        raise PydanticCustomError("last_day", f"No more than {bounds.AWAY} days at a time")
    if weekday is not None and weekday not in (day.weekday() for day in days_from(first, last)):
        raise PydanticCustomError("weekday", f"There is no {Weekday(weekday).label} from the first to the last day")


def whole(value: object) -> object:
    """JSON has one kind of numbers, so `2.0` is an integer. Its parser makes a float of it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def storable(text: str) -> str:
    """Refuses characters that JSON can contain and no database accepts."""
    if "\0" in text:
        raise PydanticCustomError("nul", "A NUL character cannot be stored")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise PydanticCustomError("surrogate", "Half of a surrogate pair is not a character")
    return text


def pattern(expression: str) -> Any:
    """A pattern for the API's schema only: pydantic's error message would show the expression to people."""
    return Field(json_schema_extra={"pattern": expression})


def _up_to(most: int) -> Any:
    return Field(ge=0, le=most, allow_inf_nan=False)


Day = Annotated[datetime.date, BeforeValidator(iso_day)]
PlanDay = Annotated[Day, AfterValidator(of_our_time), pattern(r"^(19[7-9][0-9]|2[01][0-9]{2})-")]
Storable = (AfterValidator(storable), Field(json_schema_extra={"not": {"pattern": r"\x00"}}))
Text = Annotated[str, *Storable]
LongText = Annotated[str, Field(max_length=bounds.CHARACTERS), *Storable]
Title = Annotated[str, Field(max_length=bounds.TITLE), *Storable]
TypeName = Annotated[str, Field(max_length=bounds.TYPE), *Storable]
TimeOfDay = Annotated[str, Field(max_length=bounds.TIME_OF_DAY), *Storable]
Excluded = Literal["", "Swim", "Bike", "Run", "Strength", "Other"]
"""The values of `Unavailable`."""

Whole = Annotated[int, BeforeValidator(whole)]
DayOfWeek = Annotated[Whole, Field(ge=Weekday.MONDAY.value, le=Weekday.SUNDAY.value)]
Reason = Annotated[str, Field(max_length=bounds.REASON), *Storable]
Place = Annotated[str, Field(max_length=bounds.PLACE), *Storable]
Hours = Annotated[float, _up_to(bounds.HOURS)]
Metres = Annotated[float, _up_to(bounds.METRES)]
StressScore = Annotated[float, _up_to(bounds.TSS)]
Intensity = Annotated[float, _up_to(bounds.INTENSITY_FACTOR)]
HeartRate = Annotated[float, _up_to(bounds.HEART_RATE)]
Watts = Annotated[float, _up_to(bounds.WATTS)]
Rating = Annotated[float, _up_to(bounds.RATING)]
Exertion = Annotated[float, Field(ge=1, le=bounds.RPE, allow_inf_nan=False)]
Feeling = Annotated[float, Field(ge=1, le=bounds.FEELING, allow_inf_nan=False)]
Minutes = Annotated[Whole, Field(ge=0, le=bounds.HOURS * 60)]
