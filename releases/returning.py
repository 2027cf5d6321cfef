"""Steps back: what their statements become while changes wait in the contract, or tables are large."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AlterField, Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from releases import contract
from releases.came_back import came_back, wait_again

if TYPE_CHECKING:
    from releases.judge.verdict import Step


@contextmanager
def in_one_transaction(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within, what a migration removed and the contract has not dropped yet comes back without loss."""
    waiting = contract.waiting(connection)
    if not waiting or connection.vendor != "postgresql":
        yield
        return
    from releases.judge.catalogue import read_facts
    from releases.judge.rules import Circumstances
    from releases.online.hook import returning

    circumstances = Circumstances(read_facts(connection), backwards=True, at_once=True, pending=waiting)
    with returning(connection, circumstances) as cancelled:
        yield
    contract.cancel(connection, cancelled)


@contextmanager
def by_steps(
    connection: BaseDatabaseWrapper,
    migration: Migration,
    operation: Operation,
    after: ProjectState,
    *,
    partly_done: bool,
) -> "Iterator[list[Step]]":
    """The same for one operation. Yields what is left to do after its transaction, because others would wait for it.

    `after` is the state that it left. `partly_done`: it was interrupted between its own steps.
    """
    if connection.vendor != "postgresql":
        yield []
        return
    from releases.judge.catalogue import read_facts
    from releases.judge.removed_default import removed_default
    from releases.judge.rules import Circumstances
    from releases.online.hook import postponing

    circumstances = Circumstances(
        read_facts(connection),
        alters_field=isinstance(operation, AlterField),
        backwards=True,
        partly_done=partly_done,
        pending=contract.waiting(connection),
        came_back=came_back(connection, str(migration)),
        removed_default=removed_default(operation, migration.app_label, after, connection, backwards=True),
    )
    with postponing(connection, circumstances) as postponed:
        yield postponed.steps
    contract.cancel(connection, postponed.cancelled)
    wait_again(connection, str(migration), postponed.deferrals)
