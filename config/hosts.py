"""ALLOWED_HOSTS: what can never match a request is refused. Pure."""

import re

from django.http.request import split_domain_port

FAULTS = {
    r"/": "is an address: write the host alone, such as plan.example.org, without https:// and path.",
    r"\*": "holds a *: write .example.org for a domain and everything below it.",
    r"[\s;]": "holds a blank or a semicolon: separate hosts by commas.",
    r"[^\x00-\x7f]": "is not in ASCII: write it as browsers send it, with xn--.",
    r"^[^\[]*:.*:": "is an IPv6 address without brackets: write it as [::1].",
    r":\d*$": "holds a port: leave it out.",
    r"": "is no host name that a browser could send.",
}


def parse_hosts(value: str) -> list[str]:
    """`value` split at its commas, in lower case as browsers send hosts. Raises ValueError, without any value."""
    hosts = [host for part in value.lower().split(",") if (host := part.strip())]
    if faults := [f"Entry {number} {_fault(host)}" for number, host in enumerate(hosts, 1) if not _can_match(host)]:
        raise ValueError(" ".join(faults))
    return hosts


def _can_match(host: str) -> bool:
    domain = host.removeprefix(".")
    return host == "*" or (domain != "" and split_domain_port(domain) == (domain, ""))


def _fault(host: str) -> str:
    return next(sentence for pattern, sentence in FAULTS.items() if re.search(pattern, host))
