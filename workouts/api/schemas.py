"""What clients get for workouts and selections. JSON uses camelCase names, this code the names of the columns.

A shape that only one resource uses is in that resource's module.
"""

import datetime

from ninja import Schema
from pydantic import AliasGenerator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from workouts.models import Workout, WorkoutSelection


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
    is_done: bool = Field(description="Marked as done, or with any figure of what was done.")
    started_at: datetime.datetime | None = Field(description="When its recorded activity began.")
    actual_duration: float | None = Field(description="Hours.")
    actual_distance_in_meters: float | None = Field(validation_alias="actual_distance_meters")
    actual_tss: float | None
    actual_intensity_factor: float | None
    actual_heart_rate: float | None = Field(description="Beats per minute, on average.")
    actual_power: float | None = Field(description="Watts, on average.")
    rpe: float | None
    feeling: float | None
    is_recorded: bool = Field(description="An activity that was never planned. Totals of the plan leave it out.")
    is_dropped: bool = Field(description="Removed from the plan by the coach. It counts as skipped.")
    created_at: datetime.datetime | None
    selection: SelectionAnswer | None

    @staticmethod
    def resolve_is_done(workout: Workout) -> bool:
        return workout.was_done

    @staticmethod
    def resolve_is_recorded(workout: Workout) -> bool:
        return bool(workout.is_recorded)

    @staticmethod
    def resolve_is_dropped(workout: Workout) -> bool:
        return bool(workout.is_dropped)


class WorkoutList(Answer):
    workouts: list[WorkoutAnswer]
    count: int


class Done(Answer):
    message: str
