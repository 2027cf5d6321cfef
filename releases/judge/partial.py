"""A step back from an operation that was interrupted: only what it made is dropped, only what it dropped is made."""

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge.sql import Node, kind, quote
from releases.judge.verdict import Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances


def is_undone(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Whether the statement needs nothing more than what is in `verdict`. Takes out of it what needs nothing."""
    if kind(statement) == "IndexStmt":
        return _stands(statement.idxname, circumstances, verdict)
    if kind(statement) != "AlterTableStmt":
        return False
    kept = [one for one in statement.cmds if not _is_dropped(one.alter_table_cmd, statement, circumstances, verdict)]
    del statement.cmds[:]
    statement.cmds.extend(kept)
    return not kept


def _stands(name: str, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Dropping the index was still to come; if that was interrupted, it is not valid any more."""
    index = circumstances.facts.indexes.get(name)
    if index and not index.valid:
        verdict.now.append(f"DROP INDEX IF EXISTS {quote(name)}")
    return index is not None and index.valid


def _is_dropped(command: Node, statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """A unique constraint was perhaps only an index up to now, or nothing."""
    table = circumstances.facts.table(statement.relation.relname, statement.relation.schemaname)
    if command.subtype != tree.AT_DropConstraint or table is None or command.name in table.constraints:
        return False
    if command.name in circumstances.facts.indexes:
        verdict.now.append(f"DROP INDEX IF EXISTS {quote(command.name)}")
    return True
