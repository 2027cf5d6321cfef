"""The pages. Views translate: what they show and write is decided in the modules above this package."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request as django_htmx.middleware leaves it."""

    htmx: HtmxDetails
