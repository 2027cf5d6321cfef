"""The verdict on undoing each operation of migrations that are applied. Queries no database."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from releases.judge.plan import JudgedOperation, Situation, judge_operation
from releases.judge.statements import statements_of
from releases.postgresql.offline import offline


def judge_plan_back(
    plan: Iterable[tuple[Migration, ProjectState]], situation: Situation, connection: BaseDatabaseWrapper
) -> list[JudgedOperation]:
    """`plan` has the migrations, the last one first, each with the state before it."""
    judged = []
    waiting = dict(situation.waiting)
    data_is_known = True
    with offline(connection, situation.facts) as server:
        for migration, operation, before, after in _operations(plan):
            statements = statements_of(operation, migration.app_label, before, after, server, backwards=True)
            data_is_known &= statements.is_foretold and not isinstance(operation, RunSQL)
            one = judge_operation(operation, migration, statements, replace(situation, waiting=waiting), backwards=True)
            judged.append(one if data_is_known else replace(one, violations=()))
    return judged


def _operations(
    plan: Iterable[tuple[Migration, ProjectState]],
) -> Iterator[tuple[Migration, Operation, ProjectState, ProjectState]]:
    """Each with the states before and after it."""
    for migration, state in plan:
        states = [state]
        for operation in migration.operations:
            states.append(states[-1].clone())
            operation.state_forwards(migration.app_label, states[-1])
        for number in reversed(range(len(migration.operations))):
            yield migration, migration.operations[number], states[number], states[number + 1]
