"""Whether what stands in the database is what a statement declares."""

from collections.abc import Iterator, Sequence

from postgast import pg_query_pb2 as tree

from releases.judge.facts import Constraint, Index, Table
from releases.judge.sql import Node, listed_names, parse, write, write_type
from releases.judge.types import is_same


def is_declared_as(existing: Table, statement: Node) -> bool:
    """Whether the table has the columns of the statement, with what it needs of them."""
    columns = {}
    for one in statement.table_elts:
        if one.WhichOneof("node") == "constraint":
            if one.constraint.conname and one.constraint.conname not in existing.constraints:
                return False
            continue
        column = one.column_def
        columns[column.colname] = write_type(column.type_name), {part.constraint.contype for part in column.constraints}
    found = existing.columns
    return (
        columns.keys() <= found.keys()
        and all(
            is_same(found[name].type, type_name) and (tree.CONSTR_NOTNULL in parts or not found[name].not_null)
            for name, (type_name, parts) in columns.items()
        )
        and _unique(existing) >= {name for name, (_, parts) in columns.items() if tree.CONSTR_UNIQUE in parts}
        and all(found[name].has_default for name, (_, parts) in columns.items() if tree.CONSTR_DEFAULT in parts)
        and all(not found[name].not_null or found[name].has_default for name in found.keys() - columns.keys())
    )


def _unique(existing: Table) -> set[str]:
    """The columns that are unique by themselves."""
    return {one.columns[0] for one in existing.constraints.values() if one.kind == "u" and len(one.columns) == 1}


def same_constraints(existing: Table, constraint: Node) -> Iterator[str]:
    """The names of those that are the same unique constraint or primary key."""
    for name, one in existing.constraints.items():
        if one.kind in "pu" and _is_same(one, constraint):
            yield name


def _is_same(existing: Constraint, declared: Node) -> bool:
    if not existing.definition:  # in the worst case, which is made up
        return existing.columns == listed_names(declared.keys)
    return bool(_of(existing.definition) == _nameless(declared))


def is_same_index(existing: Index, statement: Node) -> bool:
    """False if in doubt: the server writes some conditions in words of its own."""
    return _plain(parse(existing.definition)[0]) == _plain(statement)


def _of(definition: str) -> Node:
    """A constraint, from what pg_get_constraintdef() says of it."""
    command = parse(f"ALTER TABLE one ADD {definition}")[0].cmds[0].alter_table_cmd
    return _nameless(getattr(command, "def").constraint)


def _plain(index: Node) -> str:
    """Its text without its name, its schema, and the casts that the server adds."""
    copy = type(index)()
    copy.CopyFrom(index)
    copy.idxname = copy.relation.schemaname = ""
    _uncast(copy)
    return write(copy)


def _uncast(message: Node) -> None:
    """Replaces every cast in it by what is cast."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for one in value if isinstance(value, Sequence) else [value]:
            while isinstance(one, tree.Node) and one.WhichOneof("node") == "type_cast":
                cast = tree.Node()
                cast.CopyFrom(one.type_cast.arg)
                one.CopyFrom(cast)
            _uncast(one)


def _nameless(constraint: Node) -> Node:
    copy = type(constraint)()
    copy.CopyFrom(constraint)
    copy.conname, copy.location = "", 0
    return copy
