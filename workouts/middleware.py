"""The check that runs before a request's body is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from workouts.pages.errors import too_large


class BodyLimitMiddleware:
    """Refuses a body that is too large by its Content-Length: Django's own limit reads the body and excludes files.

    It comes after the middleware that sets the security headers, none of which reads a body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return too_large(request)
        return self.get_response(request)
