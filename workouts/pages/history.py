"""What was changed, and its undoing."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from workouts.history import changes
from workouts.models import Change
from workouts.pages import HtmxRequest
from workouts.pages.changed import says_refusals, show_changed

PER_PAGE = 50


@require_safe
def history(request: HtmxRequest) -> HttpResponse:
    page = Paginator(Change.objects.for_list(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "workouts/history.html", {"page": page})


@require_POST
@says_refusals
def undo(request: HtmxRequest, change_id: int) -> HttpResponse:
    return show_changed(request, changes.undo(change_id, by=request.user))
