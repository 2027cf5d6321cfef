"""SQL as PostgreSQL's own parser reads it, and text made from that again."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import postgast
from postgast import pg_query_pb2 as tree

Node = Any
LONGEST_NAME = 63  # bytes
STABLE = {"now", "statement_timestamp", "transaction_timestamp", "current_setting", "current_user"}


def parse(sql: str) -> list[Node]:
    """The statements of `sql`: messages such as AlterTableStmt. Raises postgast.PgQueryError if it is not valid SQL."""
    return [getattr(one.stmt, one.stmt.WhichOneof("node")) for one in postgast.parse(sql).stmts]


def parsed(texts: Iterable[str]) -> Iterator[Node]:
    """The statements of several texts, without the texts that are not valid SQL."""
    for text in texts:
        with suppress(postgast.PgQueryError):
            yield from parse(text)


def kind(node: Node) -> str:
    """`IndexStmt`."""
    return str(node.DESCRIPTOR.name)


def inner(node: Node) -> Node:
    """What a wrapping Node holds."""
    return getattr(node, node.WhichOneof("node"))


def write(statement: Node) -> str:
    """The text of a statement."""
    result = tree.ParseResult(version=180000)
    wrapped = result.stmts.add().stmt
    field = next(f.name for f in wrapped.DESCRIPTOR.fields if f.message_type == statement.DESCRIPTOR)
    getattr(wrapped, field).CopyFrom(statement)
    return str(postgast.deparse(result))


def write_expression(node: Node) -> str:
    """The text of an expression."""
    select = parse("SELECT 1")[0]
    select.target_list[0].res_target.val.CopyFrom(node)
    return write(select).removeprefix("SELECT ")


def write_type(type_name: Node) -> str:
    """The text of a type, with its modifiers."""
    select = parse("SELECT NULL::int")[0]
    select.target_list[0].res_target.val.type_cast.type_name.CopyFrom(type_name)
    return write(select).removeprefix("SELECT NULL::")


def collation_of(column: Node) -> str:
    """Of a column's definition; empty for that of its type."""
    return column.coll_clause.collname[-1].string.sval if column.HasField("coll_clause") else ""


def quote(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def digest(text: str) -> str:
    """For a name that no project has."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def fill_name(table: str, column: str) -> str:
    """Of the trigger that fills a column, and of its function."""
    return f"releases_fill_{digest(f'{table}.{column}')}"


def name_of(relation: Node) -> str:
    """A table as SQL names it."""
    schema = f"{quote(relation.schemaname)}." if relation.schemaname else ""
    return schema + quote(relation.relname)


def full_name(relation: Node) -> str:
    """A table as the facts name it."""
    return f"{relation.schemaname}.{relation.relname}" if relation.schemaname else str(relation.relname)


def relation_named(name: str) -> Node:
    """Of a table as SQL names it."""
    return parse(f"TABLE {name}")[0].from_clause[0].range_var


def listed_names(names: Any) -> tuple[str, ...]:
    """Columns of a constraint."""
    return tuple(one.string.sval for one in names)


def listed(names: Any) -> str:
    """The same as SQL names them."""
    return ", ".join(map(quote, listed_names(names)))


def object_name(table: str, column: str, label: str) -> str:
    """The name that PostgreSQL gives to a constraint without one (makeObjectName in indexcmds.c), in 63 bytes."""
    if not column:  # of a primary key
        return f"{table.encode()[: LONGEST_NAME - len(label) - 1].decode(errors='ignore')}_{label}"
    first, second = table.encode(), column.encode()
    available = LONGEST_NAME - len(label) - 2
    while len(first) + len(second) > available:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    return f"{first.decode(errors='ignore')}_{second.decode(errors='ignore')}_{label}"


def is_serial(column: Node) -> bool:
    return column.type_name.names[-1].string.sval in ("serial", "bigserial", "smallserial")


def is_stable(node: Node) -> bool:
    """Whether an expression has the same value for all rows of a statement."""
    return {call.funcname[-1].string.sval for call in postgast.find_nodes(node, tree.FuncCall)} <= STABLE


def named_columns(node: Node) -> set[str]:
    """The columns that an index or the expressions in `node` name."""
    references = {one.fields[-1].string.sval for one in postgast.find_nodes(node, tree.ColumnRef)}
    return references | {one.name for one in postgast.find_nodes(node, tree.IndexElem) if one.name}


def touched(sql: str) -> list[str]:
    """The names of the tables that `sql` names, and of the indexes and tables that it drops, with their schemas."""
    names = []
    for statement in parse(sql):
        dropped = statement.objects if kind(statement) == "DropStmt" else ()
        names += [".".join(listed_names(one.list.items)) for one in dropped if one.WhichOneof("node") == "list"]
        for relation in postgast.find_nodes(statement, tree.RangeVar):
            names.append(".".join(filter(None, (relation.schemaname, relation.relname))))
    return names
