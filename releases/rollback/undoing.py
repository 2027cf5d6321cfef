"""Undoes migrations: each in one transaction, or operation by operation where others would wait for that."""

from collections.abc import Callable, Collection, Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.management import CommandError
from django.core.management.base import OutputWrapper
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from releases.applying.half_run import HalfRun, half_run_beyond, half_run_migrations
from releases.applying.journal import Journal, forget_recorded
from releases.applying.migration import commits_batches, is_online
from releases.applying.own_tables import ensure
from releases.record.pending import Key, applied_state, target_name
from releases.rollback.passing import note_passing
from releases.rollback.steps import irreversible, plan_back, unrecord
from releases.running.progress import Say
from releases.running.run import Run

if TYPE_CHECKING:
    from releases.judging import Judged

Progress = Callable[..., None]


def refuse_irreversible(migrations: Iterable[Migration]) -> None:
    """Raises CommandError before anything is undone."""
    if found := [str(migration) for migration in migrations if irreversible(migration)]:
        raise CommandError(f"{', '.join(found)} cannot be undone. Nothing was changed. Restore a backup instead.")


def undo(run: Run, keys: Collection[Key], progress: Progress, stdout: OutputWrapper, verbosity: int) -> None:
    """Unapplies those of `keys` that are applied, and what is committed of half-run ones; nothing else.

    Django's own command goes back to a target, and would also undo what another release has applied.
    """
    connection, say = run.connection, run.say
    forget_recorded(connection)
    executor = MigrationExecutor(connection)
    plan = plan_back(executor, [key for key in keys if key in executor.loader.applied_migrations])
    refuse_irreversible(plan)
    interrupted = [one for one in half_run_migrations(connection, executor.loader) if one.key in keys]
    note_passing(executor.loader, [*(one.migration for one in interrupted), *plan])
    judged = _judged(connection, executor.loader, [*(one.whole for one in interrupted), *plan], say)
    if not (interrupted or plan):
        return
    signalled: dict[str, Any] = {"verbosity": verbosity, "interactive": False, "db": connection.alias, "stdout": stdout}
    django_plan = [(migration, True) for migration in (*(one.migration for one in interrupted), *plan)]
    emit_pre_migrate_signal(**signalled, apps=applied_state(executor.loader).apps, plan=django_plan)
    for one in interrupted:
        one.undo(applied_state(executor.loader), progress, say)
    for by_operation, group in groupby(plan, lambda migration: _is_by_operation(migration, judged)):
        if by_operation:
            for migration in group:
                if migration is not plan[0]:
                    _refuse_now(connection, migration)
                _undo_by_operation(connection, migration, progress, say)
        else:
            MigrationExecutor(connection, progress).migrate([], plan=[(migration, True) for migration in group])
    emit_post_migrate_signal(**signalled, apps=applied_state(MigrationLoader(connection)).apps, plan=django_plan)


def keys_beyond(run: Run, app_label: str, name: str) -> list[Key]:
    """What depends on a migration of the app; if `name` is `zero`, all of the app and what depends on it."""
    executor = MigrationExecutor(run.connection)
    executor.loader.check_consistent_history(run.connection)
    target = target_name(executor.loader, app_label, name)
    beyond = half_run_beyond(run.connection, executor.loader, app_label, target)
    plan = executor.migration_plan([(app_label, target)])
    run.say(f"Back to {app_label} {target or 'zero'}:")
    return [*(one.key for one in beyond), *((one.app_label, one.name) for one, back in plan if back)]


def _is_by_operation(migration: Migration, judged: "Judged") -> bool:
    """What commits its batches needs the journal, on any database; unless one transaction holds them all."""
    batches = not migration.atomic and any(map(commits_batches, migration.operations))
    return batches or is_online(judged.get(str(migration), []))


def _judged(
    connection: BaseDatabaseWrapper,
    loader: MigrationLoader,
    plan: list[Migration],
    say: Say,
    unchanged: str = "Nothing was changed.",
) -> "Judged":
    """Raises CommandError if rows violate what comes back."""
    if connection.vendor != "postgresql" or not plan:
        return {}
    from releases.judging import in_a_line, judge_back, notable

    judged = judge_back(connection, loader, plan, unchanged)
    for one in notable(judged):
        say(f"Undoing {in_a_line(one)}")
    return judged


def _refuse_now(connection: BaseDatabaseWrapper, migration: Migration) -> None:
    """What RunPython does to rows is known once it has run: then one that would end half-run is not begun."""
    _judged(connection, MigrationLoader(connection), [migration], lambda _: None, "Nothing of it was undone.")


def _undo_by_operation(connection: BaseDatabaseWrapper, migration: Migration, progress: Progress, say: Say) -> None:
    """Makes it a half-run migration, all of whose operations are committed."""
    ensure(connection)
    with transaction.atomic(using=connection.alias):
        journal = Journal(connection, migration)
        journal.open()
        journal.commit(len(journal.operations))
        unrecord(connection, migration)
    HalfRun(connection, migration).undo(applied_state(MigrationLoader(connection)), progress, say)
