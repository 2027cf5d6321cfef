"""The answer to a write: with htmx the parts of the page to redraw, without it a redirect to the page."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from workouts.history import Outcome
from workouts.models import Change
from workouts.pages import HtmxRequest
from workouts.pages.board import Board
from workouts.pages.month_board import Month


def redraw(request: HtmxRequest, outcome: Outcome, back: str | None = None) -> HttpResponse:
    """Shows what a verb did and offers to undo it: on the page's board, if it has one.

    Otherwise it goes to the page `back`, or to the page that the request came from.
    """
    board = (Board.shown_by(request.POST) or Month.shown_by(request.POST)) if request.htmx else None
    if not board:
        target = _with_change(back or address_of(request), outcome.change)
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    return render(request, board.parts, {**board.changes(outcome.days), "change": outcome.change})


def change_before(request: HtmxRequest) -> Change | None:
    """The change after which the page was loaded: `?changed=12`."""
    number = request.GET.get("changed", "")
    return Change.objects.filter(pk=number).first() if number.isascii() and number.isdigit() else None


def address_of(request: HtmxRequest) -> str:
    """Path and query string of the page that the request came from, `/` if it does not say."""
    url = urlsplit(request.headers.get("Referer", ""))
    here = url.netloc == request.get_host()
    return f"{url.path}?{url.query}" if here and url.query else url.path if here else "/"


def _with_change(address: str, change: Change | None) -> str:
    url = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(url.query) if name != "changed"]
    if change:
        query.append(("changed", str(change.pk)))
    return f"{url.path}?{urlencode(query)}" if query else url.path
