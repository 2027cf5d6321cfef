"""Facts follow what a release does, so that what comes after is judged by what is there then."""

from collections.abc import Iterable
from dataclasses import replace

from releases.judge.facts import Column, Facts
from releases.judge.objects import Object, dropped_by
from releases.judge.renames import renamed
from releases.judge.retyping import filled, retyped
from releases.judge.sql import Node, kind, parsed

NOTED = ("RENAME", "COLUMN", "DROP", "UPDATE")


def followed(facts: Facts, texts: Iterable[str]) -> Facts:
    """The facts once the statements have run, as far as they rename tables, columns and indexes, and as to the columns
    that they add or fill, what they change of columns, and the views and triggers that they drop. The same object if
    they do none of that."""
    for text in texts:
        if any(word in text.upper() for word in NOTED):
            for statement in (one for one in parsed([text]) if kind(one) in FOLLOWED):
                facts = FOLLOWED[kind(statement)](facts, statement)
    return facts


def _freed(facts: Facts, statement: Node) -> Facts:
    """Without dependents that it drops."""
    gone = {*dropped_by(statement)}
    if not gone:
        return facts
    tables = {
        name: replace(table, columns={key: _without(one, gone) for key, one in table.columns.items()})
        for name, table in facts.tables.items()
    }
    return replace(facts, tables=tables)


def _without(column: Column, gone: set[Object]) -> Column:
    left = tuple(one for one in column.dependents if one not in gone)
    return column if left == column.dependents else replace(column, dependents=left)


FOLLOWED = {"RenameStmt": renamed, "AlterTableStmt": retyped, "DropStmt": _freed, "UpdateStmt": filled}
