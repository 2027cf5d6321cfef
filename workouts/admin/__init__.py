"""The planner's tables in the admin, read-only. Changes go through the planner, which knows the rules."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string

from releases.admin import InspectOnly
from workouts.admin.filters import MovedFilter, StateFilter, WeekFilter
from workouts.models import ArchivedSelection, Change, SelectionColumns, Upload, Workout, WorkoutSelection

SHOWN = 100  # rows of a change; a restore changes tens of thousands, whose page would be tens of megabytes
SELECTION_COLUMNS = [field.name for field in SelectionColumns._meta.get_fields()]


class PlannerList(ChangeList):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The date hierarchy cannot compute the end of the year 9999: show the list without its filter."""
        try:
            super().__init__(*args, **kwargs)
        except (OverflowError, ValueError) as error:
            raise IncorrectLookupParameters from error


class PlannerAdmin(InspectOnly, admin.ModelAdmin):
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PlannerList


class SelectionInline(InspectOnly, admin.TabularInline):
    model = WorkoutSelection
    extra = 0


@admin.register(Workout)
class WorkoutAdmin(PlannerAdmin):
    list_display = (
        "title",
        "workout_type",
        "originally_planned_day",
        "selection",
        "planned_duration",
        "tss",
        "done",
        "is_custom",
    )
    list_filter = (
        ("workout_type", admin.AllValuesFieldListFilter),
        StateFilter,
        MovedFilter,
        WeekFilter,
        "is_custom",
        "is_done",
        "is_recorded",
        "is_dropped",
    )
    search_fields = ("title", "workout_description", "coach_comments")
    date_hierarchy = "originally_planned_day"
    inlines = (SelectionInline,)
    exclude = ("is_done",)  # one of several signs of it
    readonly_fields = ("done",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Workout]:
        return super().get_queryset(request).prefetch_related("selections")

    @admin.display(description="done", boolean=True)
    def done(self, workout: Workout) -> bool:
        return workout.was_done

    @admin.display(description="selection")
    def selection(self, workout: Workout) -> str:
        return workout.selection.summary() if workout.selection else ""


@admin.register(WorkoutSelection)
class WorkoutSelectionAdmin(PlannerAdmin):
    list_display = (
        "id",
        "workout",
        "workout_type",
        "state",
        "current_plan_day",
        "time_of_day",
        "workout_location",
        "updated_at",
    )
    list_filter = (
        ("workout__workout_type", admin.AllValuesFieldListFilter),
        StateFilter,
        MovedFilter,
        WeekFilter,
    )
    list_select_related = ("workout",)
    search_fields = ("workout__title", "workout_location", "user_notes")
    date_hierarchy = "workout__originally_planned_day"

    @admin.display(description="type", ordering="workout__workout_type")
    def workout_type(self, selection: WorkoutSelection) -> str:
        return selection.workout.workout_type

    @admin.display(description="state", ordering="is_selected")
    def state(self, selection: WorkoutSelection) -> str:
        return "skipped" if selection.skipped else "selected"


@admin.register(Change)
class ChangeAdmin(PlannerAdmin):
    list_display = ("made_at", "summary", "made_by", "undone")
    search_fields = ("summary",)
    date_hierarchy = "made_at"
    fields = ("made_at", "summary", "made_by", "undoes", "changed")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Change]:
        return Change.objects.for_list()

    @admin.display(description="rows")
    def changed(self, change: Change) -> str:
        lines = [json.dumps(row, ensure_ascii=False) for row in change.rows[:SHOWN]]
        if len(change.rows) > SHOWN:
            lines.append(f"The first {SHOWN} of {len(change.rows)}.")
        return "\n".join(lines)

    @admin.display(boolean=True)
    def undone(self, change: Change) -> bool:
        return change.undone


@admin.register(Upload)
class UploadAdmin(PlannerAdmin):
    list_display = ("made_at", "purpose", "file_name", "made_by", "change")
    list_filter = ("purpose",)
    search_fields = ("file_name",)
    date_hierarchy = "made_at"
    fields = ("made_at", "purpose", "file_name", "made_by", "change", "result")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Upload]:
        return Upload.objects.for_list()


@admin.register(ArchivedSelection)
class ArchivedSelectionAdmin(PlannerAdmin):
    list_display = ("selection_id", "workout", "removed", "kept", "filled_from_it", "archived_at")
    search_fields = ("=selection_id", "workout__title", "user_notes")
    date_hierarchy = "archived_at"
    fields = ("selection_id", "workout", "kept_selection", "comparison", "updated_at", "archived_at")

    class Media:
        css = {"all": ("workouts/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ArchivedSelection]:
        """Joined, because a kept selection that was deleted since is then None, not an error."""
        return super().get_queryset(request).select_related("workout", "kept_selection")

    @admin.display(description="removed")
    def removed(self, archived: ArchivedSelection) -> str:
        return archived.summary()

    @admin.display(description="kept")
    def kept(self, archived: ArchivedSelection) -> str:
        kept = archived.kept_selection
        return f"{kept.pk}: {kept.summary()}" if kept else "deleted since"

    @admin.display(description="filled from it")
    def filled_from_it(self, archived: ArchivedSelection) -> str:
        return ", ".join(archived.filled) or "nothing"

    @admin.display(description="side by side")
    def comparison(self, archived: ArchivedSelection) -> str:
        rows = [
            (name, getattr(archived, name), getattr(archived.kept_selection, name, None), name in archived.filled)
            for name in SELECTION_COLUMNS
        ]
        return render_to_string("workouts/admin_comparison.html", {"rows": rows, "kept": archived.kept_selection})
