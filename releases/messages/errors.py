"""The code and the message of an error from the database or from Python, without the values of rows. Pure."""

import re
import sys
from pathlib import Path
from traceback import walk_tb
from typing import Any

from django.db import Error, InterfaceError, OperationalError
from django.db.migrations.exceptions import MigrationSchemaMissing

try:
    from psycopg import Error as DriverError
    from psycopg import InterfaceError as DriverInterfaceError
    from psycopg import OperationalError as DriverOperationalError
    from psycopg import errors as driver_errors
except ImportError:  # not needed for other databases
    DRIVER: tuple[type[Any], ...] = ()
    LOST: tuple[type[Exception], ...] = (OperationalError, InterfaceError)
else:
    DRIVER = (DriverError,)
    LOST = (OperationalError, InterfaceError, DriverOperationalError, DriverInterfaceError)

# Details that name objects. Those of classes 22 and 23 contain values of rows, which must not be logged.
TELLING_DETAILS = {"0A000", "2BP01", "55006"}
# https://dev.mysql.com/doc/mysql-errors/8.4/en/client-error-reference.html: gone away, lost, lost while reading
CUT_BY_MYSQL = {2006, 2013, 2055}
# Django's own message for a foreign key of SQLite without a target.
VALUE = re.compile(r"(primary key|contains a value) '[^']*'")
NOT_THE_PROJECTS = {*sys.stdlib_module_names, "__main__", "django", "releases"}
INSTALLED = {"site-packages", "dist-packages"}


class Stopped(KeyboardInterrupt):
    """A command was ended before its work was done: by a signal, or at its deadline.

    psycopg cancels the running statement on KeyboardInterrupt, and no `except Exception` of a migration catches it.
    """

    def __init__(self, why: str, advice: str, returncode: int) -> None:
        super().__init__(why)
        self.advice, self.returncode = advice, returncode
        self.is_cut = False  # whether its connection had to be cut, which the server may notice later


class Stalled(Exception):
    """A release stopped itself: another session's statement had waited for it longer than the stall budget.

    Its cause is the resulting error, which shows whether the server has rolled back.
    """

    def __init__(self, why: str, advice: str) -> None:
        super().__init__(why)
        self.advice = advice


def source(error: BaseException | None) -> BaseException | None:
    """The driver's error behind Django's. Django raises MigrationSchemaMissing inside `except`, without `from`."""
    if isinstance(error, MigrationSchemaMissing):
        error = error.__context__ or error
    return (error.__cause__ or error) if isinstance(error, Error) else error


def sqlstate(error: BaseException | None) -> str | None:
    """The SQLSTATE that the server sent, if any."""
    state = getattr(source(error), "sqlstate", None)
    return state if isinstance(state, str) else None


def code(error: BaseException) -> str:
    """The SQLSTATE; SQLite's name, such as SQLITE_BUSY; MySQL's number; or the name of the exception."""
    found = _of_mysql(error) or sqlstate(error) or getattr(source(error), "sqlite_errorname", None)
    return found or type(error).__name__


def _of_mysql(error: BaseException) -> str | None:
    """The number, unless it is the client's own for a lost connection: then the server sent none."""
    number = error.args[0] if isinstance(error, Error) and error.args else None
    return f"MYSQL_{number}" if isinstance(number, int) and number not in CUT_BY_MYSQL else None


def is_silent(error: BaseException) -> bool:
    """Whether the database sent no code: the connection was refused, or was cut before the server could say why."""
    return isinstance(error, LOST) and code(error) == type(error).__name__


def was_cut(error: BaseException) -> bool:
    """Whether the session ended: then a transaction that was being committed may be committed or not."""
    if isinstance(error, Stalled) and error.__cause__:
        return was_cut(error.__cause__)
    return isinstance(error, Stopped) or is_silent(error) or code(error).startswith(("08", "25P03", "25P04", "57P"))


def reason(error: BaseException) -> str:
    """The message of the database or of Python, in one line."""
    if isinstance(error, Stopped | Stalled):
        return str(error)
    found: Any = source(error)
    state = sqlstate(error)
    if not isinstance(found, DRIVER) or state is None:
        text = VALUE.sub(r"\1 ...", " ".join(str(found).split()))
        is_databases = isinstance(error, (Error, *DRIVER))
        return text if is_databases and text else f"{type(found).__name__}: {text}".removesuffix(": ")
    parts = [found.diag.message_primary, found.diag.message_detail if state in TELLING_DETAILS else None]
    if state.startswith("22"):  # its message contains the value
        parts = [_condition(state)]
    return " ".join(" ".join(filter(None, parts)).split())


def raised_in(error: BaseException) -> str:
    """` (migrations/0003_fill.py, line 9)`: where the project's own code raised it or let it through; or empty."""
    if isinstance(error, (Error, SyntaxError, Stopped, Stalled, *DRIVER)):  # their messages say where, if it matters
        return ""
    for frame, line in reversed([*walk_tb(error.__traceback__)]):
        module, file = str(frame.f_globals.get("__name__")), Path(frame.f_code.co_filename)
        if module.partition(".")[0] not in NOT_THE_PROJECTS and not INSTALLED.intersection(file.parts):
            return f" ({file.parent.name}/{file.name}, line {line})"
    return ""


def _condition(state: str) -> str:
    """`22001` is `string data right truncation`."""
    name = driver_errors.lookup(state).__name__
    return re.sub(r"(?<!^)([A-Z])", r" \1", name).lower()
