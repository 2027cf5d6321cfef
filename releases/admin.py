"""Releases in the admin: to be looked at, never changed there."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from releases.models import Release


class InspectOnly:
    """For a ModelAdmin or an inline whose rows are shown and nothing else."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Release)
class ReleaseAdmin(InspectOnly, admin.ModelAdmin):
    list_display = ("started", "outcome", "duration", "applied", "attempts", "commit", "deployment")
    list_filter = ("outcome",)
    search_fields = ("commit", "deployment", "error")
    date_hierarchy = "started"
    fields = (
        *("started", "finished", "outcome", "error", "applied_with_times", "attempts", "waited"),
        *("commit", "deployment"),
    )

    @admin.display(description="seconds")
    def duration(self, release: Release) -> str:
        return "" if release.seconds is None else f"{release.seconds:.2f}"

    @admin.display(description="migrations")
    def applied(self, release: Release) -> int:
        return len(release.migrations)

    @admin.display(description="migrations")
    def applied_with_times(self, release: Release) -> str:
        rows = ((migration["name"], f"{migration['seconds']:.3f}") for migration in release.migrations)
        return format_html("<table>{}</table>", format_html_join("", "<tr><td>{}</td><td>{} s</td></tr>", rows))
