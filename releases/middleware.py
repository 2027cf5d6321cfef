"""Answers probes before the host is checked: a platform may probe by IP address."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from releases.views import livez, readyz

PROBES = {"/livez": livez, "/readyz": readyz}


class HealthCheckMiddleware:
    """Place it before SecurityMiddleware and CommonMiddleware, which redirect to HTTPS and refuse unknown hosts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return PROBES.get(request.path_info, self.get_response)(request)
