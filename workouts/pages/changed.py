"""The answer to a change: with htmx the parts of the page that changed, without it the page again."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from workouts.history.changes import AlreadyUndone, Stale
from workouts.history.editing import CoachsWorkout
from workouts.history.rows import RowChange
from workouts.models import Change, Workout
from workouts.pages import HtmxRequest
from workouts.pages.board import Board, address_of
from workouts.plan.season import season
from workouts.values.days import Day

P = ParamSpec("P")


def show_changed(request: HtmxRequest, change: Change | None, back: str | None = None) -> HttpResponse:
    """Shows what `change` did, with a way to undo it. `back` is the page to go to, else that of the request."""
    address = back or address_of(request)
    board = Board.of_address(address) if request.htmx else None
    if not board:
        target = _with_change(address, change)
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    context = {
        "board": board,
        "columns": board.columns(days_of(change) if change else ()),
        "summary": board.summary(),
        "season": season(board.monday),
        "changed": change,
    }
    return render(request, "workouts/changed.html", context)


def says_refusals(view: Callable[Concatenate[Any, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates a view that writes: what the write refuses becomes a page, or a toast, that says so."""

    @wraps(view)
    def wrapper(request: HtmxRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist:
            raise Http404 from None
        except CoachsWorkout as refusal:
            return refuse(request, str(refusal), status=403)
        except AlreadyUndone as refusal:
            return refuse(request, str(refusal))
        except Stale as stale:
            return refuse(request, f"{stale} Undo the later change first: see the history.")

    return wrapper


def refuse(request: HtmxRequest, reason: str, status: int = 409) -> HttpResponse:
    """Says why nothing was changed."""
    template = "workouts/refused.html" if request.htmx else "workouts/refusal.html"
    return render(request, template, {"reason": reason, "back": address_of(request)}, status=status)


def changed_of(request: HtmxRequest) -> Change | None:
    """The change that the page was loaded after, as `?changed=12` says it."""
    number = request.GET.get("changed", "")
    return Change.objects.filter(pk=number).first() if number.isascii() and number.isdigit() else None


def days_of(change: Change) -> set[Day]:
    """Every day on which `change` moved something to, from, or in place."""
    rows = [RowChange(**row) for row in change.rows]
    values = [side for row in rows for side in (row.before, row.after) if side]
    days = {Day.fromisoformat(day) for side in values for day in _days_in(side)}
    ids = [str(row.key) for row in rows if row.table in ("workout", "selection")]
    for workout in Workout.objects.filter(pk__in=ids).with_selection():
        days |= {workout.day, workout.originally_planned_day}
    return days


def _days_in(values: Any) -> Iterable[str]:
    return filter(None, (values.get("current_plan_day"), values.get("originally_planned_day")))


def _with_change(address: str, change: Change | None) -> str:
    url = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(url.query) if name != "changed"]
    if change:
        query.append(("changed", str(change.pk)))
    return f"{url.path}?{urlencode(query)}" if query else url.path
