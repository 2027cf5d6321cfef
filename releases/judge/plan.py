"""The verdict on each operation of migrations that are not applied yet. Queries no database."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from releases.applying.migration import commits_batches
from releases.applying.parts import name_of, parts_of
from releases.backfill.operation import INSIDE
from releases.judge.accepting import Accepts, accepted, explained
from releases.judge.content_types import with_missed_type
from releases.judge.dropped_views import with_dropped_views
from releases.judge.facts import Facts
from releases.judge.judged_operation import JudgedOperation
from releases.judge.judged_part import JudgedPart, Known
from releases.judge.objects import left_and_made
from releases.judge.verdict import Action, Key, Verdict, strongest
from releases.postgresql.offline import offline
from releases.preflight.adopting import takes_back
from releases.record.pending import Key as MigrationKey

Planned = tuple[Migration, Operation, ProjectState, ProjectState]
"""An operation of a migration, with the states before and after it."""


@dataclass(frozen=True)
class Situation:
    """What is known before a release: what stands in the database, and `waiting`, which is the contract.

    `accepts` is RELEASES["ACCEPTS"]. `adopted` are migrations that will be recorded and not run. `committed` counts the
    operations that an interrupted release has done, by app and name of their migration. `came_back` is what each
    migration that is to be undone has brought back.
    """

    facts: Facts
    waiting: dict[Key, Any] = field(default_factory=dict)
    accepts: Accepts = field(default_factory=dict)
    adopted: Container[Migration] = ()
    committed: Mapping[MigrationKey, int] = field(default_factory=dict)
    came_back: Mapping[str, Set[Key]] = field(default_factory=dict)


def judge_plan(
    migrations: Iterable[Migration], state: ProjectState, situation: Situation, connection: BaseDatabaseWrapper
) -> list[JudgedOperation]:
    """`state` is the one before `migrations`, and is changed by them."""
    migrations = list(migrations)
    accepts = {str(migration): accepted(migration, situation.accepts) for migration in migrations}
    situation = replace(situation, waiting=dict(situation.waiting))  # which changes while it is judged
    judged = judge_operations(_operations(migrations, state, situation, connection), situation, connection)
    return list(with_dropped_views(judged, accepts))


def judge_operations(
    operations: Iterable[Planned], situation: Situation, connection: BaseDatabaseWrapper, *, backwards: bool = False
) -> list[JudgedOperation]:
    """The verdict on each in turn, or on undoing it. Notes in `situation.waiting` what they defer or cancel."""
    judged = []
    known = Known(situation.facts, situation.waiting, backwards, situation.came_back)
    with offline(connection, lambda: known.facts) as server:
        for migration, operation, before, after in operations:
            parts = parts_of(operation, migration.app_label, before, after)
            facts = known.facts
            found = [known.judge(part, migration, server) for part in (reversed(parts) if backwards else parts)]
            one = _refused(_whole(operation, migration, found), found, migration, situation)
            if not backwards:
                told = with_missed_type(one.verdict, operation, migration.app_label, before, facts, server.alias)
                one = replace(one, verdict=told)
            judged.append(one)
    return judged


def _operations(
    migrations: Iterable[Migration], state: ProjectState, situation: Situation, connection: BaseDatabaseWrapper
) -> Iterator[Planned]:
    """Those that will run. The state after each is `state`, which the next one changes."""
    for migration in migrations:
        if migration in situation.adopted and not takes_back(migration, connection, situation.waiting):
            migration.mutate_state(state, preserve=False)
            continue
        committed = situation.committed.get((migration.app_label, migration.name), 0)
        for number, operation in enumerate(migration.operations):
            before = state.clone()
            operation.state_forwards(migration.app_label, state)
            if number >= committed:
                yield migration, operation, before, state


def _whole(operation: Operation, migration: Migration, parts: Sequence[JudgedPart]) -> JudgedOperation:
    verdicts = [verdict for one in parts for verdict in one.verdicts]
    inside = [one.part.operation for one in parts if one.part.operation is not operation]
    verdicts += [
        Verdict(Action.REFUSED, reason=INSIDE.format(held.describe()), is_final=True)
        for held in filter(commits_batches, inside)
    ]
    dropped, made = left_and_made(text for one in parts for text in one.texts)
    return JudgedOperation(
        str(migration),
        type(operation).__name__,
        name_of(operation),
        tuple({table.name: table for one in parts for table in one.tables}.values()),
        strongest(verdicts),
        violations=tuple(violation for one in parts for violation in one.violations),
        is_rewritten=any(one.is_rewritten for one in parts),
        is_foretold=all(one.is_foretold for one in parts),
        changes_data=any(one.changes_data for one in parts),
        drops=dropped,
        creates=made,
        cancels=frozenset(key for one in verdicts for key in one.cancelled),
        begins_now=any(one.reason and one.action is not Action.DEFERRED for one in verdicts),
    )


def _refused(
    judged: JudgedOperation, parts: Sequence[JudgedPart], migration: Migration, situation: Situation
) -> JudgedOperation:
    """If it is: with what to write instead, or the reason why it is accepted all the same."""
    refused = next((one.part for one in parts if one.is_refused), None)
    if refused is None:
        return judged
    return explained(judged, refused.operation, migration, refused.before, situation.accepts)
