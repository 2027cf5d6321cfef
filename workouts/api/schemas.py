"""What clients send and get. Names in JSON are camelCase, those of the columns here."""

import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from workouts.api.fields import (
    Day,
    Hours,
    Ignored,
    Intensity,
    Metres,
    Password,
    Place,
    PlanDay,
    StressScore,
    Text,
    TimeOfDay,
    Title,
    TrueOrFalse,
    Type,
    UserName,
)
from workouts.files.imports.choices import Policy
from workouts.models import Workout, WorkoutSelection, WorkoutType

CHOICE = {"time_of_day", "workout_location"}
"""What belongs to the athlete's selection, in a body that is of the workout."""


NOT_SENT: Any = None
"""Of a field that may be left out and may not be null, or whose absence is refused in other words than ours."""


class Answer(Schema):
    model_config = ConfigDict(alias_generator=AliasGenerator(serialization_alias=to_camel))


class SelectionAnswer(Answer):
    id: int
    workout_id: int
    is_selected: bool
    current_plan_day: datetime.date | None
    time_of_day: str | None
    workout_location: str | None
    user_notes: str | None
    updated_at: datetime.datetime | None

    @staticmethod
    def resolve_is_selected(selection: WorkoutSelection) -> bool:
        return not selection.skipped


class WorkoutAnswer(Answer):
    id: int
    title: str
    workout_type: str
    workout_description: str | None
    planned_duration: float | None = Field(description="Hours.")
    planned_distance_in_meters: float | None = Field(validation_alias="planned_distance_meters")
    originally_planned_day: datetime.date
    coach_comments: str | None
    tss: float | None
    intensity_factor: float | None
    is_custom: bool
    actual_duration: float | None = Field(description="Hours. What was done, as far as the import told.")
    actual_distance_in_meters: float | None = Field(validation_alias="actual_distance_meters")
    actual_tss: float | None
    actual_intensity_factor: float | None
    actual_heart_rate: float | None = Field(description="Beats per minute, on average.")
    actual_power: float | None = Field(description="Watts, on average.")
    rpe: float | None
    feeling: float | None
    is_recorded: bool = Field(description="An activity that was never planned. The plan's sums leave it out.")
    is_dropped: bool = Field(description="The coach has taken it out of the plan. It counts as skipped.")
    created_at: datetime.datetime | None
    selection: SelectionAnswer | None

    @staticmethod
    def resolve_is_recorded(workout: Workout) -> bool:
        return bool(workout.is_recorded)

    @staticmethod
    def resolve_is_dropped(workout: Workout) -> bool:
        return bool(workout.is_dropped)


class WorkoutList(Answer):
    workouts: list[WorkoutAnswer]
    count: int


class Stats(Answer):
    total_workouts: int
    selected_workouts: int = Field(description="Rows of selections that say selected, as the old application counted.")
    custom_workouts: int
    skipped_workouts: int
    planned_workouts: int = Field(
        description="Workouts of the plan that the athlete will do: all but the skipped, dropped and recorded ones."
    )


class Health(Answer):
    status: Literal["healthy"]
    timestamp: datetime.datetime


class Done(Answer):
    message: str


class UserAnswer(Answer):
    id: int
    username: str
    created_at: datetime.datetime = Field(validation_alias="date_joined")
    last_login: datetime.datetime | None


class LoginAnswer(Done):
    token: str = Field(description="For `Authorization: Bearer TOKEN`.")
    expires_at: datetime.datetime
    user: UserAnswer


class VerifyAnswer(Answer):
    valid: Literal[True]
    user: UserAnswer


class TimeSpan(Schema):
    hours: int
    minutes: int


class Targets(Schema):
    tss: int | None
    total_time: TimeSpan | None
    by_discipline: dict[str, TimeSpan] = Field(
        description="Of swim, bike, run, strength and other, those that are set."
    )


class WeeklyTargets(Schema):
    """As the old application's config/weekly_targets.json, its names included."""

    week_start_date: datetime.date
    weekly_targets: Targets


class ExportedDay(Answer):
    date: datetime.date
    success: Literal[True]


class DateRange(Answer):
    start: datetime.date
    end: datetime.date


