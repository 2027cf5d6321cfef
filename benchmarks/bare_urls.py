"""The product's URLs, and a minimal view behind the login."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def bare(request: HttpRequest) -> HttpResponse:
    """Session and account are read, as for every view here."""
    return HttpResponse(f"ok {request.user.pk}")


urlpatterns = [path("bare", bare), path("", include("config.urls"))]
