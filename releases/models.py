"""What the release reads: the migrations that Django has recorded as applied."""

from django.db import models


class AppliedMigration(models.Model):
    """A row of Django's own table of applied migrations."""

    app = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    applied = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "django_migrations"
        ordering = ("-applied", "-id")

    def __str__(self) -> str:
        return f"{self.app}.{self.name}"
