"""The site's URLs, and one that fails: nothing else shows the page of a server error."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls
from config.urls import handler400, handler500

__all__ = ["handler400", "handler500", "urlpatterns"]


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("as a fault of ours would")


urlpatterns = [*urls.urlpatterns, path("broken", broken)]
