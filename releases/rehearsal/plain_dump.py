"""What a plain dump asks of its server besides tables and rows: another database. psql would restore it there."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from releases.rehearsal.scenario import CannotRehearseError

COPY = re.compile(rb"COPY .* FROM stdin;\s*$")
ELSEWHERE = re.compile(rb"\\c(onnect)?\s|CREATE DATABASE\s")


def refuse_other_databases(dump: Path) -> None:
    """Raises CannotRehearseError."""
    if any(map(ELSEWHERE.match, _lines(dump))):
        raise CannotRehearseError(
            f"{dump} names the database that it restores, as pg_dump -C and pg_dumpall do, so an empty one would be"
            " rehearsed. Type pg_dump --format=custom, without -C."
        )


def _lines(dump: Path) -> Iterator[bytes]:
    """Those of commands, without the rows of COPY."""
    with dump.open("rb") as file:
        for line in file:
            yield line
            if COPY.match(line):
                deque(takewhile(lambda row: row.rstrip() != b"\\.", file), maxlen=0)
