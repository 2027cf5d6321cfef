"""Releases in the admin, read-only."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join

from releases.applied import recorded_migrations
from releases.models import Release


class InspectOnly:
    """For a ModelAdmin or an inline that is read-only."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Release)
class ReleaseAdmin(InspectOnly, admin.ModelAdmin):
    change_list_template = "releases/change_list.html"
    list_display = ("started", "direction", "outcome", "duration", "applied", "attempts", "commit", "deployment")
    list_filter = ("outcome", "direction")
    search_fields = ("commit", "deployment", "error", "asked_by", "reason")
    date_hierarchy = "started"
    fields = (
        *("started", "finished", "direction", "outcome", "error", "applied_with_times", "attempts", "waited"),
        *("commit", "deployment", "asked_by", "reason"),
    )

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_applied"
        applied = path("applied/", self.admin_site.admin_view(self.applied_migrations), name=name)
        return [applied, *super().get_urls()]

    def applied_migrations(self, request: HttpRequest) -> HttpResponse:
        """Django's own table. It has no model, because a model would make it part of every dump."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        every = recorded_migrations(connection)
        app, words = request.GET.get("app", ""), request.GET.get("q", "").strip()
        migrations = every and [
            migration for migration in every if app in ("", migration.app) and words.lower() in migration.name.lower()
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Applied migrations",
            "opts": self.opts,
            "headings": ("App", "Name", "Applied"),
            "migrations": migrations,
            "apps": sorted({migration.app for migration in every or ()}),
            "app": app,
            "words": words,
        }
        return TemplateResponse(request, "releases/applied.html", context)

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
