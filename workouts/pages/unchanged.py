"""304 for a page that the browser has already.

What this version writes of the week and the month is in the history, so the number of the last change stands for it.
The old version, which may serve beside this one, writes past the history: the numbers of rows, and when a selection was
last written, stand for that.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Aggregate, Count, Max, QuerySet, Subquery, Value
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition

from workouts.models import Change, Token, Workout, WorkoutSelection

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
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [request.user.get_username()])
        shown = (cursor.fetchall(), timezone.localdate(), request.META["CSRF_COOKIE"])
    return quote_etag(hashlib.sha256(code() + repr(shown).encode()).hexdigest())


@cache
def _statement() -> str:
    """The account of a name, and what was written. Django would compile it for every request, which takes longer than
    all that the database does for it."""
    written = (
        _of_all(Change.objects.all(), Max("id")),
        _of_all(Token.objects.all(), Max("created_at")),
        _of_all(Token.objects.all(), Count("id")),
        _of_all(WorkoutSelection.objects.all(), Max("updated_at")),
        _of_all(WorkoutSelection.objects.all(), Count("id")),
        _of_all(Workout.objects.all(), Count("id")),
    )
    account = User.objects.filter(username="").values_list("pk", *written)
    statement, _ = account.query.sql_with_params()
    return statement


def _of_all(rows: QuerySet[Any], aggregate: Aggregate) -> Subquery:
    """The aggregate of all rows, as a part of another query."""
    return Subquery(rows.order_by().values(every=Value(1)).annotate(found=aggregate).values("found"))


def show_if_changed(view: Any) -> Any:
    """Decorates a view: the browser keeps the page, asks each time, and gets it only if it would differ."""
    return cache_control(private=True, no_cache=True)(condition(etag_func=state)(view))
