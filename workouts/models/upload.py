"""Uploaded files, for an import, a restore or a recorded activity."""

from django.conf import settings
from django.db import models

from workouts.models.history import Change

RESTORE_KEY = "restore"
"""A key in the result of a restore. Versions without `purpose` recognize restores by it, and still write it."""


class UploadQuerySet(models.QuerySet["Upload"]):
    def imports(self) -> "UploadQuerySet":
        """Files of the coach's workouts."""
        return self.exclude(_restores()).exclude(purpose=Upload.Purpose.ACTIVITY)

    def activities(self) -> "UploadQuerySet":
        """Recorded activities."""
        return self.filter(purpose=Upload.Purpose.ACTIVITY)

    def imported(self) -> "UploadQuerySet":
        """Both of them: what is added to the planner, where a restore replaces it."""
        return self.exclude(_restores())

    def restores(self) -> "UploadQuerySet":
        """Exports of this planner."""
        return self.filter(_restores())

    def applied(self) -> "UploadQuerySet":
        return self.filter(change__isnull=False)

    def previewed(self) -> "UploadQuerySet":
        """Previewed and not applied."""
        return self.filter(change__isnull=True)

    def for_list(self) -> "UploadQuerySet":
        """The newest first, without the content of the files."""
        files = self.defer("content", "change__rows", "change__undone_by__rows")
        return files.select_related("made_by", "change__undone_by").order_by("-id")


def _restores() -> models.Q:
    """Versions without `purpose` leave it NULL, during a release and after a step back."""
    return models.Q(purpose=Upload.Purpose.RESTORE) | models.Q(purpose=None, result__has_key=RESTORE_KEY)


class Upload(models.Model):
    """A file as it was sent, and what applying it did. Its table keeps the name that the old version uses."""

    class Purpose(models.TextChoices):
        IMPORT = "import"
        RESTORE = "restore"
        ACTIVITY = "activity"

    purpose = models.CharField(
        max_length=10,
        choices=Purpose,
        null=True,
        help_text="Empty: written by a version that has no such column. Restores then have “restore” in their result.",
    )
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    result = models.JSONField(default=dict, help_text="How many rows were new, changed, unchanged, skipped, and why.")
    change = models.OneToOneField(Change, models.SET_NULL, null=True, db_constraint=False, related_name="source")

    objects = UploadQuerySet.as_manager()

    class Meta:
        db_table = "imports"

    def __str__(self) -> str:
        return self.file_name
