"""What comes back before it was dropped: the pending change is cancelled, and nothing is created again.

A step back undoes a removal in this way without loss, and so does a later migration that adds the same again.
"""

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge import waiting_columns
from releases.judge.cancelling import cancel
from releases.judge.likeness import is_same_index, same_constraints
from releases.judge.replacing import make_room, replaced_by
from releases.judge.returning_tables import column_back, is_foreign_key, table_back
from releases.judge.sql import Node, kind, listed_names, name_of, object_name, quote
from releases.judge.verdict import Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances


def cancels(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Whether the statement needs nothing more than what is in `verdict`."""
    if not (circumstances.pending or circumstances.returned or circumstances.kept or circumstances.backwards):
        return False
    rules = {
        "CreateStmt": table_back,
        "IndexStmt": _index,
        "AlterTableStmt": _alter,
        "DropStmt": _gone,
        "ConstraintsSetStmt": _checks,
    }
    rule = rules.get(kind(statement))
    return bool(rule and rule(statement, circumstances, verdict))


def _index(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Going back, the index of that name is the same: what replaced it was undone before this."""
    table, name = name_of(statement.relation), statement.idxname
    existing = circumstances.facts.indexes.get(name)
    if circumstances.backwards or (existing and is_same_index(existing, statement)):
        same = [name, *replaced_by(name, circumstances)]
        if any(cancel(("index", quote(one), one), circumstances, verdict) for one in same):
            return True
    make_room(name, statement.relation, circumstances, verdict)
    back = any(returned == table for returned, _ in circumstances.returned)
    return back and existing is not None


def _checks(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """SET CONSTRAINTS after ADD COLUMN: the foreign key comes back by a step of its own."""
    return bool(circumstances.returned)


def _gone(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """A table that is dropped at once takes along what waits for it. Dropping some sequences waits already."""
    if statement.remove_type == tree.OBJECT_SEQUENCE:
        return all(one.list.items[-1].string.sval in circumstances.kept for one in statement.objects)
    if statement.remove_type == tree.OBJECT_TABLE:
        for one in statement.objects:
            names = [part.string.sval for part in one.list.items]
            if circumstances.facts.table(names[-1], ".".join(names[:-1])) is None or circumstances.backwards:
                table = ".".join(map(quote, names))
                if ("table", table, "") not in circumstances.came_back:
                    verdict.cancelled += [key for key in circumstances.pending if key[1] == table]
    return False


def _alter(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Takes the commands that are done out of the statement. Returns whether none is left."""
    back = (name_of(statement.relation), "") in circumstances.returned
    rules = {
        tree.AT_AddColumn: column_back,
        tree.AT_AddConstraint: _constraint,
        tree.AT_DropNotNull: waiting_columns.nullable,
        tree.AT_ColumnDefault: waiting_columns.default_set,
        tree.AT_AlterColumnType: waiting_columns.retyped,
        tree.AT_AddIdentity: waiting_columns.identity_added,
        tree.AT_DropColumn: waiting_columns.dropped,
        tree.AT_DropConstraint: _primary_key_gone,
    }
    kept = []
    for one in statement.cmds:
        command, rule = one.alter_table_cmd, rules.get(one.alter_table_cmd.subtype)
        done = rule is not None and rule(command, statement.relation, circumstances, verdict)
        if not done and (not back or is_foreign_key(command, circumstances)):
            kept.append(one)
    for one in [*kept]:
        kept += waiting_columns.default_in_its_type(one.alter_table_cmd, statement.relation, circumstances, verdict)
    del statement.cmds[:]
    statement.cmds.extend(kept)
    return not kept


def _constraint(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """The same constraint of that name. Going back, also of the name that the server gave it: now Django names it."""
    table, constraint = name_of(relation), getattr(command, "def").constraint
    existing = circumstances.facts.table(relation.relname, relation.schemaname)
    same = [*same_constraints(existing, constraint)] if existing else []
    if circumstances.backwards and existing and existing.primary_key in same:
        return True
    names = [constraint.conname]
    if circumstances.backwards:
        named = object_name(relation.relname, "_".join(listed_names(constraint.keys)), "key")
        names += [named, *replaced_by(constraint.conname, circumstances)]
    if any(cancel(("constraint", table, name), circumstances, verdict) for name in names if name in same):
        return True
    make_room(constraint.conname, relation, circumstances, verdict)
    return False


def _primary_key_gone(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Django drops what it finds, and means the one that waits to take its place."""
    table, existing = name_of(relation), circumstances.facts.table(relation.relname, relation.schemaname)
    waiting = [key for key in circumstances.pending if key[:2] == ("primary key", table)]
    names = {existing.primary_key, *(name for _, _, name in waiting)} if existing and waiting else ()
    if command.name not in names:
        return False
    for key in waiting:
        verdict.now.append(f"DROP INDEX IF EXISTS {quote(key[2])}")
        cancel(key, circumstances, verdict)
    if circumstances.backwards and existing:
        cancel(("constraint", table, existing.primary_key), circumstances, verdict)
    return True
