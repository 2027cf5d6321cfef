"""What to tell the operator when something fails: what happened, what was left untouched, what to do next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from django.core.management import CommandError
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.exceptions import MigrationSchemaMissing

from releases import advice
from releases.connecting import Refusal, conninfo, why_refused
from releases.findings import conflicts, facts, find

# The details that name objects. Those of the classes 22 and 23 hold values of rows, which belong in no log.
TELLING_DETAILS = {"0A000", "2BP01", "55006"}
VALUE = re.compile(r"(primary key|contains a value) '[^']*'")


@dataclass(frozen=True)
class Progress:
    """How far a release had come: the migration that it was applying, and those that it had committed."""

    migration: Migration | None = None
    done: Sequence[str] = ()


def explain(error: Exception, progress: Progress | None, connection: BaseDatabaseWrapper | None = None) -> str:
    """One paragraph for `error`, which stopped a release, or some other command (`progress` is None)."""
    connection = connection or connections[DEFAULT_DB_ALIAS]
    if isinstance(error, CommandError):
        return _complete(error, progress)
    refusal = _refusal(error, connection)
    text = reason(error)
    happened = f"{_what_happened(refusal, progress)}: {text}{'' if text.endswith(('.', '?')) else '.'}"
    left = _what_is_left(refusal, progress, connection)
    return " ".join(filter(None, (happened, left, _advice(error, refusal, progress, connection))))


def reason(error: BaseException) -> str:
    """What the database or Python says, in one line and without values of rows."""
    source = _source(error)
    state = sqlstate(error)
    diagnostic = source.diag if isinstance(source, psycopg.Error) else None
    if state is None or diagnostic is None:
        text = VALUE.sub(r"\1 ...", " ".join(str(source).split()))
        is_databases = isinstance(error, Error | psycopg.Error)
        return text if is_databases and text else f"{type(source).__name__}: {text}".removesuffix(": ")
    if state.startswith("22"):
        return f"{_condition(state)} (SQLSTATE {state})"
    parts = (diagnostic.message_primary, diagnostic.message_detail if state in TELLING_DETAILS else None)
    return f"{' '.join(' '.join(part.split()) for part in parts if part)} (SQLSTATE {state})"


def sqlstate(error: BaseException | None) -> str | None:
    """The SQLSTATE that the server gave, of the driver's error or of the one behind Django's."""
    state = getattr(_source(error), "sqlstate", None)
    return state if isinstance(state, str) else None


def _code(error: Exception, refusal: Refusal | None) -> str:
    """A SQLSTATE, a name of SQLite's, a cause of releases.connecting, or the name of the exception."""
    if refusal:
        return refusal.cause
    return sqlstate(error) or getattr(_source(error), "sqlite_errorname", None) or type(error).__name__


def _source(error: BaseException | None) -> BaseException | None:
    """The driver's error behind Django's. Django raises MigrationSchemaMissing inside `except`, without `from`."""
    if isinstance(error, MigrationSchemaMissing):
        error = error.__context__ or error
    return (error.__cause__ or error) if isinstance(error, Error) else error


def _condition(state: str) -> str:
    """`22001` is `string data right truncation`."""
    return re.sub(r"(?<!^)([A-Z])", r" \1", psycopg.errors.lookup(state).__name__).lower()


def _refusal(error: Exception, connection: BaseDatabaseWrapper) -> Refusal | None:
    """Why there is no connection, of errors that come without a SQLSTATE because there is none."""
    silent = isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError) and sqlstate(error) is None
    return why_refused(conninfo(connection)) if silent and connection.vendor == "postgresql" else None


def _complete(error: CommandError, progress: Progress | None) -> str:
    """A refusal has its own words. What it cannot know is what the same release had committed before."""
    if progress and not progress.done and (found := conflicts()):
        return f"Conflicting migrations: {found}. Nothing was changed. {advice.CONFLICT}"
    return " ".join(filter(None, (str(error), _what_stays(progress))))


def _what_happened(refusal: Refusal | None, progress: Progress | None) -> str:
    if refusal:
        return "The database did not answer" if refusal.passes else "The database refused the connection"
    if progress is None:
        return "The command failed"
    return f"Migration {progress.migration} failed" if progress.migration else "The release failed"


def _what_is_left(refusal: Refusal | None, progress: Progress | None, connection: BaseDatabaseWrapper) -> str:
    if progress is None:
        return "Nothing was changed." if refusal else ""
    stays = _what_stays(progress)
    if progress.migration is None:
        return stays or "Nothing was changed."
    if not (progress.migration.atomic and connection.features.can_rollback_ddl):
        left = "What it had committed stays, and a repeat goes on from there."
    elif refusal:
        left = f"{progress.migration} was being applied: it is rolled back, or whole where it was just committed."
    else:
        left = "It was rolled back." if stays else "It was rolled back, and nothing else was changed."
    return f"{left} {stays}".rstrip()


def _what_stays(progress: Progress | None) -> str:
    done = progress.done if progress else ()
    if len(done) > 3:
        return f"{len(done)} migrations, {done[0]} to {done[-1]}, were committed before and stay."
    if not done:
        return ""
    return f"Before, {' and '.join(done)} {'were' if len(done) > 1 else 'was'} committed, and {'stay' if len(done) > 1 else 'stays'}."


def _advice(
    error: Exception, refusal: Refusal | None, progress: Progress | None, connection: BaseDatabaseWrapper
) -> str:
    code = _code(error, refusal)
    if not refusal and (found := find(code, _source(error), progress and progress.migration, connection)):
        return found
    text = advice.lookup(code, connecting=bool(refusal)) or (
        advice.UNKNOWN if progress else advice.UNKNOWN_TO_COMMAND
    )
    return text.format_map(facts(connection, refusal, _source(error)))
