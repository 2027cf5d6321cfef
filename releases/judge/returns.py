"""What comes back before it was dropped: the pending change is cancelled, and nothing is created again.

A step back undoes a removal in this way without loss, and so does a later migration that adds the same again.
"""

from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2 as tree

from releases.judge import waiting_columns
from releases.judge.facts import Table
from releases.judge.likeness import is_declared_as, is_same_index, same_constraints
from releases.judge.not_the_same import OTHER_COLUMN, OTHER_COLUMNS, OTHER_TABLE, OTHER_TARGET, OTHER_TYPE, refuse
from releases.judge.replacing import make_room, replaced_by
from releases.judge.returning_columns import declare_again, refers_as_before
from releases.judge.returning_tables import is_back, is_foreign_key, without_waiting
from releases.judge.sql import Node, kind, listed_names, name_of, object_name, quote, write_type
from releases.judge.types import is_same
from releases.judge.verdict import Action, Key, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

REASON = "It was not dropped yet: that is cancelled."


def cancels(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Whether the statement needs nothing more than what is in `verdict`."""
    if not (circumstances.pending or circumstances.returned or circumstances.kept or circumstances.backwards):
        return False
    rules = {
        "CreateStmt": _table,
        "IndexStmt": _index,
        "AlterTableStmt": _alter,
        "DropStmt": _gone,
        "ConstraintsSetStmt": _checks,
    }
    rule = rules.get(kind(statement))
    return bool(rule and rule(statement, circumstances, verdict))


def _table(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    table, relation = name_of(statement.relation), statement.relation
    key = ("table", table, "")
    if key not in circumstances.pending:
        return False
    existing = circumstances.facts.table(relation.relname, relation.schemaname)
    if existing is not None:
        found = without_waiting(existing, statement, circumstances) if circumstances.backwards else existing
        if not is_declared_as(found, statement):
            refuse(OTHER_COLUMNS, OTHER_TABLE % relation.relname, key, circumstances, verdict)
            return False
    circumstances.returned.add((table, ""))
    for one in statement.table_elts:
        if one.WhichOneof("node") == "column_def":
            _column(one.column_def, relation, circumstances, verdict)
            _stay_unique(one.column_def, table, existing, circumstances, verdict)
    return _cancel(key, circumstances, verdict)


def _stay_unique(
    column: Node, table: str, existing: Table | None, circumstances: "Circumstances", verdict: Verdict
) -> None:
    if existing and any(one.constraint.contype == tree.CONSTR_UNIQUE for one in column.constraints):
        same = (
            name for name, one in existing.constraints.items() if (one.kind, one.columns) == ("u", (column.colname,))
        )
        keys = (("constraint", table, name) for name in same)
        verdict.cancelled += [key for key in keys if key in circumstances.pending]


def _index(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Going back, the index of that name is the same: what replaced it was undone before this."""
    table, name = name_of(statement.relation), statement.idxname
    existing = circumstances.facts.indexes.get(name)
    if circumstances.backwards or (existing and is_same_index(existing, statement)):
        same = [name, *replaced_by(name, circumstances)]
        if any(_cancel(("index", quote(one), one), circumstances, verdict) for one in same):
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
        tree.AT_AddColumn: _add_column,
        tree.AT_AddConstraint: _constraint,
        tree.AT_DropNotNull: waiting_columns.nullable,
        tree.AT_ColumnDefault: waiting_columns.default_set,
        tree.AT_AlterColumnType: waiting_columns.number_no_more,
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


def _add_column(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    column = getattr(command, "def").column_def
    return is_back(column, relation, circumstances) or _column(column, relation, circumstances, verdict)


def _column(column: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    table = name_of(relation)
    key = ("column", table, column.colname)
    existing = circumstances.facts.table(relation.relname, relation.schemaname)
    if existing is None or key not in circumstances.pending:
        return False
    found = existing.columns[column.colname]
    if not is_same(found.type, write_type(column.type_name)):
        refuse(OTHER_TYPE, OTHER_COLUMN % column.colname, key, circumstances, verdict)
        return False
    if not (circumstances.backwards or refers_as_before(column, circumstances.pending[key])):
        refuse(OTHER_TARGET, OTHER_COLUMN % column.colname, key, circumstances, verdict)
        return False
    circumstances.returned.add((table, column.colname))
    declare_again(column, relation, existing, circumstances.pending[key], circumstances, verdict)
    verdict.cancelled.append(key)
    verdict.note(Action.ONLINE if verdict.later or not circumstances.backwards else Action.AS_IS, REASON)
    return True


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
    if any(_cancel(("constraint", table, name), circumstances, verdict) for name in names if name in same):
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
        _cancel(key, circumstances, verdict)
    if circumstances.backwards and existing:
        _cancel(("constraint", table, existing.primary_key), circumstances, verdict)
    return True


def _cancel(key: Key, circumstances: "Circumstances", verdict: Verdict) -> bool:
    item: Any = circumstances.pending.get(key)
    if item is None:
        return False
    verdict.cancelled.append(key)
    if circumstances.backwards or key[0] != "table":  # forwards, Django adds the foreign keys of a table after it
        verdict.later += [Step(**step) for step in item.restore]
    verdict.note(Action.ONLINE if verdict.later or not circumstances.backwards else Action.AS_IS, REASON)
    return True
