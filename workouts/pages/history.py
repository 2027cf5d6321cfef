"""What was changed, and its undoing."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from workouts import changes
from workouts.models import Change
from workouts.pages import HtmxRequest
from workouts.pages.changed import refuse, show_changed

PER_PAGE = 50


@require_safe
def history(request: HtmxRequest) -> HttpResponse:
    page = Paginator(Change.objects.for_list(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "workouts/history.html", {"page": page})


@require_POST
def undo(request: HtmxRequest, change_id: int) -> HttpResponse:
    try:
        change = changes.undo(change_id, by=request.user)
    except Change.DoesNotExist:
        raise Http404 from None
    except changes.AlreadyUndone:
        return refuse(request, "This was undone before.")
    except changes.Stale as stale:
        return refuse(request, f"{stale} Undo the later change first: see the history.")
    return show_changed(request, change)
