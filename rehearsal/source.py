"""Fills the throwaway database: from a dump, or with the old application's tables and made-up rows."""

import os
import subprocess
from pathlib import Path

import psycopg

from benchmarks.databases import Databases
from tests.postgres import POSTGRES

PLANNED = "SELECT to_regclass('workout_selections') IS NOT NULL"
PROGRAMS = POSTGRES / "pginstall/bin"


class SourceError(Exception):
    """The database could not be filled. Says why and what to do."""


def fill(url: str, dump: Path | None, rows: int) -> str:
    """Returns the URL of the filled database. Raises SourceError."""
    databases = Databases(url)
    if dump is None:
        return databases.url(databases.prepare(rows))
    filled = databases.url(databases.create("rehearsal"))
    _restore(dump, filled)
    with psycopg.connect(filled) as connection:
        if connection.execute(PLANNED).fetchone() != (True,):
            raise SourceError(f"{dump} has no table workout_selections: it is not a dump of the planner.")
    return filled


def _restore(dump: Path, url: str) -> None:
    program, arguments = "psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={dump}"]
    if dump.is_dir() or _begins(dump) == b"PGDMP":
        program, arguments = "pg_restore", ["--no-owner", "--no-privileges", "--exit-on-error", str(dump)]
    command = [str(PROGRAMS / program), f"--dbname={url}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, check=False)
    if done.returncode:
        raise SourceError(f"{dump} could not be restored: {done.stderr.strip().splitlines()[-1]}")


def _begins(dump: Path) -> bytes:
    with dump.open("rb") as file:
        return file.read(5)
