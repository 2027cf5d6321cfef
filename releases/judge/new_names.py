"""RENAME: the old version notices the new name of a table or column. What waits may name it, too."""

from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2 as tree

from releases.judge.constraints import not_null_waits
from releases.judge.removals import default_dropped
from releases.judge.sql import Node, name_of, quote
from releases.judge.verdict import SHORT, Action, Key, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

STILL_NAMED = "A change that waits for the old version names what it would rename, or the new name: {}."
FULFIL_FIRST = (
    "Rename it in a later release, once that change has been made. If the migrations are not yours: release those"
    " before this one (migrate APP NAME), make the change (migrate --finish), and release the rest."
)


def rename(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> None:
    """A renamed table or column breaks every statement of the old version. Names of indexes and constraints do not."""
    relation = statement.relation
    table = circumstances.facts.table(relation.relname, relation.schemaname)
    column = statement.rename_type == tree.OBJECT_COLUMN
    if not (column or statement.rename_type == tree.OBJECT_TABLE):
        index = statement.rename_type == tree.OBJECT_INDEX
        lock = "SHARE UPDATE EXCLUSIVE, for a moment" if index else SHORT
        verdict.note(Action.AS_IS, "No statement uses that name.", lock=lock)
    elif item := _taken(statement, circumstances):
        _refuse(item, verdict)
    elif table is None:
        verdict.note(Action.AS_IS, "The table is new.", lock=SHORT)
    elif column and statement.subname not in table.columns:
        _rename_new(statement, circumstances, verdict)
    elif item := _waiting_for(statement, circumstances):
        _refuse(item, verdict)
    else:
        verdict.note(
            Action.REFUSED,
            "It breaks every statement of the old version that names it.",
            old_version="Its statements fail.",
            instead=f'Keep the name in the database: db_column="{statement.subname}" on the field.'
            if column
            else f'Keep the name in the database: db_table = "{relation.relname}" in the Meta of the model.',
        )


def _taken(statement: Node, circumstances: "Circumstances") -> Any:
    """The item of the contract that will drop what has the new name until then, if this release leaves it."""
    if statement.rename_type == tree.OBJECT_COLUMN:
        key = ("column", name_of(statement.relation), statement.newname)
    else:
        key = ("table", quote(statement.newname), "")
    item: Any = circumstances.pending.get(key)
    return item if item and item.stays() else None


def _rename_new(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> None:
    """What waits of a column that this release adds gets its new name."""
    where, old, new = name_of(statement.relation), statement.subname, statement.newname
    verdict.note(Action.AS_IS, "The column is new.")
    for key in [key for key in circumstances.pending if key[1:] == (where, old)]:
        if key[0] == "default":
            verdict.deferred.append(default_dropped(new, statement.relation))
        elif key[0] == "not null":
            verdict.deferred.append(not_null_waits(statement.relation, new))
        else:
            _refuse(circumstances.pending[key], verdict)
            return
        verdict.cancelled.append(key)


def _refuse(item: Any, verdict: Verdict) -> None:
    verdict.note(Action.REFUSED, STILL_NAMED.format(item), instead=FULFIL_FIRST)
    verdict.is_final = True


def _waiting_for(statement: Node, circumstances: "Circumstances") -> Any:
    """An item of the contract that names what gets another name, or that name, and that this release leaves."""
    names = _names_column if statement.rename_type == tree.OBJECT_COLUMN else _names_table
    found = (item for key, item in circumstances.pending.items() if names(key, statement))
    return next((item for item in found if item.stays()), None)


def _names_table(key: Key, statement: Node) -> bool:
    return key[1] in (name_of(statement.relation), quote(statement.newname))


def _names_column(key: Key, statement: Node) -> bool:
    """The function of a trigger may name any column of its table."""
    kind, table, name = key
    named = kind == "trigger" or name in (statement.subname, statement.newname)
    return table == name_of(statement.relation) and named
