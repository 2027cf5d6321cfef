"""What `rollback` is asked to undo, and why it refuses."""

from collections.abc import Collection

from django.core.management import CommandError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from releases.applying.half_run import half_run_keys
from releases.models import Release
from releases.record.history import STEPS, History, Past
from releases.record.pending import Key
from releases.rollback.steps import unknown, with_dependents


def chosen(executor: MigrationExecutor, app: str | None, steps: int | None) -> tuple[str, list[Key]]:
    """A heading for what was asked for, and the migrations to undo. Raises CommandError."""
    connection, loader = executor.connection, executor.loader
    releases = Release.objects.using(connection.alias)
    history = History(loader, list(releases) if releases.is_recordable() else [])
    begun = half_run_keys(connection, loader)
    past = None if steps else history.last_unfinished(begun) if begun else history.last()
    of_app = f" of {app}" if app else ""
    if past:
        heading, candidates = f"What the last release ({past}) applied{of_app}.", [*begun, *past.applied]
    elif steps:
        heading, candidates = f"The last migrations{of_app}.", [*begun, *history.order]
    else:
        heading, candidates = f"What an earlier release left half-run{of_app}.", begun
    keys = [key for key in candidates if app in (None, key[0])][:steps]
    if not keys:
        nothing = f"Nothing{of_app} that the last release ({past}) applied" if past else f"No migration{of_app}"
        raise CommandError(f"{nothing} is applied. Nothing was changed.")
    _refuse_unknown(loader, keys)
    plan = with_dependents(loader, [key for key in keys if key not in begun])
    _refuse_adopted(history, plan)
    if past:
        _refuse_others(history, past, plan, begun)
    return heading, [*(key for key in begun if key in keys or _depends_on(loader, key, plan)), *plan]


def _refuse_unknown(loader: MigrationLoader, keys: Collection[Key]) -> None:
    if missing := unknown(loader, keys):
        raise CommandError(
            f"This version of the code does not have {_labels(missing)}. Nothing was changed. Run this from the version"
            " that has it."
        )


def _refuse_adopted(history: History, plan: Collection[Key]) -> None:
    if adopted := history.adopted.intersection(plan):
        raise CommandError(
            f"{_labels(adopted)} depends on them, and its tables existed before the release that adopted them: they"
            " would be dropped with their rows. Nothing was changed."
        )


def _refuse_others(history: History, past: Past, plan: Collection[Key], begun: Collection[Key]) -> None:
    if others := [key for key in plan if key not in past.applied]:
        raise CommandError(
            f"What the last release ({past}) applied is needed by what it did not apply: {_labels(others)}. Nothing was"
            f" changed. To undo that as well: {STEPS} {len(begun) + history.steps_over(plan)}"
        )


def _depends_on(loader: MigrationLoader, key: Key, plan: Collection[Key]) -> bool:
    return key in loader.graph.nodes and any(parent in plan for parent in loader.graph.forwards_plan(key))


def _labels(keys: Collection[Key]) -> str:
    return ", ".join(sorted(".".join(key) for key in keys))
