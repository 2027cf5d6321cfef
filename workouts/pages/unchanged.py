"""What is shown again is not rendered again: the browser gets 304, or the page as this process keeps it."""

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache as memory
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control

from workouts.models import Availability, Change, Preferences, Token, WeekTarget, Workout, WorkoutSelection

PLANNER = Path(__file__).parents[1]
AN_HOUR = 3600
SHOWN: list[type[models.Model]] = [Workout, WorkoutSelection, WeekTarget, Availability, Preferences, Token]
"""What a board is made of. The tokens are those of the first steps, which say whether there is a feed."""

SNAPSHOT = "CASE WHEN NOT pg_is_in_recovery() THEN concat(pg_postmaster_start_time(), ' ', pg_current_snapshot()) END"
"""Which transactions have ended, on which run of the server. A standby does not say which of them it still awaits."""

LAST_READ = "rows-last-read"

View = Callable[..., HttpResponse]


def show_if_changed(view: View) -> View:
    """Decorates a view: the browser keeps the page, asks each time, and gets it only if it would differ.

    On PostgreSQL the process keeps the page as well, for the same session. A page that shows a message is not kept.
    """

    @cache_control(private=True, no_cache=True)
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if len(get_messages(request)):
            return view(request, *args, **kwargs)
        etag = quote_etag(_state(request))
        response = get_conditional_response(request, etag)
        if response is None and connection.vendor == "postgresql":
            response = _kept(etag, view, request, *args, **kwargs)
        elif response is None:
            response = view(request, *args, **kwargs)
        if response.status_code != 302:  # to the first day of the week: an address, not a page
            response.headers["ETag"] = etag
        return response

    return shown


def _kept(etag: str, view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    key = hashlib.sha256(f"{etag} {request.get_full_path()}".encode()).hexdigest()
    if found := memory.get(key):
        return HttpResponse(found)
    response = view(request, *args, **kwargs)
    if response.status_code == 200:
        memory.set(key, response.content, AN_HOUR)
    return response


@cache
def code() -> bytes:
    """A digest of the planner's code, templates and static files: another version may show the same differently."""
    digest = hashlib.sha256(str(getattr(staticfiles_storage, "manifest_hash", "")).encode())
    for path in sorted([*PLANNER.rglob("*.py"), *PLANNER.rglob("*.html")]):
        digest.update(path.read_bytes())
    return digest.digest()


def _state(request: HttpRequest) -> str:
    """What the page depends on besides its address, as a digest. One query."""
    get_token(request)  # creates the secret of the page's forms, if there is none
    written = _written_on_postgresql() if connection.vendor == "postgresql" else _written()
    shown = (written, request.user.pk, request.user.get_username(), timezone.localdate(), request.META["CSRF_COOKIE"])
    return hashlib.sha256(code() + repr(shown).encode()).hexdigest()


def _written_on_postgresql() -> str:
    """Whatever is written, by whomever: of each row the transaction that wrote it, and its place. The numbers of
    transactions only grow, so their sum (from the oldest possible, 3; an age is a difference) differs after each write.
    A transaction that writes a row again puts it in another place.

    The rows are read only if a transaction has written anything since they were read last: not if the server's snapshot
    is the same. Within a transaction it is the same after that one's own writes.
    """
    before, written = memory.get(LAST_READ, ("", "")) if not connection.in_atomic_block else ("", "")
    rows = "(SELECT concat_ws(' ', count(*), count(*) * age('3'::xid) - sum(age(xmin)), sum(hashtid(ctid))) FROM {})"
    read = ", ".join(rows.format(model._meta.db_table) for model in SHOWN)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT snapshot, CASE WHEN snapshot = %s THEN NULL ELSE concat_ws('; ', {read}) END"  # noqa: S608
            f" FROM (SELECT {SNAPSHOT} AS snapshot) AS s",
            [before],
        )
        snapshot, found = cursor.fetchone()
    if found is None:
        return str(written)
    if snapshot and not connection.in_atomic_block:
        memory.set(LAST_READ, (snapshot, found), AN_HOUR)
    return str(found)


def _written() -> str:
    """What this version writes is in the history, so its last change stands for it. The old version, which may serve
    beside this one, writes past it: the numbers of rows, and when a selection was last written, stand for that."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
SELECT
    (SELECT max(id) FROM {Change._meta.db_table}),
    (SELECT count(*) || ' ' || coalesce(max(created_at), '') FROM {Token._meta.db_table}),
    (SELECT count(*) || ' ' || coalesce(max(updated_at), '') FROM {WorkoutSelection._meta.db_table}),
    (SELECT count(*) FROM {Workout._meta.db_table})""")  # noqa: S608
        return str(cursor.fetchone())
