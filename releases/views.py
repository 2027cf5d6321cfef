"""Health for the platform: no login, no secrets."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from releases.health import NotReadyError, check_ready


@login_not_required
@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """200: this process is up, whatever the database does."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200: the database answers, is migrated, perhaps further than this code knows, and whole. 503: what is missing."""
    try:
        unknown = check_ready()
    except NotReadyError as reason:
        return JsonResponse({"status": "unavailable", **reason.details}, status=503)
    return JsonResponse({"status": "ok", "unknown": unknown} if unknown else {"status": "ok"})
