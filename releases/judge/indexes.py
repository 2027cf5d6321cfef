"""Indexes are built while the table is read and written."""

from typing import TYPE_CHECKING

from releases.judge.sql import Node, name_of, write
from releases.judge.verdict import Action, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

CONCURRENTLY = "Built concurrently; nobody waits for it."
DUPLICATES = "Fails if rows violate it; then nothing of it is left."


def create(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> None:
    """CREATE INDEX: concurrently on a large table, outside the transaction."""
    table = circumstances.facts.table(statement.relation.relname, statement.relation.schemaname)
    if table is None or not table.is_large or statement.concurrent:
        verdict.note(Action.AS_IS, "The table is new or small." if not statement.concurrent else CONCURRENTLY)
        return
    statement.concurrent = True
    verdict.later.append(Step(write(statement), repeatable=True))
    reason = f"{CONCURRENTLY} {DUPLICATES}" if statement.unique else CONCURRENTLY
    verdict.note(Action.ONLINE, reason, lock="SHARE UPDATE EXCLUSIVE")


def unique(relation: Node, name: str, columns: str, *, nulls_not_distinct: bool, attach: str) -> list[Step]:
    """A unique constraint or primary key by way of a concurrent index. `attach` is what follows ADD CONSTRAINT name."""
    table, nulls = name_of(relation), " NULLS NOT DISTINCT" if nulls_not_distinct else ""
    return [
        Step(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns}){nulls}", repeatable=True),
        Step(f"ALTER TABLE {table} ADD CONSTRAINT {name} {attach}"),
    ]
