"""Hands the statements of an operation to the judge, and keeps those that must wait.

It is Django's hook for statements, `connection.execute_wrapper()`. It sees what a subclass of the schema editor or a
database backend would not: RunSQL, third-party operations, and editors of other backends such as PostGIS. And no
project has to change its ENGINE.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from releases.judge.foreign_keys import dropped
from releases.judge.rules import Circumstances, judge
from releases.judge.verdict import Deferral, Key, Step, Verdict

# The first word of what the judge has rules for; the rest runs as it is, at once. So does SET CONSTRAINTS, with which
# Django begins to drop a foreign key.
JUDGED = re.compile(r"\s*(ALTER|CREATE|DROP|SET\s+CONSTRAINTS|UPDATE)\b", re.IGNORECASE)
FOR_THE_TRANSACTION = re.compile(r"\s*SET\b", re.IGNORECASE)


class Postponed:
    """What the statements of one operation leave for later. `steps` are those of what is committed with it."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.deferrals: list[Deferral] = []
        self.cancelled: list[Key] = []


Run = Callable[[str], None]


@contextmanager
def postponing(connection: BaseDatabaseWrapper, circumstances: Circumstances, steps: list[Step]) -> Iterator[Postponed]:
    """Within, statements run as the judge rewrites them. Once one is postponed, so are those that follow it: `steps`
    are those that are, and gets more."""
    postponed = Postponed(steps)

    def take(verdict: Verdict, run: Run) -> None:
        for statement in verdict.now:
            if postponed.steps and JUDGED.match(statement) and not FOR_THE_TRANSACTION.match(statement):
                postponed.steps.append(Step(statement))
            else:
                run(statement)
        postponed.steps += verdict.later
        postponed.deferrals += verdict.deferred
        postponed.cancelled += verdict.cancelled

    with _judging(connection, circumstances, take):
        yield postponed
    with connection.cursor() as cursor:
        for statement in dropped(circumstances):
            cursor.execute(statement)


@contextmanager
def returning(connection: BaseDatabaseWrapper, circumstances: Circumstances) -> Iterator[list[Key]]:
    """For a step back in one transaction: what was not dropped yet comes back. Yields the items that this cancels."""
    cancelled: list[Key] = []

    def take(verdict: Verdict, run: Run) -> None:
        cancelled.extend(verdict.cancelled)
        for statement in [*verdict.now, *(step.in_one_statement() for step in verdict.later)]:
            run(statement)

    with _judging(connection, circumstances, take):
        yield cancelled


@contextmanager
def _judging(
    connection: BaseDatabaseWrapper, circumstances: Circumstances, take: Callable[[Verdict, Run], None]
) -> Iterator[None]:
    """Within, `take` is given the verdict on each statement instead of running it. Other hooks see what is run."""

    def rewrite(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if params or many or not isinstance(sql, str) or not JUDGED.match(sql):
            return execute(sql, params, many, context)
        for verdict in judge(sql, circumstances):
            take(verdict, lambda statement: execute(statement, None, many, context))
        return None

    connection.execute_wrappers.insert(0, rewrite)
    try:
        yield
    finally:
        connection.execute_wrappers.remove(rewrite)
