"""Throttling of logins, and deletion of expired sessions.

django-axes counts the failures. Its settings name the first three public functions.
"""

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

SECONDS_LOCKED_OUT = int(settings.AXES_COOLOFF_TIME.total_seconds())
TOO_MANY_FAILURES = f"Too many failed logins. Try again in {SECONDS_LOCKED_OUT // 60} minutes."
NETWORK_OF_ONE_CLIENT = 64
"""Prefix length in bits: an IPv6 client has all addresses of such a network."""


def client_address(request: HttpRequest) -> str:
    """The client's IPv4 address, or its IPv6 network. All clients with an unknown address count as one."""
    for seen in (_seen_by_proxy(request), request.META.get("REMOTE_ADDR", "")):
        try:
            address = ipaddress.ip_address(seen)
        except ValueError:
            continue
        address = getattr(address, "ipv4_mapped", None) or address
        if address.version == 4:
            return str(address)
        return str(ipaddress.ip_network((int(address), NETWORK_OF_ONE_CLIENT), strict=False).network_address)
    return str(ipaddress.IPv6Address(0))


def _seen_by_proxy(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw. Counted from the end: the client can write the beginning."""
    addresses = request.META.get(settings.CLIENT_ADDRESS, "").split(",")
    hops = max(settings.TRUSTED_PROXIES, 1)
    return addresses[-hops].strip() if len(addresses) >= hops else ""


def account(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The key under which failures are stored: not the name itself, because people type passwords into its field."""
    name = str((credentials or {}).get("username") or "")
    return salted_hmac(__name__, name, algorithm="sha256").hexdigest()


def too_many_failures(request: HttpRequest, response: HttpResponse, credentials: Mapping[str, Any]) -> HttpResponse:
    """The response to a locked-out client, whether or not the account exists. The API sends its own, in JSON."""
    if response.status_code == 429:
        return response
    refusal = render(request, "registration/locked_out.html", {"minutes": SECONDS_LOCKED_OUT // 60}, status=429)
    refusal["Retry-After"] = str(SECONDS_LOCKED_OUT)
    return refusal


def forget_expired_sessions(request: HttpRequest, **signal: Any) -> None:
    """Deletes expired sessions at each login. Only logins create sessions, so that is enough to limit the table."""
    request.session.clear_expired()
