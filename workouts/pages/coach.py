"""What the coach sees: the week as it stands, for whoever has the secret, and the same week as text to send."""

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workouts.accounts.tokens import find
from workouts.models import Token
from workouts.pages.board import Board
from workouts.pages.filters import Filters
from workouts.plan.season import season
from workouts.plan.week_text import week_text
from workouts.values.days import ONE_WEEK, Day

LONGEST_LINK = 1_900
"""Characters of a mail's address with its text; Windows and Outlook cut longer ones off."""

NO_LINK = {
    "title": "This link does not work",
    "sentence": "It is not complete, or was renewed or revoked. Ask the athlete for the link.",
    "for_strangers": True,
}
PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@login_not_required
@require_safe
@never_cache
def coach(request: HttpRequest, day: Day | None = None) -> HttpResponse:
    """The secret is in the query string, because our access log and the platform's contain only the path."""
    key = request.GET.get("key", "")
    if not find(key, Token.Purpose.COACH):
        return render(request, "error.html", NO_LINK, status=404)
    board = Board(day or timezone.localdate(), Filters())
    context = {
        **_of_week(board),
        "columns": board.columns(),
        "season": season(board.first, board.today),
        "key": urlencode({"key": key}),
    }
    response = render(request, "workouts/coach.html", context)
    for name, value in PRIVATE.items():
        response[name] = value
    return response


@require_safe
def as_text(request: HttpRequest, day: Day) -> HttpResponse:
    """To copy, or to send by mail."""
    board = Board(day, Filters())
    columns = board.columns()
    days = {one.day: (one.away, [card for _, _, cards in one.slots for card in cards]) for one in columns}
    context = _of_week(board)
    text = week_text(days, board.moved_out, context["summary"].total, board.preferences, board.today)
    subject = text.partition("\n")[0]
    mail = _mail(subject=subject, body=_lines(text))
    is_whole = len(mail) <= LONGEST_LINK
    context |= {"text": text, "mail": mail if is_whole else _mail(subject=subject), "is_whole": is_whole}
    return render(request, "workouts/week_text.html", context)


def _of_week(board: Board) -> dict[str, Any]:
    return {
        "board": board,
        "summary": board.summary(),
        "before": board.first - ONE_WEEK,
        "after": board.first + ONE_WEEK,
    }


def _mail(**fields: str) -> str:
    return f"mailto:?{urlencode(fields, quote_via=quote)}"


def _lines(text: str) -> str:
    """With the line breaks of mail: RFC 6068, section 5."""
    return text.replace("\n", "\r\n")
