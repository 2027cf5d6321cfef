"""The coach's plan and the athlete's own workouts."""

import datetime
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone
from django.utils.functional import cached_property

from workouts.models.fields import FiniteFloatField, MomentField
from workouts.models.selection import WorkoutSelection
from workouts.values import bounds
from workouts.values.spelling import pattern


class WorkoutType(models.TextChoices):
    """TrainingPeaks' types. The database may contain others, as free text."""

    SWIM = "Swim"
    BIKE = "Bike"
    RUN = "Run"
    BRICK = "Brick"
    CROSSTRAIN = "Crosstrain"
    RACE = "Race"
    DAY_OFF = "Day Off"
    MTN_BIKE = "Mtn Bike"
    STRENGTH = "Strength"
    CUSTOM = "Custom"
    XC_SKI = "XC-Ski", "XC ski"
    ROWING = "Rowing"
    WALK = "Walk"
    OTHER = "Other"


ACTUAL = tuple(bounds.ACTUAL)
"""The columns for what was done. All other columns of a workout are the plan."""


def done_by(values: Mapping[str, Any]) -> bool:
    """Whether a workout with these values was done: it is marked as done, or has any figure of what was done."""
    return bool(values["is_done"]) or any(values[name] for name in ACTUAL)


def was_done() -> models.Q:
    """The same in SQL. NULL means no."""
    return reduce(or_, (models.Q(**{f"{name}__gt": 0}) for name in ACTUAL), models.Q(is_done=True))


PLAN_DAY = Coalesce("selections__current_plan_day", "originally_planned_day")


class WorkoutQuerySet(models.QuerySet["Workout"]):
    def between(self, first: datetime.date, last: datetime.date) -> "WorkoutQuerySet":
        """Workouts that the athlete has from `first` to `last`, both included, ordered by day.

        Annotates `plan_day`: the coach's day, unless the athlete moved the workout.
        """
        return self.annotate(plan_day=PLAN_DAY).filter(plan_day__range=(first, last)).order_by("plan_day", "id")

    def with_selection(self) -> "WorkoutQuerySet":
        return self.prefetch_related("selections")

    def selected(self) -> "WorkoutQuerySet":
        """What the athlete will do. A workout without a selection is selected."""
        return self.exclude(_skipped())

    def skipped(self) -> "WorkoutQuerySet":
        """Skipped by the athlete or dropped by the coach."""
        return self.filter(_skipped())

    def planned(self) -> "WorkoutQuerySet":
        """The workouts in the plan's sums: selected, without recorded activities."""
        return self.selected().exclude(is_recorded=True)

    def search(self, words: Iterable[str]) -> "WorkoutQuerySet":
        """Workouts that have every word, in any spelling, in a text of the coach's or in the athlete's notes."""
        found = self
        for spelling in map(pattern, words):
            found = found.filter(reduce(or_, (models.Q(**{f"{field}__iregex": spelling}) for field in SEARCHED)))
        return found

    def nearest_first(self, day: datetime.date) -> "WorkoutQuerySet":
        """By how many days from `day` the athlete has them; of the same distance, those to come first."""
        finite = Least(Greatest("plan_day", Value(datetime.date.min)), Value(datetime.date.max))
        days = Greatest(finite - Value(day), Value(day) - finite, output_field=models.DurationField())
        return self.annotate(plan_day=PLAN_DAY).order_by(days, "-plan_day", "id")

    def moved_out(self, first: datetime.date, last: datetime.date) -> "WorkoutQuerySet":
        """Planned on the days from `first` to `last`, and moved to other days than these."""
        planned = self.filter(originally_planned_day__range=(first, last), selections__current_plan_day__isnull=False)
        return planned.exclude(selections__current_plan_day__range=(first, last))

    def moved(self) -> "WorkoutQuerySet":
        return self.filter(id__in=WorkoutSelection.objects.moved().values("workout"))


SEARCHED = ("title", "workout_type", "workout_description", "coach_comments", "selections__user_notes")


def _skipped() -> models.Q:
    return models.Q(is_dropped=True) | models.Q(id__in=WorkoutSelection.objects.skipped().values("workout"))


