"""What to tell the operator when something fails: what happened, what was left untouched, what to do next."""

from django.core.management import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from releases import advice
from releases.connecting import Refusal, conninfo, why_refused
from releases.errors import code, is_silent, reason, source, was_cut
from releases.findings import find, known
from releases.progress import Progress


def explain(error: Exception, progress: Progress | None, connection: BaseDatabaseWrapper | None = None) -> str:
    """One paragraph for `error`, which stopped a release, or (`progress` is None) some other command."""
    connection = connection or connections[DEFAULT_DB_ALIAS]
    if isinstance(error, CommandError):
        return f"{error} {progress.what_stays()}".rstrip() if progress else str(error)
    refusal = _refusal(error, connection)
    happened = f"{_what_happened(refusal, progress)}: {_ended(reason(error))}"
    left = _what_is_left(error, progress, connection)
    return " ".join(filter(None, (happened, left, _advice(error, refusal, progress, connection))))


def cannot_begin(error: Exception) -> str:
    """The first sentence alone, without another look at the database."""
    happened = "The database did not answer" if is_silent(error) else "The release cannot begin"
    return f"{happened}: {_ended(reason(error))}"


def _refusal(error: Exception, connection: BaseDatabaseWrapper) -> Refusal | None:
    """Why there is no connection, of an error that comes without a SQLSTATE because there is none."""
    looked_at = connection.vendor == "postgresql" and is_silent(error)
    return why_refused(conninfo(connection)) if looked_at else None


def _ended(words: str) -> str:
    return words if words.endswith((".", "?")) else f"{words}."


def _what_happened(refusal: Refusal | None, progress: Progress | None) -> str:
    if refusal:
        return "The database did not answer" if refusal.passes else "The database refused the connection"
    if progress is None:
        return "The command failed"
    return f"Migration {progress.migration} failed" if progress.migration else "The release failed"


def _what_is_left(error: Exception, progress: Progress | None, connection: BaseDatabaseWrapper) -> str:
    if progress is None:
        return "Nothing was changed."  # commands write in one transaction
    stays, migration = progress.what_stays(), progress.migration
    if migration is None:
        return stays or "Nothing was changed."
    if not (migration.atomic and connection.features.can_rollback_ddl):
        return f"What it had committed stays, and a repeat goes on from there. {stays}".rstrip()
    if was_cut(error):
        return f"{migration} was rolled back, or is whole where it was just being committed. {stays}".rstrip()
    return f"It was rolled back. {stays}" if stays else "It was rolled back, and nothing else was changed."


def _advice(
    error: Exception, refusal: Refusal | None, progress: Progress | None, connection: BaseDatabaseWrapper
) -> str:
    facts = known(connection, refusal, source(error))
    if refusal:
        return advice.CONNECTING.get(refusal.cause, advice.CONNECTING[""]).format_map(facts)
    if found := find(code(error), source(error), progress, connection):
        return found
    otherwise = advice.UNKNOWN if progress else advice.UNKNOWN_TO_COMMAND
    return advice.lookup(code(error), otherwise).format_map(facts)
