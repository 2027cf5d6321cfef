"""Whether rows violate a unique constraint or index that a statement would add."""

import postgast
from postgast import pg_query_pb2 as tree

from releases.judge.facts import Facts, Table
from releases.judge.sql import Node, kind, listed_names, name_of, parse, quote, write_expression


def queries(sql: str, facts: Facts) -> list[str]:
    """For each unique constraint or index on columns that exist, a query for an example: its values and their count."""
    found = []
    for statement in parse(sql):
        if kind(statement) not in ("IndexStmt", "AlterTableStmt"):
            continue
        table = facts.table(statement.relation.relname, statement.relation.schemaname)
        if table is not None:
            found += [query for query in _queries(statement, table) if query]
    return found


def _queries(statement: Node, table: Table) -> list[str]:
    if kind(statement) == "IndexStmt":
        return [_of_index(statement, table)] if statement.unique else []
    added = [
        getattr(one.alter_table_cmd, "def").constraint
        for one in statement.cmds
        if one.alter_table_cmd.subtype == tree.AT_AddConstraint
    ]
    return [
        _query(statement.relation, list(map(quote, listed_names(one.keys))), "", one.nulls_not_distinct)
        for one in added
        if one.contype == tree.CONSTR_UNIQUE and not one.indexname and table.columns.keys() >= {*listed_names(one.keys)}
    ]


def _of_index(statement: Node, table: Table) -> str:
    """Empty if it is on columns that do not exist yet."""
    elements = [one.index_elem for one in statement.index_params]
    named = {one.name for one in elements if one.name}
    for reference in postgast.find_nodes(statement, tree.ColumnRef):
        named.add(reference.fields[-1].string.sval)
    if not table.columns.keys() >= named:
        return ""
    values = [quote(one.name) if one.name else f"({write_expression(one.expr)})" for one in elements]
    where = write_expression(statement.where_clause) if statement.HasField("where_clause") else ""
    return _query(statement.relation, values, where, statement.nulls_not_distinct)


def _query(relation: Node, values: list[str], where: str, nulls_not_distinct: bool) -> str:
    conditions = [f"({where})"] if where else []
    conditions += [] if nulls_not_distinct else [f"{value} IS NOT NULL" for value in values]
    return (
        f"SELECT {', '.join(values)}, count(*) FROM {name_of(relation)}"
        f"{' WHERE ' if conditions else ''}{' AND '.join(conditions)}"
        f" GROUP BY {', '.join(map(str, range(1, len(values) + 1)))} HAVING count(*) > 1 LIMIT 1"
    )
