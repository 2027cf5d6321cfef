"""A release on PostgreSQL: under the lock, and again after a transient error."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from django.core.management import CommandError
from django.db import Error

from releases.conf import Conf
from releases.messages.errors import reason
from releases.postgresql.lock import exclusively, refuse_wrong_sessions
from releases.postgresql.opening import open_sessions
from releases.postgresql.quoted import quoted_tables_found
from releases.postgresql.sessions import Session
from releases.running.retry import is_transient, pauses
from releases.running.run import Run

MARGIN = 0.3  # seconds

CLOSED_ITSELF = (
    "Migration {} closed its own connection (connection.close(), close_old_connections()), and with it the transaction,"
    " so it was rolled back. Correct the migration. Then run this again."
)


def run_with_retries(run: Run, migrate: Callable[[], None], conf: Conf) -> None:
    """Runs `migrate` on PostgreSQL under the migration lock, and again after a transient error.

    Raises permanent errors, and a transient one once the deadline has passed.
    """
    for pause in pauses():
        seconds, run.is_reached = min(conf.database_wait, run.deadline.remaining()), False
        with closing(open_sessions(run.connection, seconds, run.say)) as companion:
            run.attempts += 1
            try:
                refuse_wrong_sessions(run.connection, companion, run.say)
                run.is_reached = True
                _attempt(run, companion, migrate, conf)
                return
            except BaseException as error:
                closed_itself = run.connection.closed_in_transaction
                run.connection.close()  # what follows, at least the record, needs a working session
                if closed_itself and isinstance(error, Error):
                    raise CommandError(CLOSED_ITSELF.format(run.current)) from error
                if not is_transient(error) or run.deadline.passed():
                    raise
                why = reason(error).rstrip(".")
        if run.autovacuum_yields_after:
            patient = run.autovacuum_yields_after + MARGIN
            conf = replace(conf, table_lock_timeout=max(conf.table_lock_timeout, patient))
        run.say(f"\nAttempt {run.attempts} was stopped: {why}. Trying again in {pause:.1f} s.")
        time.sleep(min(pause, run.deadline.remaining()))


def _attempt(run: Run, companion: Session, migrate: Callable[[], None], conf: Conf) -> None:
    with exclusively(run.connection, companion, conf, run.deadline, run.say, run.doing) as (lock, watcher):
        run.lock, run.watcher = lock, watcher
        try:
            with quoted_tables_found(run.connection):
                migrate()
        finally:
            run.watcher = None
            run.waited += lock.waited + watcher.waited
            run.autovacuum_yields_after = watcher.autovacuum_yields_after
