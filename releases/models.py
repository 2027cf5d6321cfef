"""The history of releases and of steps back."""

from collections.abc import Iterator
from typing import Any

from django.db import connections, models
from django.utils import timezone

LONGEST_ID = 64
"""Characters of a commit and of a deployment; what a platform names beyond that is left out."""


class ReleaseQuerySet(models.QuerySet["Release"]):
    def is_recordable(self) -> bool:
        """Whether the table exists with every column: migrations of this app may be unapplied, or undone."""
        table, introspection = Release._meta.db_table, connections[self.db].introspection
        with connections[self.db].cursor() as cursor:
            if table not in introspection.table_names(cursor):
                return False
            columns = {info.name for info in introspection.get_table_description(cursor, table)}
        return columns >= {field.column for field in Release._meta.local_concrete_fields}

    def mark_interrupted(self) -> int:
        """Call this while holding the migration lock: a release that is still `running` then was killed."""
        return self.filter(outcome=Release.Outcome.RUNNING).update(outcome=Release.Outcome.INTERRUPTED)

    def succeeded_forwards(self) -> "ReleaseQuerySet":
        return self.filter(direction=Release.Direction.FORWARDS, outcome=Release.Outcome.SUCCEEDED)

    def unfinished(self) -> "Iterator[Release]":
        """The releases that did not succeed, newest first, as long as none has succeeded after them.

        A commit that had succeeded before was only released again: it does not know what they applied.
        """
        forwards = self.filter(direction=Release.Direction.FORWARDS)
        succeeded = self.succeeded_forwards()
        for release in forwards.exclude(outcome=Release.Outcome.SUCCEEDED):
            earlier = succeeded.filter(pk__lt=release.pk).exclude(commit="").values("commit")
            if succeeded.filter(pk__gt=release.pk).exclude(commit__in=earlier).exists():
                return
            yield release


class ReleaseManager(models.Manager.from_queryset(ReleaseQuerySet)):  # type: ignore[misc]
    """Newest first, as they were recorded, one at a time: the clocks of the machines that release may differ."""

    def get_queryset(self) -> ReleaseQuerySet:
        queryset: ReleaseQuerySet = super().get_queryset()
        return queryset.order_by("-pk")


class Release(models.Model):
    """One run of `migrate` that brings the database to the code's schema, or a step back."""

    class Direction(models.TextChoices):
        FORWARDS = "forwards"
        BACKWARDS = "backwards"

    class Outcome(models.TextChoices):
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        INTERRUPTED = "interrupted"

    commit = models.CharField(max_length=LONGEST_ID, blank=True)
    deployment = models.CharField(max_length=LONGEST_ID, blank=True, help_text="The platform's id of the deployment.")
    started = models.DateTimeField()
    finished = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.RUNNING)
    attempts = models.IntegerField(default=0)
    waited = models.FloatField(default=0, help_text="Seconds spent waiting for locks.")
    migrations = models.JSONField(default=list, help_text="Name and seconds of each.")
    error = models.TextField(blank=True)
    direction = models.CharField(
        max_length=20, choices=Direction, default=Direction.FORWARDS, db_default=Direction.FORWARDS
    )
    asked_by = models.CharField(max_length=150, blank=True, default="", db_default="", help_text="Of a step back.")
    reason = models.TextField(blank=True, default="", db_default="", help_text="Of a step back.")
    schema = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="Digest of the schema that was found whole at the end; empty where none was.",
    )

    objects = ReleaseManager()

    class Meta:
        ordering = ("-started", "-id")

    def __str__(self) -> str:
        started = timezone.localtime(self.started) if timezone.is_aware(self.started) else self.started
        return f"{started:%Y-%m-%d %H:%M:%S} {self.outcome}"

    @property
    def applied(self) -> list[dict[str, Any]]:
        """Of its migrations those that succeeded; in a step back, those that it undid."""
        return [one for one in self.migrations if not one.get("failed")]

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is running, and if it was interrupted."""
        return (self.finished - self.started).total_seconds() if self.finished else None
