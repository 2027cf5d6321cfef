"""Refusals of the verbs as a page, or with htmx as a toast."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import render

from workouts.history import AlreadyUndone, CoachsWorkout, NothingPlanned, Stale
from workouts.pages import HtmxRequest
from workouts.pages.redraw import address_of

P = ParamSpec("P")


def says_refusals(view: Callable[Concatenate[Any, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates a view that writes: a refusal by the verb becomes a page or a toast with the reason."""

    @wraps(view)
    def wrapper(request: HtmxRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist:
            raise Http404 from None
        except CoachsWorkout as refusal:
            return refuse(request, str(refusal), status=403)
        except (AlreadyUndone, NothingPlanned) as refusal:
            return refuse(request, str(refusal))
        except Stale as stale:
            undoes = request.resolver_match and request.resolver_match.url_name == "undo"
            then = "Undo the later change first: see the history." if undoes else "Reload the page, and try again."
            return refuse(request, f"{stale} {then}")

    return wrapper


def refuse(request: HtmxRequest, reason: str, status: int = 409) -> HttpResponse:
    """Answers with the reason why nothing was changed."""
    template = "workouts/refused.html" if request.htmx else "workouts/refusal.html"
    return render(request, template, {"reason": reason, "back": address_of(request)}, status=status)
