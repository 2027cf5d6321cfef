"""What clients send for workouts and selections. JSON uses camelCase names, this code the names of the columns."""

import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from workouts.models import WorkoutType
from workouts.values.validation import (
    Day,
    Exertion,
    Feeling,
    HeartRate,
    Hours,
    Intensity,
    LongText,
    Metres,
    Place,
    PlanDay,
    StressScore,
    TimeOfDay,
    Title,
    TypeName,
    Watts,
    pattern,
)

SELECTION_COLUMNS = {"time_of_day", "workout_location"}
"""The fields of a workout's body that belong to the athlete's selection."""

NOT_SENT: Any = None
"""Default of a field that can be left out but not be null, or whose absence the view refuses with its own message."""


def not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "Must not be blank")
    return text


def true_or_false(value: object) -> object:
    """Reads a Boolean of a query string, where every value is text."""
    return {"true": True, "false": False}.get(str(value), value)


NotBlank = (AfterValidator(not_blank), pattern(r"^[^\x00]*[^\s\x00][^\x00]*$"))
NewTitle = Annotated[Title, *NotBlank]
NewType = Annotated[TypeName, *NotBlank]
Ignored = Annotated[Any, Field(exclude=True, description="Accepted because answers have it, and ignored.")]
TrueOrFalse = Annotated[bool, BeforeValidator(true_or_false)]


class Body(BaseModel):
    """Refuses unknown fields, so a typo is not ignored. Types are strict: `"1"` is not a number, `1` not a Boolean."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


class SelectionBody(Body):
    """A partial update: fields that are not sent stay as they are."""

    is_selected: bool = Field(NOT_SENT, description="false also clears timeOfDay, unless the same body sets one.")
    current_plan_day: PlanDay | None = Field(None, description="null moves back to the planned day.")
    time_of_day: TimeOfDay | None = None
    workout_location: Place | None = None
    user_notes: LongText | None = None
    id: Ignored = None
    workout_id: Ignored = None
    updated_at: Ignored = None

    def columns(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class WorkoutBody(Body):
    """A partial update: fields that are not sent stay as they are."""

    title: NewTitle = NOT_SENT
    workout_type: NewType = NOT_SENT
    workout_description: LongText | None = None
    planned_duration: Hours | None = Field(None, description="Hours.")
    planned_distance_meters: Metres | None = Field(None, alias="plannedDistanceInMeters")
    originally_planned_day: PlanDay = NOT_SENT
    coach_comments: LongText | None = None
    tss: StressScore | None = None
    intensity_factor: Intensity | None = None
    time_of_day: TimeOfDay | None = None
    workout_location: Place | None = None
    is_custom: bool = Field(NOT_SENT, exclude=True, description="The current value: it cannot be changed.")
    id: Ignored = None
    is_done: Ignored = None
    started_at: Ignored = None
    actual_duration: Ignored = None
    actual_distance_in_meters: Ignored = None
    actual_tss: Ignored = None
    actual_intensity_factor: Ignored = None
    actual_heart_rate: Ignored = None
    actual_power: Ignored = None
    rpe: Ignored = None
    feeling: Ignored = None
    is_recorded: Ignored = None
    is_dropped: Ignored = None
    created_at: Ignored = None
    selection: Ignored = None

    def columns(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True, exclude=SELECTION_COLUMNS)

    def selection_columns(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True, include=SELECTION_COLUMNS)


class DoneBody(Body):
    """What was done. Fields that are not sent stay as they are."""

    actual_duration: Hours | None = Field(None, description="Hours.")
    actual_distance_meters: Metres | None = Field(None, alias="actualDistanceInMeters")
    actual_tss: StressScore | None = None
    actual_intensity_factor: Intensity | None = None
    actual_heart_rate: HeartRate | None = Field(None, description="Beats per minute, on average.")
    actual_power: Watts | None = Field(None, description="Watts, on average.")
    rpe: Exertion | None = Field(None, description="Rating of perceived exertion.")
    feeling: Feeling | None = None

    def columns(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class NewWorkoutBody(WorkoutBody):
    """A workout of the athlete's own. The coach's workouts are imported."""

    title: NewTitle
    workout_type: NewType = WorkoutType.OTHER.value
    originally_planned_day: PlanDay
    is_custom: Literal[True] = Field(True, exclude=True)

    def columns(self) -> dict[str, Any]:
        return self.model_dump(exclude=SELECTION_COLUMNS)

    def selection_columns(self) -> dict[str, Any]:
        return {name: value for name, value in super().selection_columns().items() if value}


class WorkoutFilters(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True)

    start_date: Day = Field(NOT_SENT, description="The first day on which the athlete has the workout.")
    end_date: Day = Field(NOT_SENT, description="The last day, included.")
    workout_type: NewType = NOT_SENT
    selected: TrueOrFalse = Field(NOT_SENT, description="false: the skipped workouts.")

    @field_validator("end_date")
    @classmethod
    def not_before_the_start(cls, end: datetime.date, info: ValidationInfo) -> datetime.date:
        start = info.data.get("start_date")
        if start and end < start:
            raise PydanticCustomError("range", "Before startDate")
        return end
