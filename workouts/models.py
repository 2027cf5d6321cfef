"""The coach's plan, the athlete's selections over it, and the archive of duplicate selections.

Tables and columns are those of the Flask application whose database this project takes over: nullable stays
nullable and ids stay `integer`, because the old version writes to them while a release runs.
"""

import datetime

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.text import Truncator


class WorkoutType(models.TextChoices):
    """TrainingPeaks' types. A database may hold others, as free text."""

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


class WorkoutQuerySet(models.QuerySet["Workout"]):
    def between(self, first: datetime.date, last: datetime.date) -> "WorkoutQuerySet":
        """Workouts whose `day` is in first..last, both included, in the order of the days.

        `day` is annotated: where the athlete has the workout, which is the coach's day unless it was moved.
        """
        day = Coalesce("selections__current_plan_day", "originally_planned_day")
        return self.annotate(day=day).filter(day__range=(first, last)).order_by("day", "id")

    def selected(self) -> "WorkoutQuerySet":
        """What the athlete will do: without a choice the coach's plan holds."""
        return self.exclude(id__in=WorkoutSelection.objects.skipped().values("workout"))

    def skipped(self) -> "WorkoutQuerySet":
        return self.filter(id__in=WorkoutSelection.objects.skipped().values("workout"))

    def moved(self) -> "WorkoutQuerySet":
        return self.filter(id__in=WorkoutSelection.objects.moved().values("workout"))

    def duplicated(self) -> "WorkoutQuerySet":
        """Workouts with more than one selection: possible until the unique constraint stands."""
        return self.filter(id__in=WorkoutSelection.objects.workouts_with_several())


class Workout(models.Model):
    """One planned workout, from the coach or, `is_custom`, from the athlete."""

    id = models.AutoField(primary_key=True)
    title = models.CharField(max_length=500)
    workout_type = models.CharField("type", max_length=100, choices=WorkoutType)
    workout_description = models.TextField("description", null=True, blank=True)
    planned_duration = models.FloatField(null=True, blank=True, help_text="Hours.")
    planned_distance_meters = models.FloatField("planned distance", null=True, blank=True, help_text="Metres.")
    originally_planned_day = models.DateField("planned day", help_text="The coach's day.")
    coach_comments = models.TextField(null=True, blank=True)
    tss = models.FloatField("TSS", null=True, blank=True, help_text="Training Stress Score.")
    intensity_factor = models.FloatField(null=True, blank=True)
    is_custom = models.BooleanField("own", default=False, db_default=False, help_text="Added by the athlete.")
    created_at = models.DateTimeField(null=True, auto_now_add=True)

    objects = WorkoutQuerySet.as_manager()

    class Meta:
        db_table = "workouts"
        ordering = ("originally_planned_day", "id")

    def __str__(self) -> str:
        return f"{self.title} ({self.originally_planned_day})"


class SelectionQuerySet(models.QuerySet["WorkoutSelection"]):
    def skipped(self) -> "SelectionQuerySet":
        return self.filter(is_selected=False)

    def selected(self) -> "SelectionQuerySet":
        """NULL reads as selected: the old application's default was never written."""
        return self.exclude(is_selected=False)

    def moved(self) -> "SelectionQuerySet":
        """On another day than the coach planned."""
        return self.filter(current_plan_day__isnull=False).exclude(
            current_plan_day=models.F("workout__originally_planned_day")
        )

    def between(self, first: datetime.date, last: datetime.date) -> "SelectionQuerySet":
        """Selections of workouts that the athlete has in first..last, both included."""
        return self.filter(workout__in=Workout.objects.between(first, last).order_by().values("id"))

    def duplicated(self) -> "SelectionQuerySet":
        """Selections that share their workout with another one."""
        return self.filter(workout__in=self.model.objects.workouts_with_several())

    def workouts_with_several(self) -> models.QuerySet["WorkoutSelection", int]:
        """The ids of workouts that have more than one selection."""
        return self.values_list("workout", flat=True).alias(n=models.Count("id")).filter(n__gt=1).order_by()


class Choice(models.Model):
    """What the athlete chose for one workout: the columns that a selection and its archived copy share."""

    is_selected = models.BooleanField("selected", null=True, default=True)
    current_plan_day = models.DateField("moved to", null=True, blank=True)
    time_of_day = models.CharField(max_length=50, null=True, blank=True, help_text="Such as morning or 7am.")
    workout_location = models.CharField("place", max_length=100, null=True, blank=True)
    user_notes = models.TextField("notes", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def skipped(self) -> bool:
        return self.is_selected is False

    def summary(self) -> str:
        """The choice in one short line, such as `selected, 2026-01-16, morning`."""
        state = "skipped" if self.skipped else "selected"
        rest = (self.current_plan_day, self.time_of_day, self.workout_location, self.user_notes)
        return ", ".join(Truncator(str(part)).chars(40) for part in (state, *rest) if part)


class WorkoutSelection(Choice):
    """The athlete's overlay on one workout."""

    id = models.AutoField(primary_key=True)
    workout = models.ForeignKey(
        Workout,
        on_delete=models.CASCADE,
        related_name="selections",
        db_index=False,  # the unique constraint's index serves
    )
    updated_at = models.DateTimeField(null=True, auto_now=True)

    objects = SelectionQuerySet.as_manager()

    class Meta:
        db_table = "workout_selections"
        constraints = (models.UniqueConstraint(fields=["workout"], name="uq_workout_selections_workout_id"),)

    def __str__(self) -> str:
        return f"Selection {self.pk} of workout {self.workout_id}"


class ArchivedSelection(Choice):
    """A selection that deduplication removed, verbatim, and what the kept one took over from it.

    The references carry no constraint: a workout or a kept selection may be deleted later, the archive stays.
    """

    selection_id = models.IntegerField(help_text="Its id while it was live.")
    workout = models.ForeignKey(
        Workout, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    updated_at = models.DateTimeField(null=True)
    kept_selection = models.ForeignKey(
        WorkoutSelection, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    filled = models.JSONField(
        default=dict, help_text="Column that the kept selection took over, and what stood there before: null or ''."
    )
    archived_at = models.DateTimeField()

    class Meta:
        db_table = "workout_selections_archive"

    def __str__(self) -> str:
        return f"Archived selection {self.selection_id} of workout {self.workout_id}"
