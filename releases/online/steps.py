"""Runs the steps that an operation left for after its transaction."""

from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.online.batches import Batches
from releases.online.place import Place
from releases.running.progress import Say


def run_steps(connection: BaseDatabaseWrapper, place: Place, say: Say) -> None:
    """Runs what `place` holds, and notes each step there. Goes on where an earlier run was stopped."""
    while place.steps:
        step, *rest = place.steps
        done = place.done if rest or step.get("undoes") else place.done + 1
        if step.get("where"):
            Batches(connection, step, place, say).run()
            place.commit(done, rest)
        elif step.get("repeatable"):
            _execute(connection, step)
            place.commit(done, rest)
        else:
            with transaction.atomic(using=connection.alias):
                _execute(connection, step)
                place.commit(done, rest)


def in_words(step: dict[str, Any]) -> str:
    """SQL, and what is done in batches."""
    if "backfill" in step:
        return "undoing the other rows of a Backfill"
    return (
        "UPDATE {table} SET {sql} WHERE {where}, in batches".format_map(step) if "where" in step else str(step["sql"])
    )


def _execute(connection: BaseDatabaseWrapper, step: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(step["sql"])
