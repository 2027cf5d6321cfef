"""Releases in the admin: to be looked at, never changed there."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from releases.models import AppliedMigration


class InspectOnly:
    """For a ModelAdmin or an inline whose rows are shown and nothing else."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(AppliedMigration)
class AppliedMigrationAdmin(InspectOnly, admin.ModelAdmin):
    list_display = ("name", "app", "applied")
    list_filter = ("app",)
    search_fields = ("app", "name")
    date_hierarchy = "applied"
