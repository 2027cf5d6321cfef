"""What to tell the operator when a release fails: what happened, what was left untouched, what to do next."""

from django.db import DatabaseError
from django.db.migrations import Migration

from releases.leftovers import what_is_left

AGAIN = "python manage.py migrate --noinput --fake-initial"

# https://www.postgresql.org/docs/18/errcodes-appendix.html
ADVICE = {
    "23505": "Rows stand against a unique constraint. Remove the duplicates, then run the release again.",
    "28000": "Correct the user in DATABASE_URL, then run the release again.",
    "28P01": "Correct the password in DATABASE_URL, then run the release again.",
    "3D000": "Create the database, or correct its name in DATABASE_URL, then run the release again.",
    "40P01": "It and the running application waited for each other. Run the release again.",
    "42501": "Give the user of DATABASE_URL the rights to create and alter tables, then run the release again.",
    "42P07": f"The tables are those of an earlier application or of an interrupted release. Run: {AGAIN}",
    "53100": "The database's disk is full. Enlarge its volume, then run the release again.",
    "53300": "The database has no connection left. Close some, or wait, then run the release again.",
    "55P03": "Another session held the lock for too long. Run the release again.",
    "57014": "The statement was cancelled or took too long. Run the release again.",
    "57P01": "The database was shut down meanwhile. Run the release again once it is up.",
    "57P03": "The database is starting. Run the release again in a moment.",
}
UNREACHABLE = (
    "Check that the database is up and that DATABASE_URL names its host, port, user and password, then run the"
    " release again."
)
UNKNOWN = f"Mend the cause, then run: {AGAIN} (with --traceback to see where it was raised)."


def explain(error: Exception, migration: Migration | None) -> str:
    """One paragraph for `error`, which stopped the run while `migration` was being applied (None: before any)."""
    reason = " ".join(str(error).split()) or type(error).__name__
    stop = "" if reason.endswith((".", "?")) else "."
    happened = f"{_what_happened(error, migration)}: {reason}{stop}"
    return f"{happened} {_what_is_left(error, migration)} {_advice(error, migration)}"


def sqlstate(error: BaseException | None) -> str | None:
    """The SQLSTATE that the server gave, of the driver's error or of the one behind Django's."""
    states = (getattr(one, "sqlstate", None) for one in (error, getattr(error, "__cause__", None)))
    return next((state for state in states if isinstance(state, str)), None)


def _what_happened(error: Exception, migration: Migration | None) -> str:
    if migration:
        return f"Migration {migration} failed"
    return "The database did not answer" if isinstance(error, DatabaseError) else "The release failed"


def _what_is_left(error: Exception, migration: Migration | None) -> str:
    if migration is None:
        return "Nothing was changed."
    if migration.atomic:
        return "It was rolled back; the migrations before it stay applied, and the running version can go on serving."
    return what_is_left(migration, sqlstate(error) or getattr(error.__cause__, "sqlite_errorname", None))


def _advice(error: Exception, migration: Migration | None) -> str:
    state = sqlstate(error)
    if state in ADVICE:
        return ADVICE[state]
    return UNREACHABLE if migration is None and isinstance(error, DatabaseError) else UNKNOWN
