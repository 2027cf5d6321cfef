"""Steps back: what their statements become while changes wait in the contract, or tables are large."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

from releases import contract
from releases.applying.parts import Part
from releases.contract.came_back import came_back, wait_again

if TYPE_CHECKING:
    from releases.judge.verdict import Step


@contextmanager
def in_one_transaction(connection: BaseDatabaseWrapper, migration: Migration) -> Iterator[None]:
    """Within, what a migration removed and the contract has not dropped yet comes back without loss."""
    waiting = contract.waiting(connection)
    if connection.vendor != "postgresql" or not (waiting or getattr(migration, "passing", None)):
        yield
        return
    from releases.judge.catalogue import read_facts
    from releases.judge.circumstances import passing
    from releases.judge.rules import Circumstances
    from releases.online.hook import returning

    circumstances = Circumstances(
        read_facts(connection), backwards=True, at_once=True, pending=waiting, passing=passing(migration)
    )
    with returning(connection, circumstances) as cancelled:
        yield
    contract.cancel(connection, cancelled)


@contextmanager
def by_steps(
    connection: BaseDatabaseWrapper, migration: Migration, part: Part, steps: "list[Step]", *, partly_done: bool
) -> Iterator[None]:
    """The same for one operation. `steps` gets what is left to do after its transaction, because others would wait for
    it.

    `partly_done`: it was interrupted between its own steps.
    """
    if connection.vendor != "postgresql":
        yield
        return
    from releases.judge.catalogue import read_facts
    from releases.judge.circumstances import undone
    from releases.online.hook import postponing

    waiting, back = contract.waiting(connection), came_back(connection, str(migration))
    circumstances = undone(part, migration, read_facts(connection), waiting, back, connection)
    circumstances.partly_done = partly_done
    with postponing(connection, circumstances, steps) as postponed:
        yield
    contract.cancel(connection, postponed.cancelled)
    wait_again(connection, str(migration), postponed.deferrals)
