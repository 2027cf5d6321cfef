"""Columns that a release adds or fills, and the types, defaults and NOT NULL that it changes."""

from dataclasses import replace

from postgast import pg_query_pb2 as tree

from releases.judge.facts import Column, Facts, Table
from releases.judge.shared_values import filled_column
from releases.judge.sql import Node, collation_of, write_expression, write_type


def retyped(facts: Facts, statement: Node) -> Facts:
    """The facts after an ALTER TABLE."""
    table = facts.table(statement.relation.relname, statement.relation.schemaname)
    if table is None:
        return facts
    now = table
    for one in statement.cmds:
        now = after(now, one.alter_table_cmd)
    if now is table:
        return facts
    return replace(facts, tables={name: now if one is table else one for name, one in facts.tables.items()})


def filled(facts: Facts, statement: Node) -> Facts:
    """The facts after an UPDATE that replaces NULL in one column."""
    name, relation = filled_column(statement), statement.relation
    table = facts.table(relation.relname, relation.schemaname) if name else None
    if table is None or name not in table.columns:
        return facts
    now = _changed(table, name, filled=write_expression(statement.target_list[0].res_target.val))
    return replace(facts, tables={name: now if one is table else one for name, one in facts.tables.items()})


def after(table: Table, command: Node) -> Table:
    """The table after a command of ALTER TABLE."""
    given = getattr(command, "def")
    if command.subtype == tree.AT_AddColumn:
        column = given.column_def
        parts = {one.constraint.contype: one.constraint for one in column.constraints}
        default = write_expression(parts[tree.CONSTR_DEFAULT].raw_expr) if tree.CONSTR_DEFAULT in parts else ""
        not_null, collation = tree.CONSTR_NOTNULL in parts, collation_of(column)
        added = Column(write_type(column.type_name), not_null, bool(default), default, collation)
        return replace(table, added={**table.added, column.colname: added})
    if command.subtype == tree.AT_AlterColumnType:
        changed = given.column_def
        return _changed(table, command.name, type=write_type(changed.type_name), collation=collation_of(changed))
    if command.subtype in (tree.AT_SetNotNull, tree.AT_DropNotNull):
        return _changed(table, command.name, not_null=command.subtype == tree.AT_SetNotNull)
    if command.subtype == tree.AT_DropIdentity:
        return _changed(table, command.name, has_default=False)
    if command.subtype == tree.AT_ColumnDefault and command.HasField("def"):
        return _changed(table, command.name, has_default=True, default=write_expression(given))
    return table


def _changed(table: Table, name: str, **values: str | bool) -> Table:
    column = table.column(name)
    if column is None:
        return table
    changed = {name: replace(column, **values)}  # type: ignore[arg-type]
    if name in table.columns:
        return replace(table, columns={**table.columns, **changed})
    return replace(table, added={**table.added, **changed})
