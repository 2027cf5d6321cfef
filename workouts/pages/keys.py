"""The list of keys."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from workouts.pages import HtmxRequest


@require_safe
@vary_on_headers("HX-Request")
def keys(request: HtmxRequest) -> HttpResponse:
    """A page of its own, or the content of the board's dialog."""
    return render(request, "workouts/keys.html" if request.htmx else "workouts/keys_page.html")
