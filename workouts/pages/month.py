"""The month."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from workouts.pages import HtmxRequest
from workouts.pages.first_steps import first_steps
from workouts.pages.month_board import Month
from workouts.pages.redraw import change_before, last_seen
from workouts.pages.unchanged import show_if_changed
from workouts.values.days import Day


@require_safe
@show_if_changed
def month(request: HtmxRequest, first: Day | None = None) -> HttpResponse:
    board = Month(first or timezone.localdate().replace(day=1))
    context = {
        "seen": last_seen(),
        "first_steps": [] if board.by_day else first_steps(),
        "change": change_before(request),
    }
    return render(request, "workouts/month.html", {**context, **board.context()})
