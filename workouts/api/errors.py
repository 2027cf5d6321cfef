"""Every refusal is `{"error": sentence}`, and for invalid values also `{"fields": {name: reason}}`."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views import defaults
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from workouts.accounts.logins import SECONDS_LOCKED_OUT
from workouts.api.parsing import DuplicateName
from workouts.history import CoachsWorkout, DoneAhead, NothingPlanned, Stale
from workouts.models import Availability, Workout

logger = logging.getLogger(__name__)

UNREADABLE = (400, "The body cannot be read.")
REFUSALS: dict[type[Exception], tuple[int, str | None]] = {
    BadRequest: UNREADABLE,
    SuspiciousOperation: UNREADABLE,
    MultiPartParserError: UNREADABLE,
    RawPostDataException: UNREADABLE,
    UnreadablePostError: UNREADABLE,
    CoachsWorkout: (403, None),
    Workout.DoesNotExist: (404, "Workout not found"),
    Availability.DoesNotExist: (404, "Availability not found"),
    DoneAhead: (409, None),
    NothingPlanned: (409, None),
    Stale: (409, None),
}
"""Status and text for each exception; None where the exception's own message is for the user."""

HEADERS = {
    401: {"WWW-Authenticate": "Bearer"},
    429: {"Retry-After": str(SECONDS_LOCKED_OUT)},
    503: {"Retry-After": "1"},
}

MOST_FIELDS, LONGEST_NAME = 20, 100
"""The answer does not repeat every field of a body full of unknown ones."""

REASONS = {
    "extra_forbidden": "Unknown field",
    "missing": "Required",
    "model_type": "Must be a JSON object",
    "string_unicode": "Not valid Unicode text",
}
"""Messages that are clearer than pydantic's own."""


class Refusal(Schema):
    error: str


class InvalidValues(Refusal):
    fields: dict[str, str]


READING: Any = {401: Refusal, 503: Refusal}
WRITING: Any = {**READING, 400: Refusal, 403: Refusal, 409: Refusal, 413: Refusal, 422: InvalidValues}
UNKNOWN: Any = {404: Refusal}
LOGGING_IN: Any = {**READING, 400: Refusal, 413: Refusal, 415: Refusal, 422: InvalidValues, 429: Refusal}
"""The refusals of an operation by status, for its documentation."""


def refuse(status: int, error: str, **more: Any) -> JsonResponse:
    return JsonResponse({"error": error, **more}, status=status, headers=HEADERS.get(status))


def refuse_values(fields: Mapping[str, str]) -> JsonResponse:
    named = " ".join(f"{name}: {reason.removesuffix('.')}." for name, reason in fields.items())
    return refuse(422, f"Not accepted, and nothing was changed. {named}", fields=fields)


def add_handlers(api: NinjaAPI) -> None:
    """Handles the refusals. Any other exception is a bug, which Django reports."""
    for kind, (status, text) in REFUSALS.items():
        api.add_exception_handler(kind, partial(_refuse, status, text))

    api.add_exception_handler(OperationalError, _database_does_not_answer)

    @api.exception_handler(AuthenticationError)
    def not_logged_in(request: HttpRequest, error: AuthenticationError) -> JsonResponse:
        if "Authorization" not in request.headers:
            return refuse(401, "Token is missing. Log in, or send one: Authorization: Bearer TOKEN.")
        return refuse(401, "The token is invalid or has expired. Log in again, or send another.")

    @api.exception_handler(ValidationError)
    def invalid_values(request: HttpRequest, error: ValidationError) -> JsonResponse:
        return refuse_values({_name(found): _reason(found) for found in error.errors[:MOST_FIELDS]})

    @api.exception_handler(HttpError)
    def refused(request: HttpRequest, error: HttpError) -> JsonResponse:
        """Ninja's own errors have status 400: the body could not be parsed."""
        if isinstance(error.__cause__, DuplicateName):
            return refuse(400, str(error.__cause__))
        return refuse(error.status_code, "The body is not JSON." if error.status_code == 400 else str(error))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answers what Django refuses before it calls a view, such as an unknown host."""
    if request.path_info.startswith("/api/"):
        return refuse(400, "Bad request.")
    return defaults.bad_request(request, exception)


def _database_does_not_answer(request: HttpRequest, error: Any) -> JsonResponse:
    logger.error("The database does not answer", exc_info=error)
    return refuse(503, "The database does not answer, so it is not known whether anything was changed.")


def _refuse(status: int, text: str | None, request: HttpRequest, error: object) -> JsonResponse:
    return refuse(status, text or str(error))


def _name(found: Mapping[str, Any]) -> str:
    """The field's name as the client wrote it: in ninja's `loc` the part of the request precedes it."""
    place = [str(part) for part in found["loc"]]
    names = place[2:] if place[0] == "body" else place[1:]
    return (names or ["body"])[0][:LONGEST_NAME]


def _reason(found: Mapping[str, Any]) -> str:
    reason: str = REASONS.get(found["type"], found["msg"])
    return reason
