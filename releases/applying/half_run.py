"""A migration of which some operations are committed, and the way back from there, one operation after the other."""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from releases.applying.journal import Journal, half_run
from releases.applying.migration import commits_batches, is_whole, run_deferred
from releases.applying.parts import Part, on_database, parts_of, with_inserted
from releases.backfill.trigger import drop_those_of
from releases.backfill.undoing import is_undoing, refuse_edited
from releases.messages.naming import rollback_command
from releases.online.steps import in_words, run_steps
from releases.record.pending import Key, states_between
from releases.rollback.returning import by_steps
from releases.running.progress import Say

if TYPE_CHECKING:
    from releases.judge.verdict import Step


class HalfRun:
    """Of the own operations of `migration`, `count` have begun to change the database.

    Raises CommandError if one of these was edited. Its journal is kept up to date: a step back that is interrupted can
    be repeated, or released over.
    """

    def __init__(self, connection: BaseDatabaseWrapper, migration: Migration) -> None:
        self.migration, self._connection = migration, connection
        self.key: Key = (migration.app_label, migration.name)
        self._journal = Journal(connection, migration)
        self._journal.open()
        self.count = self._journal.committed + (is_undoing(self._journal) or self._next_has_begun())

    @property
    def begun(self) -> Migration:
        """The migration without the operations that have not begun."""
        return self._first(self.count)

    @property
    def whole(self) -> Migration:
        """The migration with only the operations of which nothing is left to do."""
        return self._first(min(self.count, self._journal.left))

    def _first(self, count: int) -> Migration:
        part = type(self.migration)(self.migration.name, self.migration.app_label)
        part.operations = self._journal.operations[:count]  # type: ignore[misc]
        return part

    @property
    def left(self) -> str:
        """What is still to be undone."""
        step = f", after this step of the last one: {in_words(self._journal.steps[0])}" if self._journal.undoes else ""
        return f"operations still to be undone: {self.count}{step}"

    def undo(self, state: ProjectState, progress: Callable[..., None], say: Say) -> None:
        """Undoes one operation after the other. `state` is the one of the migrations that are applied.

        Raises IrreversibleError, or CommandError for one that was edited, before it changes anything.
        """
        refuse_edited(self._journal, self.migration)
        if found := [one.describe() for one in on_database(self.begun.operations) if not one.reversible]:
            raise IrreversibleError(f"Operation {found[0]} in {self.migration} is not reversible")
        self.migration.undoing = self  # type: ignore[attr-defined]  # for releases.rollback.steps.explain_step_back
        state.apps  # noqa: B018  # rendered: models of its copies find their bases only so
        progress("unapply_start", self.migration, False)
        units = with_inserted(self.migration)[: self.count]
        states = [[state]]
        for unit in units:
            states.append(states_between(unit, self.migration.app_label, states[-1][-1]))
        if self._journal.undoes and not is_undoing(self._journal):
            run_steps(self._connection, self._journal, say)
        # Of a backfill that was interrupted before its first batch: it names columns that now go.
        drop_those_of(self._connection, str(self.migration), kept=self.count)
        with self._connection.schema_editor(atomic=False) as editor:
            for number in reversed(range(self.count)):
                self._undo(number, units[number], states[number + 1], editor)
                self.count = number
                run_steps(self._connection, self._journal, say)
        self._journal.close()
        progress("unapply_success", self.migration, False)

    def _undo(
        self, number: int, unit: list[Operation], states: list[ProjectState], editor: BaseDatabaseSchemaEditor
    ) -> None:
        """`unit` is the operation with those that are inserted, and `states` are those between them."""
        operation = self._journal.operations[number]
        editor.undoing, editor.journal = (str(self.migration), number), self._journal  # type: ignore[attr-defined]  # for Backfill
        partly_done = number >= self._journal.left
        steps: list[Step] = []
        with transaction.atomic(using=self._connection.alias) if self._is_whole(operation) else nullcontext():
            if partly_done:
                _tolerate_what_is_missing(editor)
                self._clean_up(editor)
            for part in reversed(self._parts(unit, states)):
                with by_steps(self._connection, self.migration, part, steps, partly_done=partly_done):
                    part.backwards(editor)
                    run_deferred(editor)
            self._journal.commit(number, [{**step.to_json(), "undoes": True} for step in steps])

    def _parts(self, unit: list[Operation], states: list[ProjectState]) -> list[Part]:
        label = self.migration.app_label
        return [
            part
            for one, states_of in zip(unit, pairwise(states), strict=True)
            for part in parts_of(one, label, *states_of)
        ]

    def _clean_up(self, editor: BaseDatabaseSchemaEditor) -> None:
        for step in self._journal.steps:
            if step.get("cleans_up"):
                editor.execute(step["sql"], None)

    def _next_has_begun(self) -> bool:
        """Whether the operation after those that are committed may have changed something.

        What RunPython and RunSQL did without a transaction is theirs to know.
        """
        done = self._journal.done
        if self._journal.steps or done == len(self._journal.operations):
            return False
        operation = self._journal.operations[done]
        if commits_batches(operation):
            return self._journal.position is not None
        parts = on_database([operation])
        return not self._is_whole(operation) and not all(isinstance(one, RunPython | RunSQL) for one in parts)

    def _is_whole(self, operation: Operation) -> bool:
        return is_whole(operation, self._connection, atomic=self.migration.atomic)


def _tolerate_what_is_missing(editor: Any) -> None:
    """AlterUniqueTogether looks up the constraints that it drops, and refuses to go on without them."""
    delete = editor._delete_composed_index  # noqa: SLF001

    def delete_if_it_stands(*args: Any) -> None:
        with suppress(ValueError):
            delete(*args)

    editor._delete_composed_index = delete_if_it_stands  # noqa: SLF001


def half_run_beyond(
    connection: BaseDatabaseWrapper, loader: MigrationLoader, app_label: str, name: str | None
) -> list[HalfRun]:
    """Those that depend on this migration; if `name` is None, on any of the app, and its own."""
    return [
        one
        for one in half_run_migrations(connection, loader)
        if any(
            key != one.key if key == (app_label, name) else name is None and key[0] == app_label
            for key in loader.graph.forwards_plan(one.key)
        )
    ]


def half_run_migrations(connection: BaseDatabaseWrapper, loader: MigrationLoader) -> list[HalfRun]:
    """Those that this code has, the last one first."""
    keys = [key for key in half_run_keys(connection, loader) if key in loader.graph.nodes]
    return [HalfRun(connection, loader.graph.nodes[key]) for key in keys]


def half_run_keys(connection: BaseDatabaseWrapper, loader: MigrationLoader) -> list[Key]:
    """The last one first, whether this code has it or not; without those that were recorded before the kill."""
    return [key for key in reversed(half_run(connection)) if key not in loader.applied_migrations]


def half_run_in_words(connection: BaseDatabaseWrapper) -> list[str]:
    """A sentence for each."""
    loader, undo = MigrationLoader(connection), rollback_command(connection.alias)
    known = f" To undo it instead: {undo}" if undo else ""
    unknown = f"; to undo it, from there: {undo}" if undo else "."
    return [
        f"Half-run: {app}.{name}. The next release goes on where it was interrupted.{known}"
        if (app, name) in loader.graph.nodes
        else f"Half-run, and unknown to this code: {app}.{name}. A release of code that has it goes on where it was"
        f" interrupted{unknown}"
        for app, name in reversed(half_run_keys(connection, loader))
    ]
