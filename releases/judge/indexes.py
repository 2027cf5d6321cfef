"""Indexes are built while the table is read and written."""

from typing import TYPE_CHECKING

from releases.judge.facts import Table
from releases.judge.sql import Node, name_of, named_columns, write
from releases.judge.verdict import Action, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

CONCURRENTLY = "Built concurrently; nobody waits for it."
NULLS_TOO = "The old version's inserts leave its columns NULL, and it takes one NULL for a duplicate of another."
ADDED_LATER = "Add it in the release after the one that adds its columns."
BINDS = "Its writes that violate it fail from then on."
DUPLICATES = "Fails if rows violate it; then nothing of it is left."


def create(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> None:
    """CREATE INDEX: concurrently on a large table, outside the transaction."""
    table = circumstances.facts.table(statement.relation.relname, statement.relation.schemaname)
    if statement.unique and compares_nulls(statement, named_columns(statement), table, verdict):
        return
    if table is None or not table.is_large or statement.concurrent:
        verdict.note(Action.AS_IS, "The table is new or small." if not statement.concurrent else CONCURRENTLY)
        return
    statement.concurrent = True
    verdict.later.append(Step(write(statement), repeatable=True))
    reason = f"{CONCURRENTLY} {DUPLICATES}" if statement.unique else CONCURRENTLY
    binds = BINDS if statement.unique else ""
    verdict.note(Action.ONLINE, reason, lock="SHARE UPDATE EXCLUSIVE", old_version=binds)


def compares_nulls(rule: Node, columns: set[str], table: Table | None, verdict: Verdict) -> bool:
    """Whether a unique index or constraint is refused, because one insert of the old version is like another to it."""
    if not rule.nulls_not_distinct or table is None or not table.columns.keys().isdisjoint(columns):
        return False
    verdict.note(Action.REFUSED, NULLS_TOO, old_version="All of its inserts but one fail.", instead=ADDED_LATER)
    return True


def unique(relation: Node, name: str, columns: str, *, nulls_not_distinct: bool, attach: str) -> list[Step]:
    """A unique constraint or primary key by way of a concurrent index. `attach` is what follows ADD CONSTRAINT name."""
    table, nulls = name_of(relation), " NULLS NOT DISTINCT" if nulls_not_distinct else ""
    return [
        Step(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns}){nulls}", repeatable=True),
        Step(f"ALTER TABLE {table} ADD CONSTRAINT {name} {attach}"),
    ]
