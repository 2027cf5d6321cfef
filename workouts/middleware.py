"""The check that runs before a request's body is read, and a page where Django's answer is empty."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from workouts.pages.errors import too_large, wrong_method


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


class WrongMethodMiddleware:
    """Shows a page where a browser would say that the answer is empty."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_empty = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content
        return wrong_method(request, response) if is_empty and request.method == "GET" else response
