"""A unique constraint or index that is replaced under its own name: the one that waits to be dropped gets another.

The old version does not notice: ON CONFLICT names columns.
"""

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

from releases.judge.indexes import BINDS
from releases.judge.removals import unique_constraint, unique_index
from releases.judge.sql import Node, object_name, quote, relation_named
from releases.judge.verdict import SHORT, Action, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

REPLACED = "The one of that name that waits to be dropped is called {} until then."


def make_room(name: str, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> None:
    """Renames what waits to be dropped under `name`, of whatever table, and lets it wait under the other name."""
    for key, item in list(circumstances.pending.items()):
        if key[0] not in ("constraint", "index") or key[2] != name:
            continue
        other = _free_name(name, circumstances)
        verdict.now.append(_rename(name, other))
        verdict.cancelled.append(key)
        restore = (*(Step(**step) for step in item.restore), Step(_rename(other, name)))
        if key[0] == "constraint":
            verdict.deferred.append(unique_constraint(other, relation_named(key[1]), restore))
        else:
            index = circumstances.facts.indexes.get(name)
            verdict.deferred.append(unique_index(other, index.table if index else relation.relname, restore))
        verdict.note(Action.ONLINE, REPLACED.format(other), lock=SHORT, old_version=BINDS)


def replaced_by(name: str, circumstances: "Circumstances") -> Iterator[str]:
    """The names that waiting ones got to make room for another `name`; the last one first."""
    for (_, _, other), item in reversed([*circumstances.pending.items()]):
        if any(step["sql"] == _rename(other, name) for step in item.restore):
            yield other


def _free_name(name: str, circumstances: "Circumstances") -> str:
    taken = {*circumstances.facts.indexes, *(waiting for _, _, waiting in circumstances.pending)}
    names = (object_name(name, "", f"replaced_{number}") for number in count(1))
    return next(one for one in names if one not in taken)


def _rename(name: str, other: str) -> str:
    """Also renames the constraint that has the index."""
    return f"ALTER INDEX {quote(name)} RENAME TO {quote(other)}"
