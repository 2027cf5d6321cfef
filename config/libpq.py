"""Parses a PostgreSQL URL as libpq does: several hosts, sockets, every parameter. Connects to nothing."""

import re
from collections.abc import Iterable, Iterator
from typing import cast
from urllib.parse import unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo, PGconn, Ping

# Tools split a URL with one of these at different places, some into another host or database. In a URL without them,
# what follows the first `?` is not part of the password before the host.
AMBIGUOUS = {
    r"\s": "It contains a space or a line break: write a space as %20.",
    r"#": "It contains a #: write %23.",
    r"%(?![0-9A-Fa-f]{2})": "It contains a % that encodes nothing: write %25.",
    r"^[^/?]*[\[\]][^/?]*@": "The user name or the password contains a [ or ]: write %5B or %5D.",
    r"^[^/?]*@[^/?]*@": "The user name or the password contains an @: write %40.",
    r"[/?].*@": "An @ follows a / or ?: in the user name and the password write %2F and %3F, after the host %40.",
    r"^[^/?]*/[^?@]*/": "The name of the database contains a /: write %2F.",
    r"\?.*\+": "The parameters contain a +: write %20 for a space, %2B for a +.",
}

OWN = {"conn_max_age", "pgbouncer"}  # Django's CONN_MAX_AGE, and DISABLE_SERVER_SIDE_CURSORS as Prisma spells it
INSTEAD = {
    "assume_role": "options=-crole%3DNAME",
    "currentSchema": "options=-csearch_path%3DNAME",
    "idle_in_transaction_session_timeout": "options=-cidle_in_transaction_session_timeout%3DMILLISECONDS",
    "lock_timeout": "options=-clock_timeout%3DMILLISECONDS",
    "schema": "options=-csearch_path%3DNAME",
    "search_path": "options=-csearch_path%3DNAME",
    "statement_timeout": "options=-cstatement_timeout%3DMILLISECONDS",
}

NUMBER = (r"\d{1,9}", "a whole number")
TAKES = {
    "conn_max_age": NUMBER,
    "connect_timeout": NUMBER,
    "keepalives": NUMBER,
    "keepalives_count": NUMBER,
    "keepalives_idle": NUMBER,
    "keepalives_interval": NUMBER,
    "pgbouncer": (r"true|false", "true or false"),
    "ssl": (r"true", "only true; otherwise write sslmode=MODE"),  # libpq takes it for sslmode=require
    "tcp_user_timeout": NUMBER,
}
MODES = {
    "sslmode": " Use disable, allow, prefer, require, verify-ca or verify-full.",
    "target_session_attrs": " Use any, read-write, read-only, primary, standby or prefer-standby.",
}
NOWHERE = "/dev/null"  # not a directory, so it contains no server's socket


def parse_address(address: str) -> dict[str, str]:
    """The parameters, libpq's and OWN, in what follows `postgresql://`. Raises ValueError without naming any value."""
    _refuse(sentence for pattern, sentence in AMBIGUOUS.items() if re.search(pattern, address))
    place, _, query = address.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    given = [(unquote(name), unquote(value)) for name, _, value in pairs]
    _refuse(_about_names([name for name, _ in given]))
    _refuse(f"{name} takes {TAKES[name][1]}." for name, value in given if _is_refused(name, value))
    libpqs = "&".join("".join(pair) for pair, (name, _) in zip(pairs, given, strict=True) if name not in OWN)
    try:
        parameters = cast("dict[str, str]", conninfo_to_dict(f"postgresql://{place}?{libpqs}"))
    except (psycopg.Error, UnicodeError):
        raise ValueError("Not a URL that libpq can read. Use postgresql://USER:PASSWORD@HOST:PORT/NAME.") from None
    _refuse(_about_values(parameters))
    return parameters | {name: value for name, value in given if name in OWN}


def _refuse(sentences: Iterable[str]) -> None:
    if found := list(sentences):
        raise ValueError(" ".join(found))


def _about_names(names: list[str]) -> Iterator[str]:
    """A name may be the rest of a secret that contained an `&`: if there is a secret, no name is printed."""
    kinds = {option.keyword.decode(): option.dispchar for option in Conninfo.get_defaults()}
    known = OWN | {"ssl"} | {name for name, kind in kinds.items() if kind != b"D"}  # for debugging
    secret = any(kinds.get(name) == b"*" for name in names)
    for name in dict.fromkeys(names):
        if name not in known:
            remedy = f"write {INSTEAD[name]} instead" if name in INSTEAD else "remove it"
            yield f"{'One' if secret else name} is not a libpq parameter: {remedy}."
        elif names.count(name) > 1:
            yield f"{name} is given twice: combine the two, or remove one."


def _is_refused(name: str, value: str) -> bool:
    return name in TAKES and not re.fullmatch(TAKES[name][0], value)


def _about_values(parameters: dict[str, str]) -> Iterator[str]:
    """libpq does not list the values that it accepts, so it is made to look for a server where there is none."""
    hosts = parameters.get("host", "").split(",")
    ports = parameters.get("port", "").split(",")
    if not all(port == "" or (port.isdecimal() and 0 < int(port) < 65536) for port in ports):
        yield "The port must be a number from 1 to 65535; an IPv6 address needs brackets."
    if len(ports) not in (1, len(hosts)):
        yield "There must be one port, or one for each host."
    if not _takes({}):
        return  # the fault is in libpq's environment, such as PGSSLMODE
    place = {"host", "hostaddr", "port", "dbname", "user", "password"}
    options = {name: value for name, value in parameters.items() if name not in place}
    refused = [name for name, value in options.items() if not _takes({name: value})]
    for name in refused:
        yield f"libpq does not accept the value of {name}.{MODES.get(name, '')}"
    if not refused and not _takes(options):
        yield f"libpq does not accept these together: {', '.join(options)}."


def _takes(options: dict[str, str]) -> bool:
    return bool(PGconn.ping(make_conninfo(host=NOWHERE, **options).encode()) != Ping.NO_ATTEMPT)
