"""The admin's filters. They use the querysets' vocabulary, so workouts and selections share them."""

import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone


class VocabularyFilter(admin.SimpleListFilter):
    """A filter whose every choice is the name of a queryset method."""

    choices_of_filter: tuple[tuple[str, str], ...]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> tuple[tuple[str, str], ...]:
        return self.choices_of_filter

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        word = self.value()
        if word not in dict(self.choices_of_filter):
            return queryset
        narrowed: models.QuerySet[Any] = getattr(queryset, word)()
        return narrowed


class StateFilter(VocabularyFilter):
    title = "state"
    parameter_name = "state"
    choices_of_filter = (("selected", "Selected"), ("skipped", "Skipped"))


class MovedFilter(VocabularyFilter):
    title = "moved"
    parameter_name = "moved"
    choices_of_filter = (("moved", "To another day"),)


class WeekFilter(admin.SimpleListFilter):
    """Monday to Sunday, by the day on which the athlete has the workout."""

    title = "week"
    parameter_name = "week"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> tuple[tuple[str, str], ...]:
        return (("-1", "Last week"), ("0", "This week"), ("1", "Next week"))

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        offset = self.value()
        if offset not in ("-1", "0", "1"):
            return queryset
        today = timezone.localdate()
        monday = today + datetime.timedelta(weeks=int(offset), days=-today.weekday())
        narrowed: models.QuerySet[Any] = queryset.between(monday, monday + datetime.timedelta(days=6))  # type: ignore[attr-defined]
        return narrowed
