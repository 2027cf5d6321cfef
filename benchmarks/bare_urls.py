"""The product's addresses, and beside them the least that a view behind the login can do."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def bare(request: HttpRequest) -> HttpResponse:
    """Its session and its account are read, as for every view here."""
    return HttpResponse(f"ok {request.user.pk}")


urlpatterns = [path("bare", bare), path("", include("config.urls"))]
