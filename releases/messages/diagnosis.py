"""What to tell the operator when something fails: what happened, what was left untouched, and what to do next."""

from django.core.management import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.applying.leftovers import what_is_left
from releases.messages import advice
from releases.messages.errors import Stalled, Stopped, code, is_silent, raised_in, reason, source, was_cut
from releases.messages.findings import find, known
from releases.messages.refusals import Refusal
from releases.running.progress import Progress

NO_ANSWER = "The database did not answer"


def explain(error: BaseException, progress: Progress, connection: BaseDatabaseWrapper | None = None) -> str:
    """One paragraph for `error`, which stopped a release."""
    connection = connection or connections[DEFAULT_DB_ALIAS]
    if isinstance(error, CommandError):  # its message does not mention earlier migrations
        return f"{error}\n{progress.what_stays()}".rstrip()
    migration = progress.migration
    happened = f"Migration {migration} failed" if migration else "The release failed"
    return _paragraph(error, happened, _what_is_left(error, progress, connection), progress, connection)


def explain_command(error: BaseException, left: str, connection: BaseDatabaseWrapper) -> str:
    """The same for another command. `left` says what became of the database."""
    return _paragraph(error, "The command failed", left, None, connection)


def cannot_begin(error: Exception, connection: BaseDatabaseWrapper) -> str:
    """The first sentence alone."""
    otherwise = NO_ANSWER if is_silent(error) else "The release cannot begin"
    return f"{_happened(_refusal(error, connection), otherwise)}: {_ended(_what_was_raised(error))}"


def _paragraph(
    error: BaseException, happened: str, left: str, progress: Progress | None, connection: BaseDatabaseWrapper
) -> str:
    refusal = _refusal(error, connection)
    advised = _advice(error, refusal, progress, connection)
    return f"{_happened(refusal, happened)}: {_ended(_what_was_raised(error))} {left} {advised}"


def _refusal(error: BaseException, connection: BaseDatabaseWrapper) -> Refusal | None:
    """Why the server refused the connection, if it did: asked anew, because libpq's error does not say."""
    found: Refusal | None = getattr(error, "refusal", None)
    if found is None and connection.vendor == "postgresql" and is_silent(error):
        from releases.postgresql.connecting import conninfo, why_refused

        return why_refused(conninfo(connection))
    return found


def _happened(refusal: Refusal | None, otherwise: str) -> str:
    if refusal is None:
        return otherwise
    return NO_ANSWER if refusal.is_transient else "The database refused the connection"


def _advice(
    error: BaseException, refusal: Refusal | None, progress: Progress | None, connection: BaseDatabaseWrapper
) -> str:
    if isinstance(error, Stopped | Stalled):
        return error.advice
    facts = known(connection, refusal, source(error))
    if refusal:
        return advice.CONNECTING.get(refusal.cause, advice.CONNECTING[""]).format_map(facts)
    if found := find(code(error), source(error), progress, connection):
        return found
    otherwise = advice.UNKNOWN if progress else advice.UNKNOWN_TO_COMMAND
    return advice.lookup(code(error), otherwise).format_map(facts)


def _what_is_left(error: BaseException, progress: Progress, connection: BaseDatabaseWrapper) -> str:
    stays, migration = progress.what_stays(), progress.migration
    if migration is None:
        return stays or "Nothing was changed."
    if not (migration.atomic and connection.features.can_rollback_ddl):
        return f"{what_is_left(migration)} {stays}".rstrip()
    if isinstance(error, Stopped) and error.is_cut:
        return f"The connection was cut; the server rolls {migration} back as soon as it notices. {stays}".rstrip()
    if was_cut(error):
        return f"{migration} was rolled back, or is whole where it was just being committed. {stays}".rstrip()
    return f"It was rolled back. {stays}" if stays else "It was rolled back, and nothing else was changed."


def _what_was_raised(error: BaseException) -> str:
    place = raised_in(error)
    return reason(error).removesuffix("." if place else "") + place


def _ended(words: str) -> str:
    return words if words.endswith((".", "?")) else f"{words}."
