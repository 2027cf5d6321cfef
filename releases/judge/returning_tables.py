"""A table that comes back before it was dropped. In a step back, its columns that were removed before it follow it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge.facts import Table
from releases.judge.sql import Node, name_of, write_type
from releases.judge.types import is_same

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances


def without_waiting(existing: Table, statement: Node, circumstances: "Circumstances") -> Table:
    """The table as it stands without the columns that come back after it. Takes out of the statement the key that
    Django makes up for a model as long as its own has not come back."""
    table, declared = name_of(statement.relation), {one.column_def.colname for one in statement.table_elts}
    waiting = {key[2] for key in circumstances.pending if key[:2] == ("column", table)} - declared
    if waiting.intersection(existing.key_columns):
        kept = [one for one in statement.table_elts if not _is_key(one.column_def)]
        del statement.table_elts[:]
        statement.table_elts.extend(kept)
    return replace(existing, columns={name: one for name, one in existing.columns.items() if name not in waiting})


def is_back(column: Node, relation: Node, circumstances: "Circumstances") -> bool:
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
