"""Health checks for the platform: no login, no secrets."""

import logging
from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from releases.contract import pending
from releases.health import NotReadyError, check_ready
from releases.insiders import is_insider

logger = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """200 while this process is up, whatever the state of the database."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if the database answers, has every migration of this code, perhaps more, and is whole; otherwise 503.

    Insiders are told which migrations are unknown, what is missing, and what is pending in the contract; all others
    get the status alone.
    """
    try:
        unknown = check_ready()
    except NotReadyError as reason:
        logger.warning("Not ready: %s", reason.details)
        return _status(request, "unavailable", 503, **reason.details)
    details = {"unknown": unknown, "pending": _pending() if is_insider(request) else []}
    return _status(request, "ok", 200, **{name: listed for name, listed in details.items() if listed})


def _pending() -> list[str]:
    """Empty if the application's own role may not read the table, which a release creates when it is first needed."""
    with suppress(DatabaseError):
        return [str(item) for item in pending(connection)]
    return []


def _status(request: HttpRequest, word: str, status: int, **details: object) -> HttpResponse:
    return JsonResponse({"status": word, **(details if is_insider(request) else {})}, status=status)
