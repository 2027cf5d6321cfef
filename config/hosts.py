"""Parses ALLOWED_HOSTS and CORS_ALLOWED_ORIGINS, and refuses entries that can never match a request. Pure."""

import re
from collections.abc import Callable, Mapping

from django.http.request import split_domain_port

DEFAULT_PORTS = {"http": "80", "https": "443"}
HIGHEST_PORT = 65535

FAULTS = {
    r"/": "is a URL: write only the host, such as plan.example.org, without https:// and path.",
    r"\*": "contains a *: write .example.org for a domain and everything below it.",
    r"[\s;]": "contains a space or a semicolon: separate hosts by commas.",
    r"[^\x00-\x7f]": "is not in ASCII: write it as browsers send it, with xn--.",
    r"^[^\[]*:.*:": "is an IPv6 address without brackets: write it as [::1].",
    r":\d*$": "contains a port: remove it.",
    r"": "is not a host name that a browser could send.",
}
FAULTS_OF_ORIGINS = {
    r"\*": "contains a *: name each origin.",
    r"^null$": "is what every sandboxed page and every local file sends: name the origin of the front end.",
    r"[\s;]": "contains a space or a semicolon: separate origins by commas.",
    r"[^\x00-\x7f]": "is not in ASCII: write it as browsers send it, with xn--.",
    r"^(?!https?://)": "does not begin with https:// or http://.",
    r"^\w+://[^/?#]*@": "contains a user name: remove it.",
    r"^\w+://[^/?#]*[/?#]": "does not end after the host and its port: remove the slash and the path.",
    r"^http://.*:80$|^https://.*:443$": "contains the port that browsers leave out: remove it.",
    r"": "is not an origin that a browser could send, such as https://plan.example.org or http://localhost:3000.",
}


def parse_hosts(value: str) -> list[str]:
    """`value` split at commas, in lower case as browsers send hosts. Raises ValueError without naming any value."""
    return _parse(value, _is_host, FAULTS)


def parse_origins(value: str) -> list[str]:
    """The same for origins such as https://plan.example.org."""
    return _parse(value, _is_origin, FAULTS_OF_ORIGINS)


def _parse(value: str, can_match: Callable[[str], bool], faults: Mapping[str, str]) -> list[str]:
    entries = [entry for part in value.lower().split(",") if (entry := part.strip())]
    invalid = [
        f"Entry {number} {next(fault for pattern, fault in faults.items() if re.search(pattern, entry))}"
        for number, entry in enumerate(entries, 1)
        if not can_match(entry)
    ]
    if invalid:
        raise ValueError(" ".join(invalid))
    return entries


def _is_host(host: str) -> bool:
    domain = host.removeprefix(".")
    return host == "*" or (domain != "" and split_domain_port(domain) == (domain, ""))


def _is_origin(origin: str) -> bool:
    scheme, _, host = origin.partition("://")
    domain, port = split_domain_port(host)
    return scheme in DEFAULT_PORTS and domain != "" and host in (domain, f"{domain}:{port}") and _is_port(port, scheme)


def _is_port(port: str, scheme: str) -> bool:
    """Whether browsers write the port like this after a host: without it if it is the scheme's default."""
    return not port or (port == str(int(port)) and 0 < int(port) <= HIGHEST_PORT and port != DEFAULT_PORTS[scheme])
