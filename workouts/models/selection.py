"""The athlete's selections, and the archive of duplicate selections."""

import datetime
from collections.abc import Collection, Iterable

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.text import Truncator

from workouts.models.fields import MomentField, WrittenAtField
from workouts.values import bounds


class SelectionQuerySet(models.QuerySet["WorkoutSelection"]):
    def skipped(self) -> "SelectionQuerySet":
        return self.filter(is_selected=False)

    def selected(self) -> "SelectionQuerySet":
        """NULL means selected: the old application never wrote its default."""
        return self.exclude(is_selected=False)

    def moved(self) -> "SelectionQuerySet":
        """On another day than the coach planned."""
        return self.filter(current_plan_day__isnull=False).exclude(
            current_plan_day=models.F("workout__originally_planned_day")
        )

    def between(self, first: datetime.date, last: datetime.date) -> "SelectionQuerySet":
        """Selections of workouts that the athlete has from `first` to `last`, both included."""
        day = Coalesce("current_plan_day", "workout__originally_planned_day")
        return self.alias(day=day).filter(day__range=(first, last))

    def upsert(self, selections: Iterable["WorkoutSelection"], columns: Collection[str]) -> None:
        """Inserts the rows in one statement. If a workout has a selection already, updates only `columns` of it.

        So two concurrent changes of different columns both take effect. Sets the ids of `selections`.
        """
        self.bulk_create(selections, update_conflicts=True, unique_fields=["workout"], update_fields=columns)


class SelectionColumns(models.Model):
    """The selection columns, which a selection and its archived copy have in common."""

    is_selected = models.BooleanField("selected", null=True, default=True)
    current_plan_day = models.DateField("moved to", null=True, blank=True)
    time_of_day = models.CharField(
        max_length=bounds.TIME_OF_DAY, null=True, blank=True, help_text="Such as morning or 7am."
    )
    workout_location = models.CharField("place", max_length=bounds.PLACE, null=True, blank=True)
    user_notes = models.TextField("notes", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def skipped(self) -> bool:
        return self.is_selected is False

    def summary(self) -> str:
        """One short line, such as `selected, Fri 16 Jan 2026, morning`."""
        state = "skipped" if self.skipped else "selected"
        day = self.current_plan_day and f"{self.current_plan_day:%a %-d %b %Y}"
        rest = (day, self.time_of_day, self.workout_location, self.user_notes)
        return ", ".join(Truncator(str(part)).chars(40) for part in (state, *rest) if part)


class WorkoutSelection(SelectionColumns):
    """What the athlete chose for one workout. Without a selection, the coach's plan applies."""

    id = models.AutoField(primary_key=True)
    workout = models.ForeignKey(
        "Workout",
        on_delete=models.CASCADE,
        related_name="selections",
        db_index=False,  # the index of the unique constraint is enough
    )
    updated_at = WrittenAtField(null=True, auto_now=True)

    objects = SelectionQuerySet.as_manager()

    class Meta:
        db_table = "workout_selections"
        constraints = (models.UniqueConstraint(fields=["workout"], name="uq_workout_selections_workout_id"),)

    def __str__(self) -> str:
        return f"Selection {self.pk} of workout {self.workout_id}"


class ArchivedSelection(SelectionColumns):
    """A selection that deduplication removed, verbatim, and which of its values the kept selection took over.

    The foreign keys have no constraint: the archive stays when a workout or a kept selection is deleted later.
    """

    selection_id = models.IntegerField(help_text="Its id while it was live.")
    workout = models.ForeignKey(
        "Workout", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    updated_at = MomentField(null=True)
    kept_selection = models.ForeignKey(
        WorkoutSelection, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    filled = models.JSONField(
        default=dict,
        help_text=(
            "Column that the kept selection took over, and what stood there before: null or ''. By the name of a column"
            " of another table: the keys of its rows that referred to this one, as JSON."
        ),
    )
    archived_at = MomentField()

    class Meta:
        db_table = "workout_selections_archive"

    def __str__(self) -> str:
        return f"Archived selection {self.selection_id} of workout {self.workout_id}"
