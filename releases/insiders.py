"""Which requests are told more than whether the service is ready."""

import ipaddress

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from releases import conf

ADDED_BY_PROXIES = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED_", "HTTP_X_REAL_IP")


def is_insider(request: HttpRequest) -> bool:
    """Whether a request has RELEASES["READYZ_TOKEN"], or comes from a private network and not through a proxy.

    A proxy's own address is private, too, so a proxy that adds no header makes everybody an insider.
    """
    return _has_token(request) or (_is_private(request) and not _is_forwarded(request))


def _has_token(request: HttpRequest) -> bool:
    token = conf.read().readyz_token
    return bool(token) and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")


def _is_private(request: HttpRequest) -> bool:
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a Unix socket has none, and a proxy may be at its other end
        return False
    return not (getattr(address, "ipv4_mapped", None) or address).is_global


def _is_forwarded(request: HttpRequest) -> bool:
    return any(name.startswith(ADDED_BY_PROXIES) for name in request.META)
