"""The week."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from workouts.pages import HtmxRequest
from workouts.pages.board import Board, Filters
from workouts.pages.redraw import change_before
from workouts.values.days import Day, monday_of


def week(request: HtmxRequest, day: Day | None = None) -> HttpResponse:
    """The week of `day`. Without `day`: this week and, for phones, the seven days after today."""
    if day and day != monday_of(day):
        return redirect("week_of", day=monday_of(day))
    board = Board(day, Filters.of(request.GET))
    return render(request, "workouts/week.html", {**board.context(), "change": change_before(request)})
