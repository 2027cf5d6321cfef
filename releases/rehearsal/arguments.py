"""The options of a rehearsal. What may not follow one is refused in a sentence, before anything is started."""

import argparse
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from releases.rehearsal.platforms import PROFILES
from releases.rehearsal.verdict import Thresholds

TESTS = "python -m pytest -q -rfE --reuse-db --no-migrations"

Number = TypeVar("Number", int, float)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m releases.rehearsal", description=sys.modules["releases.rehearsal"].__doc__
    )
    seconds, percent = _number(0.0, 86_400), _number(0.01, 100)
    group = made.add_argument_group("data")
    add, either = group.add_argument, group.add_mutually_exclusive_group().add_argument
    either("--dump", type=_existing, metavar="FILE", help="What pg_dump wrote: plain, custom or a directory.")
    either("--from-url", metavar="NAME", help="The variable with the URL of a database that is dumped, and only read.")
    add("--sample", type=percent, metavar="PERCENT", help="With --from-url: only so much of each large table.")
    rows = "Without either: so many made-up rows, if the scenario makes any."
    add("--rows", type=_number(2, 1_000_000_000), default=20_000, help=rows)
    add("--scenario", default="releases.rehearsal.Scenario", metavar="CLASS", help="The project's data and users.")
    add("--quiet", type=seconds, default=20, metavar="SECONDS", help="Of traffic before the release.")
    add("--per-second", type=_number(0.01, 10_000), default=100, metavar="N", help="Reads and writes meanwhile.")

    add = made.add_argument_group("code").add_argument
    add("--root", type=_existing, default=Path.cwd(), metavar="FOLDER", help="Of manage.py; by default this one.")
    add("--old", metavar="REV", help="The revision that serves before: its release and its server are run.")
    tests = f"Run on the new schema; by default: {TESTS}"
    add("--old-tests", nargs="?", const=TESTS, type=_words, metavar="COMMAND", help=tests)
    add("--deploy-only", action="store_true", help="Only the deploy: no step back, and no next release.")
    replicas = "Servers of the new version, behind HAProxy."
    add("--replicas", type=_number(1, 100), default=1, metavar="N", help=replicas)
    add("--platform", choices=PROFILES, default="railway", help="Whose order, and whose files say what to run.")
    add("--variable", default="DATABASE_URL", metavar="NAME", help="The one that holds the database's URL.")
    add("--take", action="append", default=[], metavar="NAME", help="Another variable that the project needs.")
    for name in ("build", "release", "start"):
        add(f"--{name}", type=_words, metavar="COMMAND", help="Instead of what the platform's files say.")
    for name in ("health-timeout", "overlap", "draining"):
        add(f"--{name}", type=seconds, metavar="SECONDS", help="Instead of the platform's.")

    add, usual = made.add_argument_group("verdict and report").add_argument, Thresholds()
    slower = "Times the quiet time's slowest and percentile."
    add("--slower", type=_number(0.0, 10**6), default=usual.slower, metavar="N", help=slower)
    patience = "Milliseconds that are allowed in any case."
    add("--patience", type=_number(0.0, 10**9), default=usual.patience, metavar="MS", help=patience)
    add("--percentile", type=percent, default=usual.percentile, metavar="P", help="The percentile that is compared.")
    errors = "Failed reads and writes that are allowed."
    add("--errors", type=_number(0, 10**9), default=usual.errors, metavar="N", help=errors)
    rewritten = "Of a table that may be rewritten."
    add("--rewritten", type=_number(0, 10**15), default=usual.rewritten, metavar="BYTES", help=rewritten)
    add("--report", type=_writable, default=Path("rehearsal.html"), metavar="FILE", help="The page that is written.")
    add("--json", action="store_true", help="Figures for a program instead of lines.")
    return made


def _number(least: Number, most: Number) -> Callable[[str], Number]:
    """Reads numbers of this type in these bounds."""
    kind = type(least)

    def read(text: str) -> Number:
        try:
            if least <= (given := kind(text)) <= most:
                return given
        except ValueError:
            pass
        what, bounds = "whole number" if kind is int else "number", f"{least:g} to {most:,}".replace(",", " ")
        raise _refused(f"{text} is no {what} from {bounds}")

    return read


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise _refused(f"{command} is no command: {error}") from error


def _writable(path: str) -> Path:
    file = Path(path)
    if file.is_dir():
        raise _refused(f"{path} is a folder. Name a file in it")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise _refused(f"there is no folder {file.parent}, or it cannot be written")
    return file


def _existing(path: str) -> Path:
    if not Path(path).exists():
        raise _refused(f"there is no {path}")
    return Path(path)


def _refused(why: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"{why}. Nothing was started.")
