"""What a plain dump asks of its server besides tables and rows: roles that own them, or another database."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import psycopg
from psycopg import sql

from releases.rehearsal.scenario import CannotRehearseError

COPY = re.compile(rb"COPY .* FROM stdin;\s*$")
ELSEWHERE = re.compile(rb"\\c(onnect)?\s|CREATE DATABASE\s")
ABOUT_ROLES = re.compile(
    rb"ALTER .* OWNER TO |ALTER DEFAULT PRIVILEGES |GRANT |REVOKE |CREATE POLICY |SET SESSION AUTH"
)
NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
NAMES = re.compile(rf"\b(?:TO|FROM|ROLE|AUTHORIZATION) '?({NAME}(?:, {NAME})*)")
EXISTING = "SELECT rolname FROM pg_roles UNION ALL SELECT 'PUBLIC'"


def refuse_named_database(dump: Path) -> None:
    """Raises CannotRehearseError."""
    if any(map(ELSEWHERE.match, _lines(dump))):
        raise CannotRehearseError(
            f"{dump} names the database that it restores, as pg_dump -C and pg_dumpall do, so an empty one would be"
            " rehearsed. Type pg_dump --format=custom, without -C."
        )


def create_roles(dump: Path, url: str) -> None:
    """Those that it names, and the server does not have. None can log in."""
    lines = (line.decode(errors="replace") for line in _lines(dump) if ABOUT_ROLES.match(line))
    listed = {names for line in lines for names in NAMES.findall(line)}
    quoted = {name for names in listed for name in re.findall(NAME, names)}
    wanted = {name[1:-1].replace('""', '"') if name.startswith('"') else name for name in quoted}
    with psycopg.connect(url) as connection:
        existing = {name for (name,) in connection.execute(EXISTING)}
        for name in wanted - existing:
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))


def _lines(dump: Path) -> Iterator[bytes]:
    """Those of commands, without the rows of COPY."""
    with dump.open("rb") as file:
        for line in file:
            yield line
            if COPY.match(line):
                deque(takewhile(lambda row: row.rstrip() != b"\\.", file), maxlen=0)
