"""A runner of Django's own tests in which the release applies every operation.

Before that, Django itself applies and unapplies it, in a transaction that is rolled back: the release and the contract
must leave the same schema, and so must a step back before the contract.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any
from unittest import TestCase

import django.contrib.postgres.operations  # noqa: F401  # more operations
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.test import TransactionTestCase
from django.test.runner import DiscoverRunner

from releases import contract
from releases.applying.migration import Applying, run_deferred
from releases.applying.own_tables import contract_model, ensure, journal_model
from releases.contract.fulfilling import fulfil
from releases.judge.catalogue import read_facts
from releases.judge.plan import Situation, judge_plan
from releases.record.pending import known_migrations
from releases.rollback.steps import unrecord_within_transaction
from tests.releases.catalogue import SCHEMA

Schema = list[tuple[Any, ...]]
Rows = set[tuple[Any, ...]]

CONCURRENT = re.compile("Concurrently")
applied = {"operations": 0, "compared": 0, "undone": 0}


def apply(editor: Any, app_label: str, operations: Sequence[Operation], state: ProjectState) -> ProjectState:
    """Returns the state after it. The contract is fulfilled then."""
    ensure(editor.connection)

    def new() -> Migration:
        migration = Migration("name", app_label)
        migration.operations = list(operations)  # type: ignore[misc]
        migration.atomic = not any(CONCURRENT.search(type(one).__name__) for one in operations)  # type: ignore[misc]
        return migration

    forwards, backwards = _as_django(editor, new, state.clone())
    if backwards is not None:
        _release(editor, new(), state.clone())
        _step_back(editor, new(), state.clone())
        _same(_schema(editor.connection), backwards, f"undone: {operations}")
        assert not contract.pending(editor.connection), "The contract still has items of what was undone."
        applied["undone"] += 1
    state = _release(editor, new(), state)
    known_migrations().add(str(new()))  # it is in no file
    assert not fulfil(editor.connection, lambda _: None, [], at_once=True)
    assert not contract.pending(editor.connection)
    applied["operations"] += len(operations)
    if forwards is not None:
        _same(_schema(editor.connection), forwards, f"applied: {operations}")
        applied["compared"] += 1
    return state


def _as_django(editor: Any, new: Callable[[], Migration], state: ProjectState) -> tuple[Schema | None, Schema | None]:
    """The schema that Django would leave, and after going back. None if that is impossible, or runs code."""
    operations = new().operations
    if not new().atomic or not all(one.reduces_to_sql for one in operations):
        return None, None
    forwards = backwards = None
    with transaction.atomic():
        new().apply(state.clone(), editor)
        run_deferred(editor)
        forwards = _schema(editor.connection)
        if all(one.reversible for one in operations):
            new().unapply(state.clone(), editor)
            run_deferred(editor)
            backwards = _schema(editor.connection)
        transaction.set_rollback(True)
    return forwards, backwards


def _release(editor: Any, migration: Migration, state: ProjectState) -> ProjectState:
    facts = read_facts(editor.connection)
    judge_plan([migration], state.clone(), Situation(facts), editor.connection)
    applying = Applying(migration, editor.connection, facts, lambda _: None)
    try:
        return migration.apply(state, editor)
    finally:
        applying.close()


def _step_back(editor: Any, migration: Migration, state: ProjectState) -> None:
    unrecord_within_transaction(migration)
    with transaction.atomic():
        migration.unapply(state, editor)


def _schema(connection: BaseDatabaseWrapper) -> Schema:
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return list(cursor.fetchall())


def _same(found: Schema, wanted: Schema, what: str) -> None:
    missing, other = set(wanted) - set(found), set(found) - set(wanted)
    if missing or other:
        raise AssertionError(f"{what}\nmissing: {_lines(missing)}\ninstead: {_lines(other)}")


def _lines(rows: Rows) -> str:
    return "".join(f"\n    {row}" for row in sorted(rows, key=str))


def _by_the_release(forwards: Callable[..., None]) -> Callable[..., None]:
    """database_forwards(), by the release where a test calls it on an editor that opened no transaction."""

    @wraps(forwards)
    def database_forwards(
        self: Operation, app_label: str, editor: Any, before: ProjectState, after: ProjectState
    ) -> None:
        ours = editor.connection.alias == "default" and not editor.collect_sql and not editor.atomic_migration
        if not ours or before is None or getattr(editor, "at_work", False):
            forwards(self, app_label, editor, before, after)
            return
        with _at_work(editor):
            apply(editor, app_label, [self], before.clone())

    return database_forwards


def _by_django(backwards: Callable[..., None]) -> Callable[..., None]:
    """database_backwards(), which often calls database_forwards()."""

    @wraps(backwards)
    def database_backwards(
        self: Operation, app_label: str, editor: Any, before: ProjectState, after: ProjectState
    ) -> None:
        with _at_work(editor):
            backwards(self, app_label, editor, before, after)

    return database_backwards


@contextlib.contextmanager
def _at_work(editor: Any) -> Iterator[None]:
    before = getattr(editor, "at_work", False)
    editor.at_work = True
    try:
        yield
    finally:
        editor.at_work = before


def _operations(of: type[Operation] = Operation) -> Iterator[type[Operation]]:
    yield of
    for one in of.__subclasses__():
        yield from _operations(one)


def _without_transaction(schema_editor: Callable[..., Any]) -> Callable[..., Any]:
    """A schema editor that a test asks nothing of opens no transaction: the release opens its own."""
    return lambda *args, **kwargs: schema_editor(*args, **(kwargs if args or kwargs else {"atomic": False}))


def _apply_operations(
    test: TestCase, app_label: str, state: ProjectState, operations: Sequence[Operation], atomic: bool = True
) -> ProjectState:
    """Instead of OperationTestBase.apply_operations."""
    with connection.schema_editor(atomic=False) as editor, _at_work(editor):
        return apply(editor, app_label, operations, state)


def _any_number(
    test: TestCase, number: int, code: Callable[..., object] | None = None, *args: Any, **kwargs: Any
) -> contextlib.AbstractContextManager[None]:
    """Instead of assertNumQueries(): a release queries more."""
    kwargs.pop("using", None)
    if code:
        code(*args, **kwargs)
    return contextlib.nullcontext()


class Runner(DiscoverRunner):
    def run_suite(self, suite: Any, **kwargs: Any) -> Any:
        from migrations.test_base import OperationTestBase  # type: ignore[import-not-found]  # of Django's tests

        journal_model(), contract_model()  # while all apps are installed
        for operation in set(_operations()):
            for name, replace in {"database_forwards": _by_the_release, "database_backwards": _by_django}.items():
                if name in vars(operation):
                    setattr(operation, name, replace(vars(operation)[name]))
        OperationTestBase.apply_operations = _apply_operations
        TransactionTestCase.assertNumQueries = _any_number  # type: ignore[assignment,method-assign]
        default = connections["default"]
        default.schema_editor = _without_transaction(default.schema_editor)  # type: ignore[method-assign]
        result = super().run_suite(suite, **kwargs)
        print(applied)
        return result
