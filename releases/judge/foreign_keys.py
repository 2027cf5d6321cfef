"""AlterField drops the foreign key of its column and adds it again. Until then nobody may write what it forbids."""

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge.constraints import validate
from releases.judge.sql import Node, kind, listed_names, name_of, parse, quote, write
from releases.judge.verdict import SHORT, Action, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

STAYS = "The foreign key stays while its column changes."
COMPARED = ("pk_attrs", "fk_matchtype", "fk_upd_action", "fk_del_action", "deferrable", "initdeferred")


def keep(name: str, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """DROP CONSTRAINT. Returns whether it is a foreign key that stays."""
    table = circumstances.facts.table(relation.relname, relation.schemaname)
    constraint = table.constraints.get(name) if table and table.is_large else None
    if not circumstances.alters_field or constraint is None or constraint.kind != "f":
        return False
    circumstances.kept_keys[name_of(relation), name] = constraint
    verdict.note(Action.ONLINE, STAYS)
    return True


def add_instead(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """ADD CONSTRAINT. Returns whether it is a foreign key in the place of one that was kept."""
    columns = listed_names(getattr(command, "def").constraint.fk_attrs)
    for (table, name), old in circumstances.kept_keys.items():
        if table == name_of(relation) and old.columns == columns:
            del circumstances.kept_keys[table, name]
            _replace(name, old.definition, command, relation, verdict)
            return True
    return False


def are_in_the_way(statement: Node) -> bool:
    """Of a statement that changes the type of a column."""
    return kind(statement) == "AlterTableStmt" and any(
        one.alter_table_cmd.subtype == tree.AT_AlterColumnType for one in statement.cmds
    )


def dropped(circumstances: "Circumstances") -> list[str]:
    """Statements that drop those which are kept still."""
    statements = [f"ALTER TABLE {table} DROP CONSTRAINT {quote(name)}" for table, name in circumstances.kept_keys]
    circumstances.kept_keys.clear()
    return statements


def _replace(name: str, definition: str, command: Node, relation: Node, verdict: Verdict) -> None:
    """`definition` is empty in the worst case: there it is as the models declare it."""
    table, new = name_of(relation), getattr(command, "def").constraint
    if definition and not _is_valid_like(definition, new):
        new.skip_validation, new.initially_valid = True, False
        statement = parse(f"ALTER TABLE {table} DROP CONSTRAINT {quote(name)}")[0]
        statement.cmds.add().alter_table_cmd.CopyFrom(command)
        verdict.now.append(write(statement))
        verdict.later.append(validate(table, new.conname))
    elif name != new.conname:
        verdict.now.append(f"ALTER TABLE {table} RENAME CONSTRAINT {quote(name)} TO {quote(new.conname)}")
    verdict.note(Action.ONLINE, STAYS, lock=SHORT if verdict.now else "")


def _is_valid_like(definition: str, wanted: Node) -> bool:
    old = getattr(parse(f"ALTER TABLE t ADD {definition}")[0].cmds[0].alter_table_cmd, "def").constraint
    same = (getattr(old, name) == getattr(wanted, name) for name in COMPARED)
    return not old.skip_validation and old.pktable.relname == wanted.pktable.relname and all(same)
