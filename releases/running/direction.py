"""What the options of `migrate` ask for: a release, a step back, or something that Django's own command does."""

from collections.abc import Mapping
from typing import Any

from django.core.management import CommandError
from django.db import connections
from django.db.migrations.exceptions import NodeNotFoundError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import AmbiguityError

from releases.applying.half_run import half_run_beyond
from releases.models import Release
from releases.record.pending import target_name

DJANGOS_OWN = ("check_unapplied", "plan", "fake", "prune")


def refuse_with_finish(options: Mapping[str, Any]) -> None:
    """Raises CommandError for what `--finish` would leave undone."""
    if others := [name for name in (*DJANGOS_OWN, "run_syncdb", "app_label") if options[name]]:
        raise CommandError(f"--finish cannot be combined with {', '.join(others)}. Nothing was changed.")


def direction_of(options: Mapping[str, Any], *, is_typed: bool) -> Release.Direction | None:
    """The direction of a run that applies or unapplies; None if Django's own command is enough."""
    for_a_test = options["run_syncdb"] and not is_typed
    if for_a_test or any(options[name] for name in DJANGOS_OWN):
        return None
    if not options["migration_name"]:
        return Release.Direction.FORWARDS
    executor = MigrationExecutor(connections[options["database"]])
    app, name = options["app_label"], options["migration_name"]
    try:
        target = target_name(executor.loader, app, name)
        plan = executor.migration_plan([(app, target)])
    except (AmbiguityError, KeyError):
        return None  # Django's own refusal follows
    except NodeNotFoundError:
        return Release.Direction.FORWARDS  # to a partly applied squash
    if half_run_beyond(executor.connection, executor.loader, app, target) or (plan and plan[0][1]):
        return Release.Direction.BACKWARDS
    return Release.Direction.FORWARDS if plan else None
