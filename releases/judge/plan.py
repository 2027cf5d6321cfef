"""The verdict on each operation of migrations that are not applied yet. Queries no database."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AlterField, Migration, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from postgast import PgQueryError

from releases.applying import name_of
from releases.judge import duplicates
from releases.judge.facts import Facts
from releases.judge.instead import instead_of
from releases.judge.offline import offline
from releases.judge.rules import Circumstances, judge
from releases.judge.sql import touched
from releases.judge.statements import Statements, statements_of
from releases.judge.verdict import Action, Verdict, strongest

UNFORETOLD = Verdict(reason="What it does cannot be foretold. The stall budget stops it if others wait for it.")

Accepts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class TouchedTable:
    name: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class JudgedOperation:
    """`tables` are those that exist already. `accepted` is the reason why a refusal was overruled.

    `duplicates` are queries that must find nothing; see releases.judge.duplicates.
    """

    migration: str
    kind: str
    operation: str
    tables: tuple[TouchedTable, ...]
    verdict: Verdict
    accepted: str = ""
    duplicates: tuple[str, ...] = ()

    @property
    def is_as_it_is(self) -> bool:
        return self.verdict.action is Action.AS_IS

    @property
    def is_refused(self) -> bool:
        return self.verdict.action is Action.REFUSED and not self.accepted

    def to_json(self) -> dict[str, Any]:
        """For people and programs; without what is empty."""
        verdict = self.verdict
        everything = {
            "migration": self.migration,
            "operation": self.operation,
            "tables": [vars(table) for table in self.tables],
            "verdict": verdict.action.value,
            "lock": verdict.lock,
            "reason": verdict.reason,
            "old_version": verdict.old_version,
            "instead": verdict.instead,
            "accepted": self.accepted,
        }
        return {name: value for name, value in everything.items() if value}


def judge_plan(
    migrations: Iterable[Migration],
    state: ProjectState,
    facts: Facts,
    connection: BaseDatabaseWrapper,
    *,
    accepts: Accepts | None = None,
    adopted: Container[Migration] = (),
) -> list[JudgedOperation]:
    """`state` is the one before `migrations`, and is changed by them. `accepts` is RELEASES["ACCEPTS"], and `adopted`
    are those that will be recorded and not run."""
    judged = []
    data_is_known = True
    with offline(connection, facts) as server:
        for migration in migrations:
            if migration in adopted:
                migration.mutate_state(state, preserve=False)
                continue
            accepted = _accepted(migration, accepts or {})
            for operation in migration.operations:
                before = state.clone()
                operation.state_forwards(migration.app_label, state)
                statements = statements_of(operation, migration.app_label, before, state, server)
                data_is_known &= statements.is_foretold and not isinstance(operation, RunSQL)
                one = _judge(operation, migration, statements, before, facts)
                judged.append(
                    replace(
                        one,
                        accepted=accepted.get(one.kind, "") if one.is_refused else "",
                        duplicates=one.duplicates if data_is_known else (),
                    )
                )
    return judged


def _judge(
    operation: Operation, migration: Migration, statements: Statements, before: ProjectState, facts: Facts
) -> JudgedOperation:
    circumstances = Circumstances(facts, alters_field=isinstance(operation, AlterField))
    verdicts = [] if statements.is_foretold else [UNFORETOLD]
    verdicts += [verdict for text in statements.texts for verdict in judge(text, circumstances)]
    verdict = strongest(verdicts)
    if verdict.action is Action.REFUSED and (code := instead_of(operation, migration.app_label, before)):
        verdict = replace(verdict, instead=code)
    names = dict.fromkeys(name for text in statements.texts for name in _touched(text, facts))
    tables = (TouchedTable(name, facts.tables[name].bytes, facts.tables[name].rows) for name in names)
    unique = tuple(query for text in statements.texts for query in _duplicates(text, facts))
    return JudgedOperation(
        str(migration), type(operation).__name__, name_of(operation), tuple(tables), verdict, duplicates=unique
    )


def _touched(text: str, facts: Facts) -> list[str]:
    try:
        names = touched(text)
    except PgQueryError:
        return []
    tables = (facts.indexes[name].table if name in facts.indexes else name for name in names)
    return [name for name in tables if name in facts.tables]


def _duplicates(text: str, facts: Facts) -> list[str]:
    try:
        return duplicates.queries(text, facts)
    except PgQueryError:
        return []


def _accepted(migration: Migration, accepts: Accepts) -> dict[str, str]:
    """The kinds of operations whose refusal is overruled, with the reason."""
    label = migration.app_label
    return {
        **accepts.get(label, {}),
        **accepts.get(f"{label}.{migration.name}", {}),
        **getattr(migration, "release_accepts", {}),
    }