class ExportAnswer(Done):
    events_created: int = Field(description="How many events the calendar has on these days, one per workout.")
    results: list[ExportedDay] = Field(description="The days that have events.")
    date_range: DateRange


class SkippedRow(Answer):
    row: int
    reason: str


class MovedRow(Answer):
    row: int
    title: str
    from_: datetime.date = Field(validation_alias="from", serialization_alias="from")
    to: datetime.date


class GoneWorkout(Answer):
    id: int
    title: str
    day: datetime.date
    choice: Policy = Field(description="What was done with it.")
    row: int | None = Field(description="The row of the file that it has become, or may have become where it was kept.")
    becomes: str | None = Field(description="The title of that row.")


class ImportAnswer(Done):
    imported: int = Field(description="Workouts that are new.")
    changed: int
    unchanged: int
    moved: list[MovedRow] = Field(description="Workouts that the coach moved to another day.")
    skipped: list[SkippedRow]
    gone: list[GoneWorkout] = Field(description="The coach's workouts on the days of the file that it does not have.")


class Body(BaseModel):
    """A typo is refused, not ignored. What is sent is taken as it is: `"1"` is no number and `1` no truth value."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


class LoginBody(Body):
    model_config = ConfigDict(json_schema_extra={"required": ["username", "password"]})

    username: UserName = NOT_SENT
    password: Password = NOT_SENT


class ExportBody(Body):
    model_config = ConfigDict(json_schema_extra={"required": ["startDate", "endDate"]})

    start_date: Day = NOT_SENT
    end_date: Day = NOT_SENT


class SelectionBody(Body):
    """A partial change: what is not named stays as it is."""

    is_selected: bool = Field(NOT_SENT, description="false also clears timeOfDay, unless the same body sets one.")
    current_plan_day: PlanDay | None = Field(None, description="null moves back to the planned day.")
    time_of_day: TimeOfDay | None = None
    workout_location: Place | None = None
    user_notes: Text | None = None
    id: Ignored = None
    workout_id: Ignored = None
    updated_at: Ignored = None

    def columns(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class WorkoutBody(Body):
    """A partial change: what is not named stays as it is."""

    title: Title = NOT_SENT
    workout_type: Type = NOT_SENT
    workout_description: Text | None = None
    planned_duration: Hours | None = Field(None, description="Hours.")
    planned_distance_meters: Metres | None = Field(None, alias="plannedDistanceInMeters")
    originally_planned_day: PlanDay = NOT_SENT
    coach_comments: Text | None = None
    tss: StressScore | None = None
    intensity_factor: Intensity | None = None
    time_of_day: TimeOfDay | None = None
    workout_location: Place | None = None
    is_custom: bool = Field(NOT_SENT, exclude=True, description="As it is: it cannot be changed.")
    id: Ignored = None
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
        return self.model_dump(exclude_unset=True, exclude=CHOICE)

    def choice(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True, include=CHOICE)


class NewWorkoutBody(WorkoutBody):
    """An own workout. The coach's come by import."""

    title: Title
    workout_type: Type = WorkoutType.OTHER.value
    originally_planned_day: PlanDay
    is_custom: Literal[True] = Field(True, exclude=True)

    def columns(self) -> dict[str, Any]:
        return self.model_dump(exclude=CHOICE)

    def choice(self) -> dict[str, Any]:
        return {name: value for name, value in super().choice().items() if value}


class WorkoutFilters(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True)

    start_date: Day = Field(NOT_SENT, description="The first day on which the athlete has the workout.")
    end_date: Day = Field(NOT_SENT, description="The last day, included.")
    workout_type: Type = NOT_SENT
    selected: TrueOrFalse = Field(NOT_SENT, description="false: the skipped ones.")

    @field_validator("end_date")
    @classmethod
    def not_before_the_start(cls, end: datetime.date, info: ValidationInfo) -> datetime.date:
        start = info.data.get("start_date")
        if start and end < start:
            raise PydanticCustomError("range", "Before startDate")
        return end


class ImportChoice(BaseModel):
    gone: Policy = Field(
        Policy.KEEP,
        description="What to do with workouts that the file does not have: keep them, drop them from the plan, or let"
        " those that were renamed take over their new name and keep the others.",
    )
