"""The verdict on undoing each operation of migrations that are applied. Queries no database."""

from collections.abc import Iterable, Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from releases.judge.judged_operation import JudgedOperation
from releases.judge.plan import Planned, Situation, judge_operations
from releases.record.pending import states_between

Plan = Iterable[tuple[Migration, ProjectState]]
"""The migrations, the last one first, each with the state before it."""


def judge_plan_back(plan: Plan, situation: Situation, connection: BaseDatabaseWrapper) -> list[JudgedOperation]:
    return judge_operations(_operations(plan), situation, connection, backwards=True)


def _operations(plan: Plan) -> Iterator[Planned]:
    for migration, state in plan:
        states = states_between(migration.operations, migration.app_label, state)
        for number in reversed(range(len(migration.operations))):
            yield migration, migration.operations[number], states[number], states[number + 1]
