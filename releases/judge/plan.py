"""The verdict on each operation of migrations that are not applied yet. Queries no database."""

from collections.abc import Container, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AlterField, Migration, RunPython, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from releases.adopting import takes_back
from releases.applying import commits_batches, name_of
from releases.backfill.operation import Backfill
from releases.judge.accepting import Accepts, accepted, explained
from releases.judge.dropped_views import with_dropped_views
from releases.judge.facts import Facts
from releases.judge.judged_operation import JudgedOperation, TouchedTable
from releases.judge.objects import changes_data, left_and_made
from releases.judge.present_rows import askable
from releases.judge.removed_default import removed_default
from releases.judge.rules import Circumstances, judge
from releases.judge.sql import quote
from releases.judge.statements import Statements, statements_of
from releases.judge.verdict import Action, Deferral, Key, Verdict, strongest
from releases.judge.violations import violations
from releases.pending import Key as MigrationKey
from releases.pending import doomed_tables
from releases.postgresql.offline import offline

UNFORETOLD = Verdict(reason="What it does cannot be foretold. The stall budget stops it if others wait for it.")
IN_BATCHES = Verdict(
    Action.BATCHES, lock="the rows of a batch", reason="It commits each batch. Nobody waits longer than one takes."
)

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


@dataclass(frozen=True)
class Foretold:
    """A change that this plan will enter in the contract. Like releases.contract.Item for the rules."""

    deferral: Deferral
    is_entered: ClassVar = False
    waits_again: ClassVar = True  # as far as a step back looks at it

    def __str__(self) -> str:
        return self.deferral.description

    def stays(self) -> bool:
        return True

    @property
    def steps(self) -> list[dict[str, Any]]:
        return [step.to_json() for step in self.deferral.steps]

    @property
    def restore(self) -> list[dict[str, Any]]:
        return [step.to_json() for step in self.deferral.restore]


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
    known = situation
    data_is_known = True
    with offline(connection, lambda: known.facts) as server:
        for migration, operation, before, after in operations:
            statements = statements_of(operation, migration.app_label, before, after, server, backwards=backwards)
            data_is_known &= statements.is_foretold and not isinstance(operation, RunSQL)
            circumstances = Circumstances(
                known.facts,
                alters_field=isinstance(operation, AlterField),
                backwards=backwards,
                pending=known.waiting,
                came_back=situation.came_back.get(str(migration), frozenset()) if backwards else frozenset(),
                removed_default=removed_default(
                    operation, migration.app_label, after if backwards else before, server, backwards=backwards
                ),
            )
            if not backwards:
                circumstances.doomed = doomed_tables(migration, operation, before)
            one = _judge(operation, migration, after, statements, known.waiting, circumstances)
            if one.verdict.action is Action.REFUSED:
                one = explained(one, operation, migration, before, situation.accepts)
            rows_now = situation.facts if data_is_known else None
            to_ask = askable(one.violations, known.facts, rows_now, backwards=backwards)
            judged.append(replace(one, violations=tuple(to_ask)))
            known = replace(known, facts=circumstances.facts)
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


def _judge(
    operation: Operation,
    migration: Migration,
    after: ProjectState,
    statements: Statements,
    waiting: dict[Key, Any],
    circumstances: Circumstances,
) -> JudgedOperation:
    """Notes in `waiting` what the operation, or undoing it, defers or cancels."""
    facts, texts = circumstances.facts, statements.texts
    is_judged_then = not (statements.is_foretold or isinstance(operation, RunPython))  # when it runs
    verdicts = [] if statements.is_foretold else [_unforetold(operation, migration, after, circumstances)]
    verdicts += [verdict for text in texts for verdict in judge(text, circumstances)]
    for verdict in verdicts:
        waiting.update({deferral.key: Foretold(deferral) for deferral in verdict.deferred})
        for key in verdict.cancelled:
            waiting.pop(key, None)
    dropped, made = left_and_made(texts)
    names = dict.fromkeys(name for text in texts for name in facts.touched_by(text))
    return JudgedOperation(
        str(migration),
        type(operation).__name__,
        name_of(operation),
        tuple(TouchedTable(name, facts.tables[name].bytes, facts.tables[name].rows) for name in names),
        strongest(verdicts),
        violations=tuple(violations(texts, facts)),
        is_rewritten=any(one.deferred or one.cancelled or one.is_prepared for one in verdicts) or is_judged_then,
        is_foretold=statements.is_foretold,
        changes_data=isinstance(operation, RunPython) or (isinstance(operation, RunSQL) and changes_data(texts)),
        drops=dropped,
        creates=made,
        begins_now=any(one.reason and one.action is not Action.DEFERRED for one in verdicts),
    )


def _unforetold(
    operation: Operation, migration: Migration, after: ProjectState, circumstances: Circumstances
) -> Verdict:
    """A backfill creates a trigger, too, which waits to be dropped."""
    if not isinstance(operation, Backfill):
        return IN_BATCHES if commits_batches(operation) else UNFORETOLD
    table, filled = operation.trigger(migration.app_label, after)
    if circumstances.backwards or not circumstances.facts.table(table):
        return IN_BATCHES
    waits = Deferral("trigger", quote(table), filled, f"drop the trigger that fills {filled}", ())
    return replace(IN_BATCHES, deferred=[waits])
