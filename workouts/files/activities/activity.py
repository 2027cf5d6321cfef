"""A recorded activity, whatever its file's format."""

import datetime
from collections.abc import Mapping
from typing import Any

from pydantic import AwareDatetime, BaseModel, ValidationError

from workouts.history import Values, to_json
from workouts.values import bounds
from workouts.values.validation import HeartRate, Hours, Intensity, Metres, Rating, StressScore, TypeName, Watts

COLUMNS = {
    "hours": "actual_duration",
    "metres": "actual_distance_meters",
    "tss": "actual_tss",
    "intensity": "actual_intensity_factor",
    "heart_rate": "actual_heart_rate",
    "power": "actual_power",
}
"""The columns of what was done, by the names of an activity's figures."""

RATINGS = {"rpe": "rpe", "feeling": "feeling"}
"""The same of what the athlete entered. One that the file does not have says nothing of one entered elsewhere."""


class NotAnActivity(Exception):
    """The file is not a recorded activity, or cannot be read. The text is for the user."""


class Activity(BaseModel):
    """What a device recorded. `hours` are without pauses; heart rate and power are averages. The athlete entered `rpe`,
    1 to 10, and `feeling`, 1 to 5."""

    started_at: AwareDatetime
    workout_type: TypeName
    title: str = ""
    hours: Hours
    metres: Metres | None = None
    tss: StressScore | None = None
    intensity: Intensity | None = None
    heart_rate: HeartRate | None = None
    power: Watts | None = None
    rpe: Rating | None = None
    feeling: Rating | None = None

    def columns(self) -> Values:
        """The columns of a workout that was done like this, without those that the file does not have."""
        return {column: value for column, value in self.all_columns().items() if value is not None}

    def all_columns(self) -> Values:
        """The same with None for figures that the file does not have."""
        figures = {column: getattr(self, name) for name, column in COLUMNS.items()}
        ratings = {column: rating for name, column in RATINGS.items() if (rating := getattr(self, name)) is not None}
        return {"started_at": to_json(self.started_at), **figures, **ratings}


def activity_of(
    started_at: datetime.datetime | None, workout_type: str, figures: Mapping[str, Any], title: str = ""
) -> Activity:
    """Figures that are missing, 0 or absurd are left out, as those of a sensor that failed. Raises NotAnActivity."""
    if started_at is None or started_at.year not in bounds.YEARS:
        raise NotAnActivity("The file does not say when the activity began.")
    columns = COLUMNS | RATINGS
    known = {name: value for name, value in figures.items() if value and 0 < value <= bounds.ACTUAL[columns[name]]}
    if "hours" not in known:
        raise NotAnActivity("The file does not say how long the activity took.")
    try:
        utc = started_at.astimezone(datetime.UTC)
        return Activity(started_at=utc, workout_type=workout_type, title=title[: bounds.TITLE], **known)
    except ValidationError as error:
        raise NotAnActivity("The file has a value that cannot be right.") from error
