"""Steps back while changes wait in the contract."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from releases import contract


@contextmanager
def what_waits_returns(connection: BaseDatabaseWrapper, *, partly_done: bool = False) -> Iterator[None]:
    """Within, what a migration removed and the contract has not dropped yet comes back without loss.

    `partly_done`: it is an operation that was interrupted between its steps.
    """
    waiting = {item.key: item for item in contract.pending(connection)}
    if not (waiting or partly_done) or connection.vendor != "postgresql":
        yield
        return
    from releases.judge.facts import read_facts
    from releases.judge.rules import Circumstances
    from releases.online.hook import returning

    circumstances = Circumstances(read_facts(connection), pending=waiting, backwards=True, partly_done=partly_done)
    with returning(connection, circumstances) as cancelled:
        yield
    contract.cancel(connection, cancelled)
