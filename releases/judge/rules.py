"""The verdict on a statement: one function for each kind."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from postgast import PgQueryError, split

from releases.judge import columns, foreign_keys, indexes, new_names, removals
from releases.judge.facts import Constraint, Facts, Table
from releases.judge.following import followed
from releases.judge.partial import is_undone
from releases.judge.returns import cancels
from releases.judge.sql import Node, kind, parse, write
from releases.judge.verdict import Action, Key, Verdict

Rule = Callable[[Node, "Circumstances", Verdict], None]


@dataclass
class Circumstances:
    """The facts of the database, and what earlier statements of the same operation did."""

    facts: Facts
    alters_field: bool = False  # the operation is AlterField, whose statements mean more together
    backwards: bool = False  # a step back: nothing waits in the contract
    at_once: bool = False  # a step back in one transaction: nothing is done after it either
    partly_done: bool = False  # a step back from an operation that was interrupted between its steps
    pending: Mapping[Key, Any] = field(default_factory=dict)  # items of the contract
    doomed: Set[str] = frozenset()  # tables that go later in the same migration
    removed_default: str = ""  # of the field that the operation removes, as SQL
    came_back: Set[Key] = frozenset()  # by the migration that is undone: tables and columns that then wait again
    passing: Set[tuple[str, str]] = frozenset()  # columns that a later step back drops
    returned: set[tuple[str, str]] = field(default_factory=set)  # table and column, or table and ""
    kept: set[str] = field(default_factory=set)  # sequences that wait to be dropped
    filled: set[tuple[str, str]] = field(default_factory=set)  # table and column: NULL is replaced
    kept_keys: dict[tuple[str, str], Constraint] = field(default_factory=dict)  # foreign keys by table and name


RULES: dict[str, Rule] = {
    "AlterTableStmt": columns.alter_table,
    "UpdateStmt": columns.update,
    "RenameStmt": new_names.rename,
    "DropStmt": removals.drop,
    "IndexStmt": indexes.create,
}
# They touch no table that an old version uses, or only rows.
HARMLESS = {
    f"{name}Stmt"
    for name in (
        "AlterFunction",
        "AlterSeq",
        "Comment",
        "CompositeType",
        "ConstraintsSet",
        "Create",
        "CreateDomain",
        "CreateEnum",
        "CreateExtension",
        "CreateFunction",
        "CreateSchema",
        "CreateSeq",
        "CreateStats",
        "CreateTrig",
        "Delete",
        "Insert",
        "Select",
        "Update",
        "VariableSet",
        "View",
    )
} | {"AlterTableStmt", "DropStmt", "IndexStmt", "RenameStmt"}  # a step back has no rule for some
UNJUDGED = "What it does to the old version is not judged. The stall budget stops it if others wait for it."
PARTITIONED = "The table is partitioned, so this cannot be done while it is read and written."
TRIGGERED = " The triggers of the table run for each row: {}."
BY_PARTS = "Do it by hand for one partition after the other, then release it with release_accepts."
# What a step back takes away goes at once, under whatever name.
BACKWARDS: dict[str, Rule] = {name: RULES[name] for name in ("AlterTableStmt", "UpdateStmt", "IndexStmt")}
BACKWARDS["DropStmt"] = removals.drop_again


def judge(sql: str, circumstances: Circumstances) -> list[Verdict]:
    """A verdict for each statement of `sql`, by the facts as the ones before it leave them."""
    try:
        statements = parse(sql)
    except PgQueryError:
        return [Verdict(now=[sql], reason="It cannot be parsed. The stall budget stops it if others wait for it.")]
    texts = split(sql) if len(statements) > 1 else [sql]
    verdicts = []
    for statement, text in zip(statements, texts, strict=True):
        verdicts.append(_judge(statement, text, circumstances))
        filling = [step.in_one_statement() for step in verdicts[-1].later if step.where]
        circumstances.facts = followed(circumstances.facts, [*verdicts[-1].now, *filling])
    return verdicts


def _without_rule(statement: Node, circumstances: Circumstances, verdict: Verdict) -> None:
    if kind(statement) not in HARMLESS:
        verdict.note(Action.AS_IS, UNJUDGED)


def _table(statement: Node, circumstances: Circumstances) -> Table | None:
    relation = getattr(statement, "relation", None)
    return circumstances.facts.table(relation.relname, relation.schemaname) if relation else None


def _refuse_in_parts(statement: Node, circumstances: Circumstances, verdict: Verdict) -> None:
    """The server builds no index of a partitioned table concurrently, and its rows are in its parts."""
    table = _table(statement, circumstances)
    if table and table.is_partitioned and any(step.repeatable or step.where for step in verdict.later):
        verdict.note(Action.REFUSED, PARTITIONED, lock="until it is done", instead=BY_PARTS)


def _name_triggers(statement: Node, circumstances: Circumstances, verdict: Verdict) -> None:
    """Batches update rows, which Django's own ALTER TABLE would write without any trigger."""
    table = _table(statement, circumstances)
    if table and table.triggers and any(step.where for step in verdict.later):
        verdict.reason += TRIGGERED.format(", ".join(table.triggers))


def _judge(statement: Node, text: str, circumstances: Circumstances) -> Verdict:
    prepared = Verdict()
    if cancels(statement, circumstances, prepared):
        return prepared
    if circumstances.partly_done and is_undone(statement, circumstances, prepared):
        return prepared
    if circumstances.partly_done or prepared.reason or prepared.cancelled:
        text = write(statement)
    if prepared.action is Action.REFUSED:
        return replace(prepared, now=[*prepared.now, text])
    verdict = Verdict()
    rule = None if circumstances.at_once else (BACKWARDS if circumstances.backwards else RULES).get(kind(statement))
    (rule or _without_rule)(statement, circumstances, verdict)
    _refuse_in_parts(statement, circumstances, verdict)
    _name_triggers(statement, circumstances, verdict)
    if foreign_keys.are_in_the_way(statement):
        prepared.now += foreign_keys.dropped(circumstances)
    if rule is None or verdict.action is Action.AS_IS:
        verdict = replace(verdict, now=[text])
    elif verdict.action is Action.REFUSED:  # which may be overruled, and a step back is not refused
        if circumstances.backwards or not verdict.deferred:  # the old primary key stays, whatever is accepted
            verdict = replace(verdict, now=[text], later=[], deferred=[])
        if circumstances.backwards:
            verdict.action = Action.AS_IS
            verdict.reason += " The stall budget stops it if others wait for it."
    return prepared.then(verdict)
