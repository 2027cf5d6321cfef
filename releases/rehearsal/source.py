"""Fills the throwaway database: from a dump, or from a database that is only read."""

import os
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import pq, sql

from releases.rehearsal.postgres import PROGRAMS
from releases.rehearsal.scenario import CannotRehearseError

NO_ROLE = re.compile(r'ERROR:  role "(.*)" does not exist$', re.MULTILINE)
WHOLE = "A dump is of one database, as a whole: pg_dump --format=custom, without -C."
READ_ONLY = "-c default_transaction_read_only=on"
ANY_TABLE = "SELECT FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema$)' LIMIT 1"


def restore(dump: Path, url: str) -> None:
    """What pg_dump wrote in any of its formats. Raises CannotRehearseError.

    Roles that only its server has own nothing here, and get no rights; they are created, because migrations name them.
    """
    if not dump.is_dir() and _begins(dump, 2) == b"\x1f\x8b":
        raise CannotRehearseError(f"{dump} is compressed. Unpack it with gunzip.")
    if dump.is_dir() or _begins(dump, 5) == b"PGDMP" or tarfile.is_tarfile(dump):
        program = ["pg_restore", "--no-owner", "--no-privileges", f"--dbname={urlsplit(url).path[1:]}", str(dump)]
    else:
        program = ["psql", "--no-psqlrc", "--no-password", "--quiet", f"--file={dump}"]
    missing = set(NO_ROLE.findall(_run(program, url, f"{dump} could not be restored. {WHOLE} It said")))
    with psycopg.connect(url) as connection:
        for name in missing:
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
        if not connection.execute(ANY_TABLE).fetchall():
            raise CannotRehearseError(f"What was restored has no table. {WHOLE}")


def dump_of(variable: str, folder: Path, *options: str) -> Path:
    """Dumps the database whose URL the environment variable holds. Raises CannotRehearseError."""
    file = Path(tempfile.mkstemp(dir=folder, suffix=".dump")[1])
    program = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}", *options]
    _run(program, url_in(variable), f"The database of {variable} could not be read", PGOPTIONS=READ_ONLY)
    return file


def url_in(variable: str) -> str:
    """Raises CannotRehearseError. As an argument, the URL and its password would be seen by the whole machine."""
    if "://" in variable or "=" in variable:
        raise CannotRehearseError(
            "--from-url takes the name of the environment variable that holds the URL, not the URL."
        )
    if not (url := os.environ.get(variable)):
        raise CannotRehearseError(f"{variable} is unset or empty. Nothing was read.")
    return url


def _run(program: list[str], url: str, failed: str, **more: str) -> str:
    """Returns what it says, if its only errors are roles that do not exist.

    The URL is handed over in the variables of libpq, so no list of processes has its password.
    """
    try:
        given = {one.envvar: one.val for one in pq.Conninfo.parse(url.encode()) if one.envvar and one.val}
    except psycopg.Error:
        raise CannotRehearseError(f"{failed}: its URL is invalid.") from None
    variables = {name.decode(): value.decode() for name, value in given.items()}
    options = " ".join(filter(None, [variables.get("PGOPTIONS"), more.get("PGOPTIONS")]))
    environment = {"PATH": os.environ["PATH"], **variables, **({"PGOPTIONS": options} if options else {})}
    command = [str(PROGRAMS / program[0]), *program[1:]]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
    lines = [line for line in done.stderr.splitlines() if "error:" in line.lower() and not NO_ROLE.search(line)]
    if lines or (done.returncode and not NO_ROLE.search(done.stderr)):
        raise CannotRehearseError(f"{failed}: {[*lines, done.stderr.strip()][0]}")
    return done.stderr


def _begins(dump: Path, length: int) -> bytes:
    with dump.open("rb") as file:
        return file.read(length)
