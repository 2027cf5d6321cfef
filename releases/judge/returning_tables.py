"""A table or column that comes back before it was dropped keeps its rows and values.

In a step back, the columns of a table that were removed before it follow it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge.cancelling import cancel, note_return
from releases.judge.facts import Table
from releases.judge.likeness import is_declared_as
from releases.judge.new_columns import take_out
from releases.judge.not_the_same import OTHER_COLUMN, OTHER_COLUMNS, OTHER_TABLE, OTHER_TARGET, OTHER_TYPE, refuse
from releases.judge.returning_columns import declare_again, refers_as_before
from releases.judge.sql import Node, full_name, name_of, write_type
from releases.judge.types import is_same
from releases.judge.verdict import Action, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

PASSING = "A later step drops it again: until then it may be NULL."


def table_back(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    table, relation = name_of(statement.relation), statement.relation
    key = ("table", table, "")
    if key not in circumstances.pending:
        return False
    existing = circumstances.facts.table(relation.relname, relation.schemaname)
    if existing is None:
        verdict.cancelled.append(key)  # it was dropped by hand
        return False
    found = _without_waiting(existing, statement, circumstances) if circumstances.backwards else existing
    if not is_declared_as(found, statement):
        refuse(OTHER_COLUMNS, OTHER_TABLE % relation.relname, key, circumstances, verdict)
        return False
    circumstances.returned.add((table, ""))
    for one in statement.table_elts:
        if one.WhichOneof("node") == "column_def":
            _column(one.column_def, relation, circumstances, verdict)
            _stay_unique(one.column_def, table, existing, circumstances, verdict)
    return cancel(key, circumstances, verdict)


def _stay_unique(column: Node, table: str, existing: Table, circumstances: "Circumstances", verdict: Verdict) -> None:
    if any(one.constraint.contype == tree.CONSTR_UNIQUE for one in column.constraints):
        same = (
            name for name, one in existing.constraints.items() if (one.kind, one.columns) == ("u", (column.colname,))
        )
        keys = (("constraint", table, name) for name in same)
        verdict.cancelled += [key for key in keys if key in circumstances.pending]


def column_back(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    column = getattr(command, "def").column_def
    if (full_name(relation), column.colname) in circumstances.passing:
        take_out(column, {tree.CONSTR_NOTNULL})
        verdict.note(Action.AS_IS, PASSING)
    return _is_back(column, relation, circumstances) or _column(column, relation, circumstances, verdict)


def _column(column: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    table = name_of(relation)
    key = ("column", table, column.colname)
    existing = circumstances.facts.table(relation.relname, relation.schemaname)
    if existing is None or key not in circumstances.pending:
        return False
    found = existing.columns.get(column.colname)
    if found is None:
        verdict.cancelled.append(key)  # it was dropped by hand
        return False
    if not is_same(found.type, write_type(column.type_name)):
        refuse(OTHER_TYPE, OTHER_COLUMN % column.colname, key, circumstances, verdict)
        return False
    if not (circumstances.backwards or refers_as_before(column, circumstances.pending[key])):
        refuse(OTHER_TARGET, OTHER_COLUMN % column.colname, key, circumstances, verdict)
        return False
    circumstances.returned.add((table, column.colname))
    declare_again(column, relation, existing, circumstances.pending[key], circumstances, verdict)
    verdict.cancelled.append(key)
    note_return(circumstances, verdict)
    return True


def _without_waiting(existing: Table, statement: Node, circumstances: "Circumstances") -> Table:
    """The table as it stands without the columns that come back after it. Takes out of the statement the key that
    Django makes up for a model as long as its own has not come back."""
    table, declared = name_of(statement.relation), {one.column_def.colname for one in statement.table_elts}
    waiting = {key[2] for key in circumstances.pending if key[:2] == ("column", table)} - declared
    if waiting.intersection(existing.key_columns):
        kept = [one for one in statement.table_elts if not _is_key(one.column_def)]
        del statement.table_elts[:]
        statement.table_elts.extend(kept)
    return replace(existing, columns={name: one for name, one in existing.columns.items() if name not in waiting})


def _is_back(column: Node, relation: Node, circumstances: "Circumstances") -> bool:
    """Whether a key came back with its table: Django declares that of a child model twice."""
    existing = circumstances.facts.table(relation.relname, relation.schemaname)
    if (
        not circumstances.backwards
        or existing is None
        or ("column", name_of(relation), column.colname) in circumstances.pending
    ):
        return False
    name = column.colname
    return name in existing.key_columns and is_same(existing.columns[name].type, write_type(column.type_name))


def is_foreign_key(command: Node, circumstances: "Circumstances") -> bool:
    """Whether it adds one. In a step back those that were dropped with the table come back with it."""
    is_constraint = command.subtype == tree.AT_AddConstraint and not circumstances.backwards
    return is_constraint and getattr(command, "def").constraint.contype == tree.CONSTR_FOREIGN


def _is_key(column: Node) -> bool:
    return any(one.constraint.contype == tree.CONSTR_PRIMARY for one in column.constraints)
