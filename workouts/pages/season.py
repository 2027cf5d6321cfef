"""The season's load and form as a table, day by day."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from workouts.models import Preferences
from workouts.pages.first_steps import first_steps
from workouts.plan.season import season as season_around
from workouts.values.days import Day, first_of_week


@require_safe
def season(request: HttpRequest, day: Day) -> HttpResponse:
    first = first_of_week(day, Preferences.load().week_start)
    if day != first:
        return redirect("season", first)
    context = {"season": season_around(day, timezone.localdate()), "first_steps": first_steps(day)}
    return render(request, "workouts/season_table.html", context)
