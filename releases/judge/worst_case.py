"""The facts of a database in which every table of a project's state is large and in use."""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ProjectState
from postgast import pg_query_pb2 as tree

from releases.judge.declared import database_defaults, unique_keys
from releases.judge.facts import Column, Constraint, Facts, Index, Table
from releases.judge.new_columns import WITH_VALUE
from releases.judge.sql import Node, collation_of, full_name, kind, listed_names, object_name, parse, write, write_type
from releases.postgresql.offline import offline

SIZE, ROWS = 1024**3, 10_000_000
KINDS = {
    tree.CONSTR_PRIMARY: ("p", "pkey"),
    tree.CONSTR_UNIQUE: ("u", "key"),
    tree.CONSTR_CHECK: ("c", "check"),
    tree.CONSTR_FOREIGN: ("f", "fkey"),
    tree.CONSTR_EXCLUSION: ("x", "excl"),
}

Constraints = dict[str, Constraint]


def facts_of(state: ProjectState, connection: BaseDatabaseWrapper) -> Facts:
    """Reads them from the statements that create the tables of `state`."""
    tables: dict[str, tuple[dict[str, Column], Constraints]] = {}
    indexes: dict[str, Index] = {}
    for statement in _statements(state, connection):
        name = full_name(statement.relation)
        if kind(statement) == "CreateStmt":
            tables[name] = _columns(statement), _constraints(statement)
        elif kind(statement) == "IndexStmt":
            schema = f"{statement.relation.schemaname}." if statement.relation.schemaname else ""
            indexes[schema + statement.idxname] = Index(name, statement.unique, write(statement))
        else:
            added = getattr(statement.cmds[0].alter_table_cmd, "def").constraint
            tables[name][1].update([_constraint(statement.relation.relname, added)])
    large = {name: Table(SIZE, True, ROWS, *parts) for name, parts in tables.items()}
    return Facts(large, indexes, unique_keys(), database_defaults())


def _statements(state: ProjectState, connection: BaseDatabaseWrapper) -> Iterator[Node]:
    """CREATE TABLE, CREATE INDEX and ALTER TABLE … ADD CONSTRAINT."""
    with offline(connection, Facts) as server:
        editor = server.schema_editor()
        for model in state.apps.get_models():
            if model._meta.can_migrate(server):
                editor.create_model(model)
        for text in (*editor.collected_sql, *map(str, editor.deferred_sql)):
            yield from (one for one in parse(text) if kind(one) in ("CreateStmt", "IndexStmt", "AlterTableStmt"))


def _columns(statement: Node) -> dict[str, Column]:
    columns = {}
    for column in _elements(statement, "column_def"):
        parts = {one.constraint.contype for one in column.constraints}
        columns[column.colname] = Column(
            write_type(column.type_name),
            tree.CONSTR_NOTNULL in parts,
            bool(WITH_VALUE & parts),
            collation=collation_of(column),
        )
    return columns


def _constraints(statement: Node) -> Constraints:
    table = statement.relation.relname
    constraints = dict(_constraint(table, one) for one in _elements(statement, "constraint"))
    for column in _elements(statement, "column_def"):
        for part in column.constraints:
            if part.constraint.contype in KINDS:
                constraints.update([_constraint(table, part.constraint, (column.colname,))])
    return constraints


def _elements(statement: Node, node: str) -> list[Node]:
    return [getattr(one, node) for one in statement.table_elts if one.WhichOneof("node") == node]


def _constraint(table: str, given: Node, columns: tuple[str, ...] = ()) -> tuple[str, Constraint]:
    """Its name, or the one that the server would give, with its kind and columns."""
    letter, label = KINDS[given.contype]
    columns = columns or listed_names(given.keys) or listed_names(given.fk_attrs)
    name = given.conname or object_name(table, "" if letter == "p" else "_".join(columns), label)
    return name, Constraint(letter, columns=columns)
