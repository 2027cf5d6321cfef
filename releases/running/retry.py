"""Which errors are transient, and how long to wait before trying again. Pure."""

import random
from collections.abc import Iterator

from django.core.management import CommandError

from releases.messages.errors import LOST, source, sqlstate

# https://www.postgresql.org/docs/18/errcodes-appendix.html
TRANSIENT = {
    "25P03",  # idle_in_transaction_session_timeout: this process was stopped for that long
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available
    "57P01",  # admin_shutdown
    "57P02",  # crash_shutdown
    "57P03",  # cannot_connect_now
    "57P05",  # idle_session_timeout
}
CONNECTION_EXCEPTION = "08"


class LockLostError(Exception):
    """The session that held the migration lock ended while the release was running."""


def is_transient(error: BaseException) -> bool:
    """Whether the same statement may succeed a moment later.

    A cut connection often has no SQLSTATE: the server had no time to send one.
    """
    if isinstance(error, LockLostError):
        return True
    if isinstance(error, CommandError) or _while_stopping(error):
        return False
    state = sqlstate(error)
    if state is None:
        return isinstance(source(error), LOST)
    return state in TRANSIENT or state.startswith(CONNECTION_EXCEPTION)


def _while_stopping(error: BaseException | None) -> bool:
    """Whether it was raised while cleaning up after a Ctrl-C."""
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None


def pauses(first: float = 0.25, longest: float = 8) -> Iterator[float]:
    """Seconds, doubling up to `longest`, each with up to half of it taken off at random, so two releases diverge."""
    pause = first
    while True:
        yield random.uniform(pause / 2, pause)  # noqa: S311  # no secret
        pause = min(pause * 2, longest)
