"""For management commands of other apps: the error messages and the lock of a release, and what to type."""

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import OutputWrapper
from django.db import DEFAULT_DB_ALIAS, connections

from releases.messages.diagnosis import explain_command
from releases.messages.naming import migrate_command, repair_command
from releases.running.lock import alone

__all__ = ["DatabaseCommand", "alone", "migrate_command", "repair_command"]


def open_closed_output() -> None:
    """A shell may start a process without its standard output or errors (`>&-`): Python has None in their place."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115  # for as long as the process


class LastingOutput(OutputWrapper):
    """Goes on when nobody reads it any more: a release does not end because its output does."""

    def write(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        try:
            super().write(*args, **kwargs)
            self.flush()
        except OSError:
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), sys.stdout.fileno())  # of the logs, too


class DatabaseCommand(BaseCommand):
    """Explains in one paragraph, instead of a traceback, that a database is unreachable, unmigrated or closed.

    `left` is what the paragraph says about the database. The default is true of a command that writes in one
    transaction.
    """

    left = "Nothing was changed."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        open_closed_output()
        super().__init__(*args, **kwargs)

    def execute(self, *args: Any, **options: Any) -> str | None:
        self.alias = options.get("database") or DEFAULT_DB_ALIAS
        try:
            result = super().execute(*args, **options)
            self.stdout.flush()
        except CommandError:
            raise
        except BrokenPipeError:  # nobody reads the rest, as of `releases | head`
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), sys.stdout.fileno())
            sys.exit(1)
        except Exception as error:
            raise CommandError(self.explain(error)) from error
        return result

    def explain(self, error: BaseException) -> str:
        return explain_command(error, self.left, connections[self.alias])
