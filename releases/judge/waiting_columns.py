"""A column of which something waits for the old version to go, when the column is changed again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge.removals import default_dropped, identity_dropped
from releases.judge.sql import Node, fill_name, name_of, object_name, parse, quote, write_type
from releases.judge.verdict import SHORT, Action, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

INTEGERS = {"smallint", "int", "bigint"}
STILL_NUMBERED = "Its identity was not dropped yet: that is cancelled."
COMPILE_ANEW = """DO $$BEGIN
    IF to_regproc('{function}') IS NOT NULL THEN ALTER FUNCTION {function}() VOLATILE; END IF;
END$$"""  # a statement before it in the same operation may have dropped it
CALLED_ANEW = "The trigger that waits on the table is compiled again by each session."
RETYPED = "Its default, which the old version's inserts get, is changed to the new type."


def nullable(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """A column that may be NULL again needs no value for NULL. The command itself remains."""
    table = name_of(relation)
    for which in ("not null", "fill", "default"):
        if item := circumstances.pending.get((which, table, command.name)):
            verdict.now += [step["sql"] for step in item.steps if which != "not null"]
            verdict.cancelled.append((which, table, command.name))
    return False


def default_set(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """A default that the models declare is not dropped later; one that is dropped later is not dropped by a step back,
    which the old version may outlive. The command that sets one remains."""
    key = ("default", name_of(relation), command.name)
    if key not in circumstances.pending:
        return False
    if command.HasField("def"):
        verdict.cancelled.append(key)
        return False
    return circumstances.backwards


def identity_added(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Nothing needs to be done if it was not dropped yet."""
    key = ("identity", name_of(relation), command.name)
    existing = circumstances.facts.table(relation.relname, relation.schemaname)
    column = existing.column(command.name) if existing else None
    if key not in circumstances.pending:
        return False
    verdict.cancelled.append(key)
    if column is None or not column.has_default:
        return False
    verdict.note(Action.AS_IS if circumstances.backwards else Action.ONLINE, STILL_NUMBERED)
    return True


def retyped(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """An identity that waits goes at once if the column becomes anything but an integer. The functions of triggers are
    altered, which changes nothing of them, so that each session compiles them again: one that has called them before
    would fail, because the type is another one. The command itself remains."""
    table = name_of(relation)
    for kind, of, name in circumstances.pending:
        if of == table and kind in ("fill", "trigger"):
            function = quote(fill_name(table, name) if kind == "fill" else name)
            verdict.now.append(COMPILE_ANEW.format(function=function))
            verdict.note(Action.AS_IS if circumstances.backwards else Action.ONLINE, CALLED_ANEW, lock=SHORT)
    key = ("identity", name_of(relation), command.name)
    waits = key in circumstances.pending or object_name(relation.relname, command.name, "seq") in circumstances.kept
    if waits and write_type(getattr(command, "def").column_def.type_name) not in INTEGERS:
        verdict.now.append(identity_dropped(command.name, relation).steps[0].sql)
    return False


def default_in_its_type(
    command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict
) -> Iterable[Node]:
    """Commands that go with a change of type while the default waits: the server casts few of them by itself."""
    table, name = name_of(relation), quote(command.name)
    key = ("default", table, command.name)
    existing = circumstances.facts.table(relation.relname, relation.schemaname)
    column = existing.column(command.name) if existing else None
    if (
        command.subtype != tree.AT_AlterColumnType
        or key not in circumstances.pending
        or key in verdict.cancelled
        or not (column and column.default)
    ):
        return ()
    becomes = write_type(getattr(command, "def").column_def.type_name)
    verdict.note(Action.AS_IS if circumstances.backwards else Action.ONLINE, RETYPED, lock=SHORT)
    verdict.now += [step.sql for step in default_dropped(command.name, relation).steps]
    return list(parse(f"ALTER TABLE {table} ALTER {name} SET DEFAULT ({column.default})::{becomes}")[0].cmds)


def dropped(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """A column that is dropped at once takes along what waits for it. The command itself remains."""
    existing = circumstances.facts.table(relation.relname, relation.schemaname)
    if ("column", name_of(relation), command.name) in circumstances.came_back:
        return False
    if circumstances.backwards or existing is None or command.name not in existing.columns:
        for key, item in circumstances.pending.items():
            if key[1:] == (name_of(relation), command.name):
                verdict.now += [step["sql"] for step in item.steps if key[0] == "fill"]
                verdict.cancelled.append(key)
    return False
