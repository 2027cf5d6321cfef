"""What a verb refuses, in words: a page, or with htmx a toast."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import render

from workouts.history import AlreadyUndone, CoachsWorkout, Stale
from workouts.pages import HtmxRequest
from workouts.pages.redraw import address_of

P = ParamSpec("P")


def says_refusals(view: Callable[Concatenate[Any, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates a view that writes: what the verb refuses becomes a page, or a toast, that says so."""

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
