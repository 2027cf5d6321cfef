"""What came back before it was dropped. If the migration that brought it back is undone, it waits again.

Until no older version is connected its entry stays in the contract, as one that changes nothing.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from releases import contract
from releases.applying.own_tables import contract_model, delete, exists
from releases.contract import AGAIN, BACK, Item, entries
from releases.judge.verdict import Deferral, Key

KINDS = ("column", "table")
NOTED = (*KINDS, "constraint", "index")
NOTHING = [{"sql": "SELECT 1"}]  # for older code, which would run it


def bring_back(
    connection: BaseDatabaseWrapper, migration: str, keys: Iterable[Key], deferrals: Collection[Deferral]
) -> None:
    """Takes items out of the contract: `migration` has brought back what they would drop, or changed the rest, such as
    their name: then `deferrals` have them."""
    for kind, table, name in keys:
        if kind in NOTED and not _is_renamed(connection.ops.quote_name(name), deferrals):
            waiting = entries(connection).filter(kind=kind, table=table, name=name)
            waiting.update(kind=f"{BACK}{kind}", steps=NOTHING, position=migration)
        else:
            contract.cancel(connection, [(kind, table, name)])


def _is_renamed(name: str, deferrals: Iterable[Deferral]) -> bool:
    """Whether one of them waits under another name, to make room for this one."""
    return any(step.sql.endswith(f" RENAME TO {name}") for one in deferrals for step in one.restore)


def came_back(connection: BaseDatabaseWrapper, migration: str) -> set[Key]:
    """What it has brought back."""
    return {
        (entry.kind.removeprefix(BACK), entry.table, entry.name)
        for entry in _noted(connection)
        if entry.position == migration
    }


def wait_again(connection: BaseDatabaseWrapper, migration: str, deferrals: Iterable[Deferral]) -> None:
    """Enters what it had brought back, as of the version that entered it first: `migration` is being undone."""
    for one in deferrals:
        kind, table, name = one.key
        steps, restore = ([step.to_json() for step in some] for some in (one.steps, one.restore))
        noted = entries(connection).filter(kind=f"{BACK}{kind}", table=table, name=name, position=migration)
        noted.update(kind=kind, steps=steps, restore=restore, position=AGAIN)


def forget(connection: BaseDatabaseWrapper) -> None:
    """What no older version needs any more is dropped at once if it is undone."""
    for entry in _noted(connection):
        if not Item(connection, entry).stays():
            delete(entries(connection).filter(pk=entry.pk))


def _noted(connection: BaseDatabaseWrapper) -> list[Any]:
    if connection.vendor != "postgresql" or not exists(connection, contract_model()):
        return []
    return list(entries(connection).filter(kind__startswith=BACK))
