"""The month: every day with its workouts in brief."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from workouts.models import Workout
from workouts.values.days import ONE_DAY, Day, month_weeks, next_month


@require_safe
def month(request: HttpRequest, first: Day | None = None) -> HttpResponse:
    today = timezone.localdate()
    first = first or today.replace(day=1)
    weeks = month_weeks(first)
    by_day: dict[Day, list[Workout]] = defaultdict(list)
    for workout in Workout.objects.between(weeks[0][0], weeks[-1][-1]).with_selection():
        by_day[workout.day].append(workout)
    context = {
        "first": first,
        "before": (first - ONE_DAY).replace(day=1),
        "after": next_month(first),
        "today": today,
        "weeks": [[(day, day.month == first.month, by_day[day]) for day in week] for week in weeks],
    }
    return render(request, "workouts/month.html", context)
