"""The calendar feed, for calendars that have its secret, and the same calendar as a download."""

import hashlib

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from workouts.accounts.tokens import find
from workouts.models import Preferences, Token
from workouts.plan.calendars import calendar_of
from workouts.plan.feed import workouts_in_feed


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """The secret is in the query string, because our access log and the platform's contain only the path."""
    if not find(request.GET.get("key", ""), Token.Purpose.FEED):
        raise Http404
    return _calendar(request)


@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    return _calendar(request, {"Content-Disposition": 'attachment; filename="workouts.ics"'})


def _calendar(request: HttpRequest, headers: dict[str, str] | None = None) -> HttpResponseBase:
    """The workouts that the athlete will do, or 304 if the client has them already."""
    workouts = workouts_in_feed().with_selection()
    body = calendar_of(workouts, Preferences.load(), settings.TIME_ZONE)
    etag = quote_etag(hashlib.sha256(body).hexdigest())
    always = {"ETag": etag, "Cache-Control": "private", "X-Robots-Tag": "noindex"}
    response = HttpResponse(body, "text/calendar; charset=utf-8", headers={**always, **(headers or {})})
    return get_conditional_response(request, etag=etag, response=response) or response
