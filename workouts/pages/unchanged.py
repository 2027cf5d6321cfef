"""304 for a page that the browser has already.

All that the week and the month show is written through the history, so the number of the last change stands for it.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Subquery
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition

from workouts.models import Change, Token

PLANNER = Path(__file__).parents[1]


@cache
def code() -> bytes:
    """A digest of the planner's code and templates: another version may show the same differently."""
    digest = hashlib.sha256()
    for path in sorted([*PLANNER.rglob("*.py"), *PLANNER.rglob("*.html")]):
        digest.update(path.read_bytes())
    return digest.digest()


def state(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    """What the page depends on besides its address. The first steps also show whether there is a feed."""
    get_token(request)  # creates the secret of the page's forms, if there is none
    feed = Token.objects.order_by("-created_at").values("created_at")[:1]
    newest = Change.objects.order_by("-id").values_list("id", Subquery(feed))[:1]
    shown = (list(newest), timezone.localdate(), request.user.pk, request.META["CSRF_COOKIE"])
    return quote_etag(hashlib.sha256(code() + repr(shown).encode()).hexdigest())


def show_if_changed(view: Any) -> Any:
    """Decorates a view: the browser keeps the page, asks each time, and gets it only if it would differ."""
    return cache_control(private=True, no_cache=True)(condition(etag_func=state)(view))
