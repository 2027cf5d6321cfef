"""Runs the steps that an operation left for after its transaction."""

from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.journal import Journal
from releases.online.batches import fill


def run_steps(connection: BaseDatabaseWrapper, journal: Journal) -> None:
    """Runs what the journal holds, and notes each step there. Goes on where an earlier run was stopped."""
    while journal.steps:
        step, *rest = journal.steps
        done = journal.done if rest else journal.done + 1
        if step.get("where"):
            fill(connection, step, journal)
            journal.commit(done, rest)
        elif step.get("repeatable"):
            _execute(connection, step)
            journal.commit(done, rest)
        else:
            with transaction.atomic(using=connection.alias):
                _execute(connection, step)
                journal.commit(done, rest)


def _execute(connection: BaseDatabaseWrapper, step: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(step["sql"])
