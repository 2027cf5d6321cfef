"""Releases in the admin, read-only."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from releases import contract
from releases.applied import recorded_migrations
from releases.journal import half_run
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

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With what earlier releases left to be done."""
        unfinished = {
            "half_run": [".".join(key) for key in half_run(connection)],
            "pending": contract.pending(connection),
        }
        return super().changelist_view(request, unfinished | (extra_context or {}))

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
        """With what was not done as Django would have done it."""
        rows = (
            (migration["name"], f"{migration['seconds']:.3f}", _verdicts(migration.get("verdicts", ())))
            for migration in release.migrations
        )
        cells = "<tr><td>{}</td><td>{} s</td><td>{}</td></tr>"
        return format_html("<table>{}</table>", format_html_join("", cells, rows))


def _verdicts(verdicts: Iterable[dict[str, str]]) -> str:
    lines = ((one["operation"], one["verdict"], one["reason"], _accepted(one)) for one in verdicts)
    return format_html_join(mark_safe("<br>"), "{}: {}. {}{}", lines)


def _accepted(verdict: dict[str, str]) -> str:
    return f" Accepted: {verdict['accepted']}" if "accepted" in verdict else ""
