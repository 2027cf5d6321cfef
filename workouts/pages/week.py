"""The week."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from workouts.pages import HtmxRequest
from workouts.pages.board import Board
from workouts.pages.filters import Filters
from workouts.pages.first_steps import first_steps
from workouts.pages.redraw import change_before, last_seen
from workouts.pages.unchanged import show_if_changed
from workouts.values.days import Day


@show_if_changed
def week(request: HtmxRequest, day: Day | None = None) -> HttpResponse:
    """The week of `day`. Without `day`: this week and, for phones, the seven days after today."""
    board = Board(day, Filters.of(request.GET))
    if day and day != board.first:
        query = request.META["QUERY_STRING"]
        return redirect(reverse("week_of", args=[board.first]) + (f"?{query}" if query else ""))
    context = {
        "seen": last_seen(),
        "first_steps": [] if board.workouts else first_steps(board.first),
        "change": change_before(request),
    }
    return render(request, "workouts/week.html", {**board.context(), **context})
