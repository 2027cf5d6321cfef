"""The answer to a write: with htmx the parts of the page to redraw, without it a redirect to the page."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from workouts.history import Outcome
from workouts.models import Change
from workouts.pages import HtmxRequest
from workouts.pages.board import Board
from workouts.pages.month_board import Month

UNCHANGED = "Nothing was changed: it is so already."


def redraw(request: HtmxRequest, outcome: Outcome, back: str | None = None, note: str = "") -> HttpResponse:
    """Shows what a verb did, with a note, and offers to undo it: on the page's board, if it has one.

    Otherwise it goes to the page `back`, or to the page that the request came from. If there was nothing to change, it
    says so, and offers to undo the last change. A page that has not seen other changes gets its whole board.
    """
    board = _board(request.POST) if request.htmx else None
    if not board:
        if note:
            messages.info(request, note)
        return _go(request, outcome, back or address_of(request))
    change = outcome.change or Change.objects.for_list().first()
    days = None if _is_behind(request.POST.get("seen", ""), outcome.change) else outcome.days
    context = {
        "on_page": request.POST.getlist("shown") if days is not None else (),
        "change": change,
        "seen": change.pk if change else 0,
        "unchanged": "" if outcome.change else UNCHANGED,
        "note": note,
    }
    return render(request, board.parts, {**board.changes(days), **context})


def board_behind(request: HtmxRequest) -> Board | Month | None:
    """The board of the page that the request came from, if there are changes that it has not seen."""
    page = request.POST or request.GET
    return _board(page) if _is_behind(page.get("seen", ""), None) else None


def all_of(board: Board | Month) -> dict[str, Any]:
    """The context of all parts of a board."""
    return {"seen": last_seen(), **board.changes(None)}


def last_seen() -> int:
    """The number of the last change. A page looks before it reads what it shows, and sends it with its forms."""
    return Change.objects.aggregate(last=Max("pk"))["last"] or 0


def change_before(request: HtmxRequest) -> Change | None:
    """The change after which the page was loaded: `?changed=12`, unless it was undone since."""
    number = request.GET.get("changed", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return Change.objects.for_list().filter(pk=number, undone_by=None).first()


def address_of(request: HtmxRequest) -> str:
    """Path and query string of the page that the request came from, `/` if it does not say."""
    url = urlsplit(request.headers.get("Referer", ""))
    here = url.netloc == request.get_host()
    return f"{url.path}?{url.query}" if here and url.query else url.path if here else "/"


def _board(page: QueryDict) -> Board | Month | None:
    """What the page shows. None if it has no board, and if it was loaded on another day: it may show another week, and
    another day as today."""
    today = timezone.localdate().isoformat()
    if page.get("today", today) != today:
        return None
    return Board.shown_by(page) or Month.shown_by(page)


def _is_behind(seen: str, own: Change | None) -> bool:
    """Whether there are changes that a page has not seen, other than its own. A page that does not say is not."""
    if not (seen.isascii() and seen.isdigit() and len(seen) < 19):
        return False
    return Change.objects.filter(pk__gt=seen).exclude(pk=own.pk if own else 0).exists()


def _go(request: HtmxRequest, outcome: Outcome, address: str) -> HttpResponse:
    if not outcome.change:
        messages.info(request, UNCHANGED)
    target = _with_change(address, outcome.change)
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target + _place_of(outcome, target))


def _place_of(outcome: Outcome, address: str) -> str:
    """The fragment of the first day that was changed, if the page has days: loaded again, it would begin at its top."""
    has_days = address.startswith(("/?", "/week/", "/month")) and outcome.days
    return f"#day-{min(outcome.days).isoformat()}" if has_days else ""


def _with_change(address: str, change: Change | None) -> str:
    url = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(url.query) if name != "changed"]
    if change:
        query.append(("changed", str(change.pk)))
    return f"{url.path}?{urlencode(query)}" if query else url.path
