"""Refusals of the verbs as a page, or with htmx as a toast.

A board that has not seen the change for which it was refused is drawn again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render

from workouts.history import AlreadyUndone, CoachsWorkout, DoneAhead, NothingPlanned, Stale
from workouts.pages import HtmxRequest
from workouts.pages.redraw import address_of, all_of, board_behind

P = ParamSpec("P")
GONE = "It does not exist any more, so nothing was changed. The history says what became of it."
OUT_OF_DATE = (
    "The page is out of date because you have logged in or out since, or cookies are off. Nothing was changed. Reload"
    " the page and try again."
)


def says_refusals(view: Callable[Concatenate[Any, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates a view: invalid values, and what a verb refuses or does not find, become a page or a toast."""

    @wraps(view)
    def wrapper(request: HtmxRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist:
            if not request.htmx:
                raise Http404 from None
            return refuse(request, GONE, status=404)
        except ValidationError as invalid:
            return refuse(request, f"{' '.join(invalid.messages)} Nothing was changed.", status=422)
        except CoachsWorkout as refusal:
            return refuse(request, str(refusal), status=403)
        except (AlreadyUndone, DoneAhead, NothingPlanned) as refusal:
            return refuse(request, str(refusal))
        except Stale as stale:
            undoes = request.resolver_match and request.resolver_match.url_name == "undo"
            then = "Undo the later change first: see the history." if undoes else "Reload the page, and try again."
            return refuse(request, f"{stale} {then}")

    return wrapper


def refuse(request: HtmxRequest, reason: str, status: int = 409) -> HttpResponse:
    """Answers with the reason why nothing was changed."""
    if not request.htmx:
        return render(request, "workouts/refusal.html", {"reason": reason, "back": address_of(request)}, status=status)
    board = board_behind(request)
    if board is None:
        return _toast(request, reason, status)
    return render(request, board.parts, {**all_of(board), "reason": reason}, status=status)


def without_token(request: HtmxRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW. A toast shows no workouts: it is not known who asks."""
    if request.htmx:
        return _toast(request, OUT_OF_DATE, 403)
    return render(request, "403_csrf.html", {"reason": OUT_OF_DATE}, status=403)


def _toast(request: HtmxRequest, reason: str, status: int) -> HttpResponse:
    return render(request, "workouts/toast.html", {"reason": reason, "oob": True}, status=status)
