"""The verdict on an operation whose statements are known only when it runs."""

from dataclasses import replace

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from releases.applying.migration import commits_batches
from releases.backfill.faults import fault_of
from releases.backfill.operation import Backfill
from releases.judge.rules import Circumstances
from releases.judge.sql import quote
from releases.judge.verdict import Action, Deferral, Verdict

UNFORETOLD = Verdict(reason="What it does cannot be foretold. The stall budget stops it if others wait for it.")
IN_BATCHES = Verdict(
    Action.BATCHES, lock="the rows of a batch", reason="It commits each batch. Nobody waits longer than one takes."
)


def unforetold(
    operation: Operation,
    migration: Migration,
    server: BaseDatabaseWrapper,
    after: ProjectState,
    circumstances: Circumstances,
) -> Verdict:
    """`server` is of releases.postgresql.offline."""
    if circumstances.backwards:
        return IN_BATCHES if commits_batches(operation) else UNFORETOLD
    if fault := fault_of(operation, migration, server, after, circumstances.facts):
        return Verdict(Action.REFUSED, reason=fault, is_final=True)
    if isinstance(operation, Backfill):
        return _of_backfill(operation, migration, after, circumstances)
    return IN_BATCHES if commits_batches(operation) else UNFORETOLD


def _of_backfill(
    operation: Backfill, migration: Migration, after: ProjectState, circumstances: Circumstances
) -> Verdict:
    """It creates a trigger, too, which waits to be dropped."""
    table, filled = operation.trigger(migration.app_label, after)
    if not circumstances.facts.table_of(table):
        return IN_BATCHES
    waits = Deferral("trigger", quote(table), filled, f"drop the trigger that fills {filled}", ())
    return replace(IN_BATCHES, deferred=[waits])
