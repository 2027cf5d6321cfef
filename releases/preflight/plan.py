"""Refuses a plan that would disturb the running version, and says what of it is not done at once. PostgreSQL only."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.migrations.recorder import MigrationRecorder

from releases.postgresql.empty import is_unserved
from releases.record.pending import pending_migrations
from releases.running.run import Run

if TYPE_CHECKING:
    from releases.judging import Judged


def judge_release(run: Run, options: Mapping[str, Any]) -> "Judged":
    """The verdicts by migration, which are also noted for the record. Raises CommandError for a refusal.

    It is judged once more if that fails because something that takes no lock has migrated meanwhile.
    """
    recorder = MigrationRecorder(run.connection)
    before = recorder.applied_migrations().keys()
    try:
        return _judge(run, options)
    except Exception:
        if recorder.applied_migrations().keys() == before:
            raise
        run.say("The database was migrated meanwhile by something else. It is judged again.")
        return _judge(run, options)


def _judge(run: Run, options: Mapping[str, Any]) -> "Judged":
    """A database in which no release has succeeded has no running version.

    The judge is imported only if something is pending: its parser takes a third of a second.
    """
    connection = run.connection
    if connection.vendor != "postgresql" or is_unserved(connection):
        return {}
    pending = pending_migrations(connection, options["app_label"], options["migration_name"])
    if not pending:
        return {}
    from releases.applying.unfinished import served_facts
    from releases.judging import for_the_record, in_a_line, judge_pending, notable, refuse

    run.is_served = True
    judged = judge_pending(connection, pending, served_facts(connection), fake_initial=options["fake_initial"])
    refuse(judged, connection.alias)
    run.verdicts = for_the_record(judged)
    for one in notable(judged):
        run.say(in_a_line(one))
    return judged
