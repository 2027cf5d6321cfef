"""Tables, columns and indexes that a release renames."""

from collections.abc import Callable
from dataclasses import replace

from postgast import find_nodes
from postgast import pg_query_pb2 as tree

from releases.judge.facts import Constraint, Facts, Table
from releases.judge.sql import Node, parse, write

Reword = Callable[[str, Node], None]
"""Changes names in a statement that is given with the name of its table."""


def renamed(facts: Facts, statement: Node) -> Facts:
    """The facts after a RENAME."""
    relation, new = statement.relation, statement.newname
    if statement.rename_type == tree.OBJECT_INDEX and relation.relname in facts.indexes:
        return _index_renamed(facts, relation.relname, new)
    table = facts.table(relation.relname, relation.schemaname)
    if table is None:
        return facts
    if statement.rename_type == tree.OBJECT_TABLE:
        return _table_renamed(facts, table, new)
    if statement.rename_type == tree.OBJECT_COLUMN and table.column(statement.subname):
        return _column_renamed(facts, table, statement.subname, new)
    return facts


def _index_renamed(facts: Facts, old: str, new: str) -> Facts:
    """And the constraint that has the index."""
    owner = facts.tables.get(facts.indexes[old].table)
    tables = dict(facts.tables)
    if owner and old in owner.constraints:
        constraints = {new if name == old else name: one for name, one in owner.constraints.items()}
        now = replace(owner, constraints=constraints)
        tables = {name: now if one is owner else one for name, one in tables.items()}
    indexes = {new if name == old else name: one for name, one in facts.indexes.items()}
    return replace(facts, tables=tables, indexes=indexes)


def _table_renamed(facts: Facts, table: Table, new: str) -> Facts:
    names = {name: _with_last_part(name, new) for name, one in facts.tables.items() if one is table}

    def reword(_: str, statement: Node) -> None:
        for relation in find_nodes(statement, tree.RangeVar):
            if facts.table(relation.relname, relation.schemaname) is table:
                relation.relname = new

    return _reworded(facts, names, reword)


def _column_renamed(facts: Facts, table: Table, old: str, new: str) -> Facts:
    names = {name for name, one in facts.tables.items() if one is table}

    def reword(owner: str, statement: Node) -> None:
        listed: list[Node] = []
        for constraint in find_nodes(statement, tree.Constraint):
            referred = facts.table(constraint.pktable.relname, constraint.pktable.schemaname)
            listed += _columns_named(constraint, own=owner in names, referenced=referred is table)
        if owner in names:
            listed += [node for reference in find_nodes(statement, tree.ColumnRef) for node in reference.fields]
            for element in find_nodes(statement, tree.IndexElem):
                element.name = new if element.name == old else element.name
        for node in listed:
            if node.string.sval == old:
                node.string.sval = new

    columns = {new if name == old else name: column for name, column in table.columns.items()}
    constraints = {
        name: replace(one, columns=tuple(new if column == old else column for column in one.columns))
        for name, one in table.constraints.items()
    }
    added = {new if name == old else name: column for name, column in table.added.items()}
    now = replace(table, columns=columns, constraints=constraints, added=added)
    tables = {name: now if name in names else one for name, one in facts.tables.items()}
    return _reworded(replace(facts, tables=tables), {}, reword)


def _columns_named(constraint: Node, *, own: bool, referenced: bool) -> list[Node]:
    mine = [*constraint.keys, *constraint.fk_attrs, *constraint.including] if own else []
    return [*mine, *constraint.pk_attrs] if referenced else mine


def _reworded(facts: Facts, names: dict[str, str], reword: Reword) -> Facts:
    """With other `names` of tables, and the definitions of constraints and indexes in the new words."""
    changed: dict[int, Table] = {}
    for name, table in facts.tables.items():  # one table has two names
        if id(table) not in changed:
            constraints = {key: _constraint(name, one, reword) for key, one in table.constraints.items()}
            changed[id(table)] = replace(table, constraints=constraints)
    tables = {names.get(name, name): changed[id(table)] for name, table in facts.tables.items()}
    indexes = {
        name: replace(
            one, table=names.get(one.table, one.table), definition=_definition(one.table, one.definition, reword)
        )
        for name, one in facts.indexes.items()
    }
    return replace(facts, tables=tables, indexes=indexes)


def _constraint(table: str, constraint: Constraint, reword: Reword) -> Constraint:
    head = "ALTER TABLE t ADD "
    text = _definition(table, head + constraint.definition, reword) if constraint.definition else ""
    return replace(constraint, definition=text.removeprefix(head))


def _definition(table: str, text: str, reword: Reword) -> str:
    """`text` unchanged if the names in it are."""
    if not text:
        return text
    (statement,) = parse(text)
    before = statement.SerializeToString()
    reword(table, statement)
    return text if statement.SerializeToString() == before else write(statement)


def _with_last_part(name: str, new: str) -> str:
    return ".".join([*name.split(".")[:-1], new])