class Workout(models.Model):
    """One workout, from the coach or, if `is_custom`, from the athlete."""

    id = models.AutoField(primary_key=True)
    title = models.CharField(max_length=bounds.TITLE)
    workout_type = models.CharField("type", max_length=bounds.TYPE, choices=WorkoutType)
    workout_description = models.TextField("description", null=True, blank=True)
    planned_duration = FiniteFloatField(most=bounds.HOURS, null=True, blank=True, help_text="Hours.")
    planned_distance_meters = FiniteFloatField(
        "planned distance", most=bounds.METRES, null=True, blank=True, help_text="Metres."
    )
    originally_planned_day = models.DateField("planned day", help_text="The coach's day.")
    coach_comments = models.TextField(null=True, blank=True)
    tss = FiniteFloatField("TSS", most=bounds.TSS, null=True, blank=True, help_text="Training Stress Score.")
    intensity_factor = FiniteFloatField(most=bounds.INTENSITY_FACTOR, null=True, blank=True)
    is_custom = models.BooleanField("own", default=False, db_default=False, help_text="Added by the athlete.")
    actual_duration = FiniteFloatField(most=bounds.HOURS, null=True, blank=True, help_text="Hours.")
    actual_distance_meters = FiniteFloatField(
        "actual distance", most=bounds.METRES, null=True, blank=True, help_text="Metres."
    )
    actual_tss = FiniteFloatField("actual TSS", most=bounds.TSS, null=True, blank=True)
    actual_intensity_factor = FiniteFloatField(most=bounds.INTENSITY_FACTOR, null=True, blank=True)
    actual_heart_rate = FiniteFloatField(
        most=bounds.HEART_RATE, null=True, blank=True, help_text="Beats per minute, on average."
    )
    actual_power = FiniteFloatField(most=bounds.WATTS, null=True, blank=True, help_text="Watts, on average.")
    rpe = FiniteFloatField(
        "RPE", most=bounds.RATING, null=True, blank=True, help_text="Rating of perceived exertion, 1 to 10."
    )
    feeling = FiniteFloatField(most=bounds.RATING, null=True, blank=True, help_text="1 to 5.")
    is_done = models.BooleanField(
        "done", null=True, help_text="Marked as done by the athlete, or by a recorded activity."
    )
    started_at = MomentField(null=True, blank=True, help_text="When the recorded activity began.")
    is_recorded = models.BooleanField(
        "recorded", null=True, help_text="An activity that was never planned. Empty: nobody has looked yet."
    )
    is_dropped = models.BooleanField("dropped", null=True, help_text="The coach has taken it out of the plan.")
    created_at = MomentField(null=True, default=timezone.now)
    modified_at = MomentField(
        null=True, editable=False, help_text="The last change of the workout or of its selection, made by this planner."
    )

    objects = WorkoutQuerySet.as_manager()

    class Meta:
        db_table = "workouts"
        ordering = ("originally_planned_day", "id")

    def __str__(self) -> str:
        return f"{self.title} ({self.originally_planned_day})"

    @cached_property
    def selection(self) -> WorkoutSelection | None:
        """The athlete's selection, cached. Needs no query after `with_selection()`."""
        return next(iter(self.selections.all()), None)

    @property
    def day(self) -> datetime.date:
        """The day on which the athlete has it. Needs no query after `with_selection()`."""
        return (self.selection and self.selection.current_plan_day) or self.originally_planned_day

    @property
    def time_of_day(self) -> str | None:
        return self.selection.time_of_day if self.selection else None

    @property
    def skipped(self) -> bool:
        """Skipped by the athlete or dropped by the coach."""
        return bool(self.is_dropped or (self.selection and self.selection.skipped))

    @property
    def counts(self) -> bool:
        """Whether it is in the plan's sums."""
        return not (self.skipped or self.is_recorded)

    @property
    def was_done(self) -> bool:
        return done_by(vars(self))

    @property
    def source(self) -> str:
        """Where it came from: `coach`, `own` or `recorded`."""
        return "recorded" if self.is_recorded else "own" if self.is_custom else "coach"
