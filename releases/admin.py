"""Releases in the admin, read-only."""

from types import MappingProxyType
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from releases import contract
from releases.applying.journal import half_run
from releases.models import Release
from releases.record.applied import recorded_migrations
from releases.record.timeline import columns, in_words, share, spans
from releases.running.lock import is_interrupted

CHARTED = 50  # releases
WIDTH, HEIGHT = 12, 48  # pixels of a column


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
        *("started", "finished", "direction", "outcome", "error", "timeline", "attempts", "waited"),
        *("commit", "deployment", "asked_by", "reason"),
    )

    class Media:
        css = MappingProxyType({"all": ("releases/admin.css",)})

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_applied"
        applied = path("applied/", self.admin_site.admin_view(self.applied_migrations), name=name)
        return [applied, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With what earlier releases left to be done, and how long the last ones took."""
        context = {
            "is_interrupted": is_interrupted(connection),
            "half_run": [".".join(key) for key in half_run(connection)],
            "pending": contract.pending(connection),
            "columns": _columns(list(reversed(Release.objects.all()[:CHARTED]))),
            "height": HEIGHT,
        }
        return super().changelist_view(request, context | (extra_context or {}))

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
        return len(release.applied)

    @admin.display(description="migrations")
    def timeline(self, release: Release) -> str:
        """A bar for each; with who waited, and what was not done as Django would have done it."""
        total = release.seconds or 0
        rows = [
            {
                "span": span,
                "lines": [*span.in_words, *map(in_words, migration.get("verdicts", ()))],
                "begin": share(span.after, total),
                "length": max(0.5, share(span.seconds, total)),
                "waiting": share(span.waited, total),
                "stalling": share(span.after + max(0, span.seconds - span.stalled), total),
                "stalled": share(min(span.stalled, span.seconds), total),
            }
            for migration, span in zip(release.migrations, spans(release.migrations), strict=True)
        ]
        return render_to_string("releases/timeline.html", {"rows": rows})


def _columns(releases: list[Release]) -> list[dict[str, Any]]:
    heights = columns([release.seconds for release in releases], HEIGHT)
    return [
        {"release": release, "x": number * WIDTH, "y": HEIGHT - height, "width": WIDTH - 3, "height": height}
        for number, (release, height) in enumerate(zip(releases, heights, strict=True))
    ]
