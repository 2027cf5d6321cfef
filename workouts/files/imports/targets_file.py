"""The targets of the old application: the text of its config/weekly_targets.json, which it also answered by its API.

It holds the targets of one week, in hours and minutes:

    {"week_start_date": "2026-01-05",
     "weekly_targets": {"tss": 460, "total_time": {"hours": 11, "minutes": 33},
                        "by_discipline": {"swim": {"hours": 1, "minutes": 48}}}}
"""

import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from workouts.files.imports.csv_file import NotImportable
from workouts.models import WeekTarget
from workouts.pages.forms import TargetsForm
from workouts.values.days import Day, monday_of
from workouts.values.disciplines import Discipline

EXPECTED = (
    "Expected is the old application's config/weekly_targets.json: week_start_date, a Monday such as 2026-01-05, and"
    " weekly_targets with tss, total_time and by_discipline (swim, bike, run, strength), times as hours and minutes."
)


def _monday(day: Day) -> Day:
    if day != monday_of(day):
        raise ValueError(f"{day} is no Monday")
    return day


class Part(BaseModel):
    """No other field may be there: what is misspelt is not silently left out."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TimeSpan(Part):
    hours: int
    minutes: int


class Targets(Part):
    tss: int | None = None
    total_time: TimeSpan | None = None
    by_discipline: dict[Literal["swim", "bike", "run", "strength"], TimeSpan] = Field(default_factory=dict)


class TargetsFile(Part):
    week_start_date: Annotated[datetime.date, AfterValidator(_monday)]
    weekly_targets: Targets


def read_targets(content: bytes) -> tuple[Day, dict[str, Any]]:
    """The Monday, and the columns of WeekTarget, within the limits of the form. Raises NotImportable."""
    try:
        file = TargetsFile.model_validate_json(content.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise NotImportable(f"{_first_of(error)} {EXPECTED}") from error
    form = TargetsForm(WeekTarget(), _as_sent(file.weekly_targets))
    if not form.is_valid():
        name = next(iter(form.errors))
        raise NotImportable(f"{form.fields[name].label}: {' '.join(map(str, form.errors[name]))}")
    values = form.values()
    if values is None:
        raise NotImportable(f"The file sets no target. {EXPECTED}")
    return file.week_start_date, values


def _as_sent(targets: Targets) -> dict[str, int | None]:
    """What a person would fill in."""
    spans = {"minutes": targets.total_time}
    spans |= {Discipline[name.upper()].value: span for name, span in targets.by_discipline.items()}
    sent = {"tss": targets.tss}
    for name, span in spans.items():
        if span:
            sent |= {f"{name}_0": span.hours, f"{name}_1": span.minutes}
    return sent


def _first_of(error: ValidationError) -> str:
    """Such as `weekly_targets.total_time.hours: Input should be a valid integer.`"""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "[key]")
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}." if place else f"{message}."
