"""A PostgreSQL URL as libpq itself reads it: several hosts, sockets, every parameter it knows. Connects to nothing."""

import re
from collections.abc import Iterable, Iterator
from typing import cast
from urllib.parse import unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo, PGconn, Ping

# Tools split a URL with one of these at different places, some into another host or database. Where none of them
# stands, whatever follows the first `?` is no part of the password before the host.
AMBIGUOUS = {
    r"\s": "It holds a blank or a line break: write a blank as %20.",
    r"#": "It holds a #: write %23.",
    r"%(?![0-9A-Fa-f]{2})": "It holds a % that encodes nothing: write %25.",
    r"^[^/?]*[\[\]][^/?]*@": "The user name or the password holds a [ or ]: write %5B or %5D.",
    r"^[^/?]*@[^/?]*@": "The user name or the password holds an @: write %40.",
    r"[/?].*@": "An @ follows a / or ?: in the user name and the password write %2F and %3F, after the host %40.",
    r"^[^/?]*/[^?@]*/": "The name of the database holds a /: write %2F.",
    r"\?.*\+": "The parameters hold a +: write %20 for a blank, %2B for a +.",
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
NOWHERE = "/dev/null"  # no directory, so there is no server's socket in it


def parse_address(address: str) -> dict[str, str]:
    """Of what follows `postgresql://`: libpq's keywords and OWN. Raises ValueError, without any value."""
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
    """A name may be the rest of a secret that held an `&`: beside secrets none is printed."""
    kinds = {option.keyword.decode(): option.dispchar for option in Conninfo.get_defaults()}
    known = OWN | {"ssl"} | {name for name, kind in kinds.items() if kind != b"D"}  # for debugging
    secret = any(kinds.get(name) == b"*" for name in names)
    for name in dict.fromkeys(names):
        if name not in known:
            way_out = f"write {INSTEAD[name]} in its place" if name in INSTEAD else "leave it out"
            yield f"{'One' if secret else name} is no parameter of libpq: {way_out}."
        elif names.count(name) > 1:
            yield f"{name} stands there twice: join the two, or leave one out."


def _is_refused(name: str, value: str) -> bool:
    return name in TAKES and not re.fullmatch(TAKES[name][0], value)


def _about_values(parameters: dict[str, str]) -> Iterator[str]:
    """libpq knows which values it takes, and does not tell: it is asked to find a server where there is none."""
    hosts = parameters.get("host", "").split(",")
    ports = parameters.get("port", "").split(",")
    if not all(port == "" or (port.isdecimal() and 0 < int(port) < 65536) for port in ports):
        yield "The port must be a number from 1 to 65535; an IPv6 address stands in brackets."
    if len(ports) not in (1, len(hosts)):
        yield "There must be one port, or one for each host."
    if not _takes({}):
        return  # it is libpq's own environment, such as PGSSLMODE
    place = {"host", "hostaddr", "port", "dbname", "user", "password"}
    options = {name: value for name, value in parameters.items() if name not in place}
    refused = [name for name, value in options.items() if not _takes({name: value})]
    for name in refused:
        yield f"libpq does not take the value of {name}.{MODES.get(name, '')}"
    if not refused and not _takes(options):
        yield f"libpq does not take these together: {', '.join(options)}."


def _takes(options: dict[str, str]) -> bool:
    return bool(PGconn.ping(make_conninfo(host=NOWHERE, **options).encode()) != Ping.NO_ATTEMPT)
