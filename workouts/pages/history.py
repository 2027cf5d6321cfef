"""The history of changes, and undo."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from workouts.history import undo as undo_change
from workouts.models import Change
from workouts.pages import HtmxRequest
from workouts.pages.redraw import all_of, board_behind, redraw
from workouts.pages.refusals import says_refusals

PER_PAGE = 50


@require_safe
def history(request: HtmxRequest) -> HttpResponse:
    page = Paginator(Change.objects.for_list(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "workouts/history.html", {"page": page})


@require_safe
def news(request: HtmxRequest) -> HttpResponse:
    """For a page that was out of sight: its whole board, if it has changed since. A page of another day is reloaded."""
    if request.GET.get("today") != timezone.localdate().isoformat():
        return HttpResponseClientRefresh()
    board = board_behind(request)
    return render(request, board.parts, all_of(board)) if board else HttpResponse(status=204)


@require_POST
@says_refusals
def undo(request: HtmxRequest, change_id: int) -> HttpResponse:
    return redraw(request, undo_change(change_id, by=request.user))
