"""What is wrong with a backfill, found before the first change."""

from typing import TYPE_CHECKING

from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from releases.applying.parts import on_database
from releases.backfill.operation import INSIDE, Backfill

if TYPE_CHECKING:
    from releases.judge.facts import Facts


def fault_of(
    operation: Operation,
    migration: Migration,
    connection: BaseDatabaseWrapper,
    state: ProjectState,
    facts: "Facts | None" = None,
) -> str:
    """A sentence; empty if it is no backfill, or can run. With `facts`, it has a trigger on a table that they know."""
    for one in on_database([operation]):
        if not isinstance(one, Backfill):
            continue
        if one is not operation:
            return INSIDE.format(one.describe())
        try:
            one.check(migration.app_label, connection, state, facts)
        except CommandError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001  # an expression may fail in any way
            return f"It cannot run. {type(error).__name__}: {error}"
    return ""
