"""Search in the texts of workouts."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from workouts.models import Preferences, Workout

PER_PAGE = 50
LONGEST = 200
"""Characters. The regular expression of a text is up to a hundred times as long."""

WORDS = 10
"""How many words are searched; each of them is looked for in every text."""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The workouts that have every word, those nearest to today first."""
    text = request.GET.get("q", "").replace("\0", "")[:LONGEST]
    words = text.split()[:WORDS]
    found = Workout.objects.search(words) if words else Workout.objects.none()
    found = found.with_selection().nearest_first(timezone.localdate())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"text": text, "longest": LONGEST, "page": page, "preferences": Preferences.load()}
    return render(request, "workouts/search.html", context)
