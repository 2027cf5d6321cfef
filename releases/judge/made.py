"""The tables and columns that statements have made, and the facts without them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from postgast import pg_query_pb2 as tree

from releases.judge.facts import Facts, Table
from releases.judge.sql import Node, kind, parsed

ALL = ""
"""Instead of a column: the table."""


@dataclass
class Made:
    """Pairs of table and column. What only came back is not among them: an old version may have known it before."""

    pairs: set[tuple[str, str]] = field(default_factory=set)
    _dropped: set[tuple[str, str]] = field(default_factory=set)

    def follow(self, texts: Iterable[str]) -> None:
        rules = {
            "CreateStmt": self._create,
            "AlterTableStmt": self._alter,
            "RenameStmt": self._rename,
            "DropStmt": self._drop,
        }
        for statement in parsed(texts):
            if rule := rules.get(kind(statement)):
                rule(statement)

    def without(self, facts: Facts) -> Facts:
        """The facts as they are without this."""
        tables = {name: table for name, table in facts.tables.items() if (name.split(".")[-1], ALL) not in self.pairs}
        return replace(
            facts,
            tables={name: self._reduced(name.split(".")[-1], table) for name, table in tables.items()},
            indexes={name: index for name, index in facts.indexes.items() if index.table in tables},
        )

    def _reduced(self, name: str, table: Table) -> Table:
        """Its new columns are like those that this release adds."""
        new = {column for column in table.columns if (name, column) in self.pairs}
        if not new:
            return table
        columns = {column: one for column, one in table.columns.items() if column not in new}
        return replace(table, columns=columns, added={column: table.columns[column] for column in new})

    def _create(self, statement: Node) -> None:
        self._add(statement.relation.relname, ALL)

    def _alter(self, statement: Node) -> None:
        for command in (one.alter_table_cmd for one in statement.cmds):
            if command.subtype == tree.AT_AddColumn:
                self._add(statement.relation.relname, getattr(command, "def").column_def.colname)
            elif command.subtype == tree.AT_DropColumn:
                self._remove(statement.relation.relname, command.name)

    def _rename(self, statement: Node) -> None:
        table, new = statement.relation.relname, statement.newname
        if statement.rename_type == tree.OBJECT_COLUMN and (table, statement.subname) in self.pairs:
            self.pairs = self.pairs - {(table, statement.subname)} | {(table, new)}
        elif statement.rename_type == tree.OBJECT_TABLE:
            self.pairs = {(new if name == table else name, column) for name, column in self.pairs}

    def _drop(self, statement: Node) -> None:
        if statement.remove_type == tree.OBJECT_TABLE:
            for one in statement.objects:
                self._remove(one.list.items[-1].string.sval, ALL)

    def _add(self, table: str, column: str) -> None:
        if (table, column) not in self._dropped and (table, ALL) not in self._dropped:
            self.pairs.add((table, column))

    def _remove(self, table: str, column: str) -> None:
        if (table, column) in self.pairs:
            self.pairs.discard((table, column))
        else:
            self._dropped.add((table, column))
