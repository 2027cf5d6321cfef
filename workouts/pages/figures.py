"""All figures of a week, as a table."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from workouts.pages import HtmxRequest
from workouts.pages.board import Board
from workouts.pages.filters import Filters
from workouts.values.days import Day


@require_safe
@vary_on_headers("HX-Request")
def figures(request: HtmxRequest, day: Day) -> HttpResponse:
    """A page of its own, or the content of the week page's dialog."""
    board = Board(day, Filters())
    template = "workouts/figures.html" if request.htmx else "workouts/figures_page.html"
    return render(request, template, {"board": board, "summary": board.summary()})
