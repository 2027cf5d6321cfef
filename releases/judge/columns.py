"""ALTER TABLE, and the UPDATE that AlterField runs before SET NOT NULL."""

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge import constraints, foreign_keys, new_columns, removals, removed_columns, shared_values, types
from releases.judge.filling import fill
from releases.judge.sql import Node, name_of, object_name, quote, write, write_expression
from releases.judge.verdict import SHORT, Action, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances


def alter_table(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> None:
    """Leaves in the statement what takes a moment, and takes out the rest."""
    relation = statement.relation
    table = circumstances.facts.table(relation.relname, relation.schemaname)
    if table is None or statement.objtype != tree.OBJECT_TABLE:
        verdict.note(Action.AS_IS, "The table is new." if table is None else "")
        return
    waits_again = any(key[1] == name_of(relation) for key in circumstances.came_back)
    if circumstances.backwards and not (table.is_large or waits_again):
        verdict.note(Action.AS_IS, "The table is small.", lock=SHORT)
        return
    kept = [one for one in statement.cmds if _remains(one.alter_table_cmd, relation, circumstances, verdict)]
    del statement.cmds[:]
    statement.cmds.extend(kept)
    if kept:
        verdict.now.insert(0, write(statement))
    verdict.note(Action.AS_IS, "Changes the catalogue, or a small table.", lock=SHORT)


def _remains(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    rules = {
        tree.AT_AddConstraint: _add_constraint,
        tree.AT_DropConstraint: _drop_constraint,
        tree.AT_AddColumn: new_columns.add,
        tree.AT_SetNotNull: _set_not_null,
        tree.AT_AlterColumnType: types.change,
    }
    if not circumstances.backwards:
        rules |= {
            tree.AT_DropColumn: removed_columns.drop_column,
            tree.AT_ColumnDefault: _default,
            tree.AT_DropIdentity: _identity,
        }
    elif ("column", name_of(relation), command.name) in circumstances.came_back:
        rules[tree.AT_DropColumn] = removed_columns.drop_column
    rule = rules.get(command.subtype)
    return rule is None or rule(command, relation, circumstances, verdict)


def _add_constraint(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    replaced = foreign_keys.add_instead(command, relation, circumstances, verdict)
    return not replaced and constraints.add(command, relation, circumstances, verdict)


def _drop_constraint(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    if foreign_keys.keep(command.name, relation, circumstances, verdict):
        return False
    waits_again = ("constraint", name_of(relation), command.name) in circumstances.came_back
    if circumstances.backwards and not waits_again:
        return True
    return removals.drop_constraint(command, relation, circumstances, verdict)


def _default(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """A default goes only after the version whose inserts leave the column out. One that only fills rows is not set."""
    if command.HasField("def") and shared_values.only_fills(command, relation, circumstances):
        verdict.note(Action.ONLINE, shared_values.NOT_FILLED)
        return False
    if command.HasField("def") or shared_values.default_dropped_now(command, relation, circumstances, verdict):
        return True
    verdict.deferred.append(removals.default_dropped(command.name, relation))
    verdict.note(Action.DEFERRED, "The old version's inserts leave the column out, and get its default.")
    return False


def _identity(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    circumstances.kept.add(object_name(relation.relname, command.name, "seq"))
    verdict.deferred.append(removals.identity_dropped(command.name, relation))
    verdict.note(Action.DEFERRED, "The old version's inserts leave the column out, and get its next number.")
    return False


def _set_not_null(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    steps = constraints.not_null(name_of(relation), command.name)
    filled = (relation.relname, command.name) in circumstances.filled
    if filled or circumstances.backwards:
        verdict.later += steps
        verdict.note(
            Action.BATCHES if filled else Action.ONLINE, "Checked while the table is read and written.", lock=SHORT
        )
        return False
    verdict.deferred.append(constraints.not_null_waits(relation, command.name))
    verdict.note(Action.DEFERRED, "The old version may write NULL, and nothing can be written instead.")
    return False


def update(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> None:
    """UPDATE … SET column = value WHERE column IS NULL, of AlterField: a trigger and batches."""
    relation = statement.relation
    table = circumstances.facts.table(relation.relname, relation.schemaname)
    column = shared_values.filled_column(statement)
    if table is None or not column or not circumstances.alters_field:
        verdict.note(Action.AS_IS, "What it will hold up cannot be foretold. The stall budget stops it.")
        return
    if circumstances.backwards and not table.is_large:
        verdict.note(Action.AS_IS, "The table is small.")
        return
    value = write_expression(statement.target_list[0].res_target.val)
    if shared_values.fills_key(statement, circumstances.facts) and not circumstances.backwards:
        verdict.note(Action.ONLINE, shared_values.NOT_FILLED)
        return
    circumstances.filled.add((relation.relname, column))
    batches = Step(f"{quote(column)} = {value}", table=name_of(relation), where=f"{quote(column)} IS NULL")
    verdict.later.append(batches)
    if circumstances.backwards:
        verdict.note(Action.BATCHES, "NULL is replaced in batches.")
        return
    fill(relation, column, value, verdict)
    verdict.note(
        Action.DEFERRED,
        "NULL is replaced in batches. A trigger replaces what the old version writes, until that has gone.",
    )
