"""Whether rows violate what statements would add: then a release would fail at it in the middle."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from postgast import pg_query_pb2 as tree

from releases.judge.facts import Facts, Table
from releases.judge.shared_values import filled_column, fills_key
from releases.judge.sql import (
    Node,
    is_serial,
    is_stable,
    kind,
    listed_names,
    name_of,
    named_columns,
    parsed,
    quote,
    write_expression,
)

WITH_VALUE = {tree.CONSTR_DEFAULT, tree.CONSTR_IDENTITY, tree.CONSTR_GENERATED}


@dataclass(frozen=True)
class Violation:
    """`query` counts the rows; it finds nothing, or 0, if all is well. `words` are a format string of that count."""

    query: str
    words: str


def violations(texts: Iterable[str], facts: Facts) -> Iterator[Violation]:
    """Of the statements of one operation: what can be asked of columns that exist already."""
    filled: set[str] = set()
    for statement in (one for one in parsed(texts) if kind(one) in ("AlterTableStmt", "IndexStmt", "UpdateStmt")):
        table = facts.table(statement.relation.relname, statement.relation.schemaname)
        if table is None:
            continue
        where = name_of(statement.relation)
        if kind(statement) == "UpdateStmt":
            if not fills_key(statement, facts):
                filled.add(filled_column(statement))
        elif kind(statement) == "IndexStmt":
            yield from _of_index(statement, where, table)
        else:
            for one in statement.cmds:
                yield from _of_command(one.alter_table_cmd, where, table, filled)


def _of_command(command: Node, where: str, table: Table, filled: set[str]) -> Iterator[Violation]:
    if command.subtype == tree.AT_SetNotNull and command.name in table.columns.keys() - filled:
        yield _without_value(where, command.name)
    elif command.subtype == tree.AT_AddConstraint:
        constraint = getattr(command, "def").constraint
        rules = {tree.CONSTR_UNIQUE: _of_unique, tree.CONSTR_CHECK: _of_check, tree.CONSTR_FOREIGN: _of_foreign_key}
        if rule := rules.get(constraint.contype):
            yield from rule(constraint, where, table)
    elif command.subtype == tree.AT_AddColumn:
        yield from _of_column(getattr(command, "def").column_def, where, table)


def _of_column(column: Node, where: str, table: Table) -> Iterator[Violation]:
    """One that waits to be dropped has its values, and is not added again."""
    name, parts = column.colname, {one.constraint.contype: one.constraint for one in column.constraints}
    default = parts.get(tree.CONSTR_DEFAULT)
    lacks_value = tree.CONSTR_NOTNULL in parts and not (parts.keys() & WITH_VALUE or is_serial(column))
    if name in table.columns:
        if lacks_value:
            yield _without_value(where, name)
    elif lacks_value:
        yield Violation(f"SELECT count(*) FROM {where}", f"there are {{}}, and {name} has no value for them")
    elif default is not None and tree.CONSTR_UNIQUE in parts and is_stable(default.raw_expr):
        words = f"there are {{}} that would have the same {name}"
        yield Violation(f"SELECT count(*) FROM {where} HAVING count(*) > 1", words)


def _without_value(where: str, column: str) -> Violation:
    query = f"SELECT count(*) FROM {where} WHERE {quote(column)} IS NULL"
    return Violation(query, f"there are {{}} without a value in {column}")


def _of_unique(constraint: Node, where: str, table: Table) -> Iterator[Violation]:
    names = listed_names(constraint.keys)
    if not constraint.indexname and table.columns.keys() >= {*names}:
        yield _duplicates(where, list(map(quote, names)), "", constraint.nulls_not_distinct)


def _of_check(constraint: Node, where: str, table: Table) -> Iterator[Violation]:
    if table.columns.keys() >= named_columns(constraint):
        condition = write_expression(constraint.raw_expr)
        yield Violation(f"SELECT count(*) FROM {where} WHERE NOT ({condition})", "there are {}")


def _of_foreign_key(constraint: Node, where: str, table: Table) -> Iterator[Violation]:
    """Django's have one column each."""
    columns, targets = listed_names(constraint.fk_attrs), listed_names(constraint.pk_attrs)
    if len(columns) == len(targets) == 1 and columns[0] in table.columns:
        target, column = name_of(constraint.pktable), quote(columns[0])
        query = (
            f"SELECT count(*) FROM {where} AS one WHERE one.{column} IS NOT NULL AND NOT EXISTS"
            f" (SELECT FROM {target} AS other WHERE other.{quote(targets[0])} = one.{column})"
        )
        yield Violation(query, f"there are {{}} whose {columns[0]} refers to no row of {constraint.pktable.relname}")


def _of_index(statement: Node, where: str, table: Table) -> Iterator[Violation]:
    elements = [one.index_elem for one in statement.index_params]
    if statement.unique and table.columns.keys() >= named_columns(statement):
        values = [quote(one.name) if one.name else f"({write_expression(one.expr)})" for one in elements]
        condition = write_expression(statement.where_clause) if statement.HasField("where_clause") else ""
        yield _duplicates(where, values, condition, statement.nulls_not_distinct)


def _duplicates(where: str, values: list[str], condition: str, nulls_not_distinct: bool) -> Violation:
    conditions = [f"({condition})"] if condition else []
    conditions += [] if nulls_not_distinct else [f"{value} IS NOT NULL" for value in values]
    query = (
        f"SELECT count(*) FROM {where}{' WHERE ' if conditions else ''}{' AND '.join(conditions)}"
        f" GROUP BY {', '.join(values)} HAVING count(*) > 1 LIMIT 1"
    )
    names = ", ".join(value.replace('"', "") for value in values).replace("{", "{{").replace("}", "}}")
    return Violation(query, f"there are {{}} with the same {names}")
