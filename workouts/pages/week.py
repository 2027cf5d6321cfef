"""The week."""

import datetime
from itertools import groupby
from operator import attrgetter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from workouts.models import Workout

DAYS = 7


def week(request: HttpRequest) -> HttpResponse:
    """The workouts of today and the six days after it, each with the athlete's selection."""
    today = timezone.localdate()
    last = today + datetime.timedelta(days=DAYS - 1)
    workouts = Workout.objects.between(today, last).prefetch_related("selections")
    by_day = {day: list(group) for day, group in groupby(workouts, attrgetter("day"))}
    days = [today + datetime.timedelta(days=n) for n in range(DAYS)]
    agenda = [(day, by_day.get(day, [])) for day in days]
    return render(request, "workouts/week.html", {"agenda": agenda, "first": today, "last": last})
