"""Fills the throwaway database: from a dump, or from a database that is only read."""

import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import pq

from releases.rehearsal.plain_dump import create_roles, refuse_named_database
from releases.rehearsal.postgres import PROGRAMS
from releases.rehearsal.scenario import CannotRehearseError

READ_ONLY = "-c default_transaction_read_only=on"
ANY_TABLE = "SELECT FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema$)' LIMIT 1"


def restore(dump: Path, url: str) -> None:
    """What pg_dump wrote in any of its formats. Raises CannotRehearseError."""
    if not dump.is_dir() and _begins(dump, 2) == b"\x1f\x8b":
        raise CannotRehearseError(f"{dump} is compressed. Unpack it with gunzip.")
    failed = f"{dump} could not be restored"
    if dump.is_dir() or _begins(dump, 5) == b"PGDMP" or tarfile.is_tarfile(dump):
        into = f"--dbname={urlsplit(url).path[1:]}"
        _run("pg_restore", ["--no-owner", "--no-privileges", "--exit-on-error", into, str(dump)], url, failed)
        return
    refuse_named_database(dump)
    create_roles(dump, url)
    _run("psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={dump}"], url, failed)


def refuse_empty(url: str) -> None:
    """Nothing would be rehearsed. Raises CannotRehearseError."""
    with psycopg.connect(url) as connection:
        if not connection.execute(ANY_TABLE).fetchall():
            raise CannotRehearseError(
                "What was restored has no table. Is it a dump of that database, and not of a part?"
            )


def dump_of(variable: str, folder: Path, *options: str) -> Path:
    """Dumps the database whose URL the environment variable holds. Raises CannotRehearseError."""
    file = Path(tempfile.mkstemp(dir=folder, suffix=".dump")[1])
    arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--file={file}", *options]
    _run("pg_dump", arguments, url_in(variable), f"The database of {variable} could not be read", PGOPTIONS=READ_ONLY)
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


def _run(program: str, arguments: list[str], url: str, failed: str, **more: str) -> None:
    """The URL is handed over in the variables of libpq, so no list of processes has its password."""
    try:
        given = {one.envvar: one.val for one in pq.Conninfo.parse(url.encode()) if one.envvar and one.val}
    except psycopg.Error:
        raise CannotRehearseError(f"{failed}: its URL is invalid.") from None
    variables = {name.decode(): value.decode() for name, value in given.items()}
    options = " ".join(filter(None, [variables.get("PGOPTIONS"), more.get("PGOPTIONS")]))
    environment = {"PATH": os.environ["PATH"], **variables, **({"PGOPTIONS": options} if options else {})}
    command = [str(PROGRAMS / program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["unknown error"]
        raise CannotRehearseError(f"{failed}: {next((line for line in lines if 'error' in line.lower()), lines[-1])}")


def _begins(dump: Path, length: int) -> bytes:
    with dump.open("rb") as file:
        return file.read(length)
