"""A default is one value for many rows: the old version must not write it where no two rows may have the same."""

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge.constraints import not_null_waits
from releases.judge.facts import Facts
from releases.judge.sql import Node, full_name, inner, is_stable, kind, name_of, quote
from releases.judge.verdict import Action, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

LEFT_OUT = (
    "It becomes unique, so the old version's inserts leave it NULL: its default is the same for all of them. NOT NULL"
    " waits until that version has gone."
)
NOT_FILLED = "It is unique, so what the old version leaves NULL cannot be replaced by one value."


def would_repeat(facts: Facts, relation: Node, column: str) -> bool:
    """Whether rows in which the old version writes one value into `column` would violate a rule of the models: it has
    no other column that the old version knows."""
    table = facts.table(relation.relname, relation.schemaname)
    if table is None:
        return False
    keys = facts.unique.get(full_name(relation), ())
    return any(column in key and table.columns.keys().isdisjoint({*key} - {column}) for key in keys)


def only_fills(command: Node, relation: Node, circumstances: "Circumstances") -> bool:
    """Whether a default is set only until the same operation has filled the rows that are there, and is unique."""
    facts = circumstances.facts
    is_declared = command.name in facts.database_defaults.get(full_name(relation), ())
    return not is_declared and circumstances.alters_field and would_repeat(facts, relation, command.name)


def default_dropped_now(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Whether the default of a column that is unique goes at once, as Django means it."""
    table = circumstances.facts.table(relation.relname, relation.schemaname)
    column = table.column(command.name) if table else None
    if (column and not column.is_constant) or not would_repeat(circumstances.facts, relation, command.name):
        return False
    if column and column.not_null and table and command.name in table.added:
        verdict.now.append(f"ALTER TABLE {name_of(relation)} ALTER COLUMN {quote(command.name)} DROP NOT NULL")
        verdict.deferred.append(not_null_waits(relation, command.name))
        verdict.note(Action.DEFERRED, LEFT_OUT)
    return True


def fills_key(statement: Node, facts: Facts) -> bool:
    """Whether it would write one value into several rows of a column that is unique."""
    value, column = statement.target_list[0].res_target.val, filled_column(statement)
    return is_stable(value) and would_repeat(facts, statement.relation, column)


def filled_column(statement: Node) -> str:
    """The column, if the statement sets a single column where it is NULL; otherwise empty."""
    if len(statement.target_list) != 1 or not statement.HasField("where_clause"):
        return ""
    target, where = statement.target_list[0].res_target, inner(statement.where_clause)
    if kind(where) != "NullTest" or where.nulltesttype != tree.IS_NULL:
        return ""
    fields = inner(where.arg).fields if kind(inner(where.arg)) == "ColumnRef" else ()
    return str(target.name) if fields and fields[-1].string.sval == target.name else ""
