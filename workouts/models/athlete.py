"""What the athlete sets: targets, availability, units, times of day, and tokens for calendars, coach and programs."""

import datetime
from functools import cache

from django.conf import settings
from django.db import models

from workouts.models.statements import Select
from workouts.values import bounds
from workouts.values.days import Day, Weekday, WeekStart, days_from
from workouts.values.disciplines import Discipline, Unavailable, discipline_of
from workouts.values.measures import DistanceUnit, SwimUnit
from workouts.values.times import clock_time, slot_of


class WeekTarget(models.Model):
    """What the athlete wants to reach in one week."""

    week = models.DateField(unique=True, help_text="Its Monday.")
    minutes = models.PositiveIntegerField(null=True, blank=True, help_text="In total.")
    tss = models.PositiveIntegerField("TSS", null=True, blank=True)
    minutes_by_discipline = models.JSONField(default=dict, blank=True, help_text="Discipline: minutes.")

    class Meta:
        db_table = "week_targets"

    def __str__(self) -> str:
        return f"Week of {self.week}"


class AvailabilityQuerySet(models.QuerySet["Availability"]):
    def between(self, first: datetime.date, last: datetime.date) -> "AvailabilityQuerySet":
        """Those that have begun by `last` and not ended before `first`, ordered by their first day."""
        return self.filter(first_day__lte=last, last_day__gte=first)


class Availability(models.Model):
    """Days on which the athlete cannot train, or cannot do one discipline."""

    first_day = models.DateField()
    last_day = models.DateField(help_text="Included.")
    weekday = models.PositiveSmallIntegerField(
        null=True, blank=True, choices=Weekday, help_text="The only one that it concerns. Empty: every day."
    )
    discipline = models.CharField(
        max_length=10, blank=True, choices=Unavailable, help_text="What cannot be done. Empty: nothing can."
    )
    reason = models.CharField(max_length=bounds.REASON, blank=True)

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        db_table = "availability"
        ordering = ("first_day", "id")
        verbose_name_plural = "availability"

    def __str__(self) -> str:
        """Such as `No swimming: pool closed`."""
        return ": ".join(filter(None, (self.get_discipline_display(), self.reason)))

    @property
    def days(self) -> list[Day]:
        return [day for day in days_from(self.first_day, self.last_day) if self.concerns(day)]

    def concerns(self, day: Day) -> bool:
        return self.first_day <= day <= self.last_day and self.weekday in (None, day.weekday())

    def excludes(self, workout_type: str) -> bool:
        """Whether a workout of this type cannot be done. A day off always can."""
        discipline = discipline_of(workout_type)
        return discipline is not None and (not self.discipline or discipline == Discipline(self.discipline))


class Preferences(models.Model):
    """The preferences of the athlete: one row, or no row until they are saved."""

    distance_unit = models.CharField(max_length=2, choices=DistanceUnit, default=DistanceUnit.KILOMETRES)
    swim_unit = models.CharField("unit in the pool", max_length=2, choices=SwimUnit, default=SwimUnit.METRES)
    morning = models.TimeField(default=datetime.time(7, 0))
    afternoon = models.TimeField(default=datetime.time(12, 30))
    evening = models.TimeField(default=datetime.time(18, 0))
    week_start = models.PositiveSmallIntegerField(
        "weeks begin on", choices=WeekStart, default=WeekStart.MONDAY, db_default=WeekStart.MONDAY
    )

    class Meta:
        db_table = "preferences"

    def __str__(self) -> str:
        return "Preferences"

    @classmethod
    def load(cls) -> "Preferences":
        """The saved preferences, or an unsaved instance with the defaults. Saving creates or updates the only row."""
        return next(_saved_preferences().rows([1]), None) or cls(pk=1)

    def time_of(self, time_of_day: str | None) -> datetime.time | None:
        """When a workout starts: at the clock time in `time_of_day`, else when its slot starts. None if unscheduled."""
        slot = slot_of(time_of_day)
        starts: datetime.time | None = getattr(self, slot.value) if slot else None
        return clock_time(time_of_day) or starts


@cache
def _saved_preferences() -> Select[Preferences]:
    return Select(Preferences.objects.filter(pk=1))


class Token(models.Model):
    """A secret used instead of a login: in the URL of the calendar feed or of the coach's page, or by a program.

    Only its digest is stored, so the secret is shown only once and a copy of the database does not reveal it.
    """

    class Purpose(models.TextChoices):
        FEED = "feed", "Calendar feed"
        API = "api", "API"
        COACH = "coach", "Coach's link"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_constraint=False, db_index=False, related_name="tokens"
    )
    purpose = models.CharField(max_length=10, choices=Purpose)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the secret, in hexadecimal.")
    created_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "tokens"
        constraints = (models.UniqueConstraint(fields=["user", "purpose"], name="uq_tokens_user_purpose"),)

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} of {self.user}"
