"""Views, triggers, functions, rules and policies that statements drop and create.

Whoever needs one misses it in between.
"""

from collections.abc import Iterable, Iterator

from postgast import PgQueryError
from postgast import pg_query_pb2 as tree

from releases.judge.sql import Node, kind, listed_names, parse, parsed

Object = tuple[str, ...]
"""Its kind and its name; of a trigger, a rule or a policy also the table."""

OF_A_TABLE = {tree.OBJECT_TRIGGER: "trigger", tree.OBJECT_RULE: "rule", tree.OBJECT_POLICY: "policy"}
BY_NAME = {tree.OBJECT_VIEW: "view", tree.OBJECT_MATVIEW: "view"}
ROUTINES = {tree.OBJECT_FUNCTION, tree.OBJECT_PROCEDURE, tree.OBJECT_ROUTINE, tree.OBJECT_AGGREGATE}
CHANGES_DATA = {
    "InsertStmt",
    "UpdateStmt",
    "DeleteStmt",
    "MergeStmt",
    "SelectStmt",
    "DoStmt",
    "CallStmt",
    "CopyStmt",
    "TruncateStmt",
}


def changes_data(texts: Iterable[str]) -> bool:
    """Whether statements may change or read rows, or cannot be parsed."""
    try:
        return any(kind(one) in CHANGES_DATA for text in texts for one in parse(text))
    except PgQueryError:
        return True


def named(objects: Iterable[Object]) -> str:
    """In words."""
    return ", ".join(f"{one[0]} {one[-1]}" for one in sorted(objects))


def left_and_made(texts: Iterable[str]) -> tuple[frozenset[Object], frozenset[Object]]:
    """What the statements leave dropped, and what they leave created."""
    dropped, made = set[Object](), set[Object]()
    for statement in parsed(texts):
        gone, there = {*dropped_by(statement)}, {*_created(statement)}
        dropped, made = (dropped | gone) - there, (made - gone) | there
    return frozenset(dropped), frozenset(made)


def dropped_by(statement: Node) -> Iterator[Object]:
    """What DROP names."""
    if kind(statement) != "DropStmt":
        return
    for one in statement.objects:
        if statement.remove_type in ROUTINES:
            yield "routine", listed_names(one.object_with_args.objname)[-1]
        elif statement.remove_type in BY_NAME:
            yield BY_NAME[statement.remove_type], listed_names(one.list.items)[-1]
        elif statement.remove_type in OF_A_TABLE:
            yield OF_A_TABLE[statement.remove_type], *listed_names(one.list.items)[-2:]


def _created(statement: Node) -> Iterator[Object]:
    match kind(statement):
        case "ViewStmt":
            yield "view", statement.view.relname
        case "CreateTableAsStmt" if statement.objtype == tree.OBJECT_MATVIEW:
            yield "view", statement.into.rel.relname
        case "CreateTrigStmt":
            yield "trigger", statement.relation.relname, statement.trigname
        case "RuleStmt":
            yield "rule", statement.relation.relname, statement.rulename
        case "CreatePolicyStmt":
            yield "policy", statement.table.relname, statement.policy_name
        case "CreateFunctionStmt":
            yield "routine", listed_names(statement.funcname)[-1]
