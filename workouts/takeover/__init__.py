"""Which databases can be taken over: the old application's, one without our tables, or one of an interrupted release.

Any other is refused before the first change, because this code could lose what it does not know. So are objects that
depend on the old tables, if they would prevent the change or be lost by it.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.core.management import CommandError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

from releases.commands import migrate_command
from workouts.takeover.dependents import find_dependents, find_interfering
from workouts.takeover.legacy import LEGACY, find_differences
from workouts.takeover.obstacle import Obstacle
from workouts.takeover.places import find_hidden_tables
from workouts.takeover.records import find_foreign_records, find_lost_records
from workouts.takeover.references import find_unfit_references
from workouts.takeover.rehearsal import rehearse
from workouts.takeover.soundness import find_unsound

ADOPTS, CHANGES_TYPES, DEDUPLICATES = "0001_initial", "0002_legacy_column_types", "0004_deduplicate_selections"
SEE = "See docs/railway-auto-migrations.md, 'Refused databases'."


def refuse_unknown_database(
    sender: AppConfig, *, using: str, plan: list[tuple[Migration, bool]], **kwargs: Any
) -> None:
    """A receiver of `pre_migrate`. Raises CommandError if the database cannot be taken over."""
    connection = connections[using]
    pending = {one.name for one, backwards in plan if one.app_label == sender.label and not backwards}
    if differences := find_differences_from_legacy(connection, pending):
        raise CommandError(describe_differences(differences))
    if obstacles := find_obstacles(connection, pending):
        raise CommandError(describe_obstacles(obstacles))
    if DEDUPLICATES in pending and _has_tables(connection) and (obstacles := rehearse(connection)):
        raise CommandError(describe_obstacles(obstacles))


def find_differences_from_legacy(connection: BaseDatabaseWrapper, pending: Iterable[str]) -> list[str]:
    if ADOPTS not in pending:
        return []
    records = [*find_foreign_records(connection), *find_lost_records(connection)]
    return records or [*find_hidden_tables(connection), *find_differences(connection)]


def find_obstacles(connection: BaseDatabaseWrapper, pending: Iterable[str]) -> list[Obstacle]:
    """What prevents the pending migrations of `workouts` from changing the old tables. Only reads."""
    obstacles: list[Obstacle] = []
    if not _has_tables(connection):
        return obstacles
    if CHANGES_TYPES in pending:
        obstacles += [*find_dependents(connection), *find_unsound(connection)]
    if DEDUPLICATES in pending:
        obstacles += [*find_interfering(connection), *find_unfit_references(connection)]
    return list({obstacle.remedy: obstacle for obstacle in obstacles}.values())


def describe_differences(differences: list[str]) -> str:
    found = [f"- {difference}" for difference in differences]
    return "\n".join(["This version cannot take over this database. Nothing was changed.", *found, SEE])


def describe_obstacles(obstacles: list[Obstacle]) -> str:
    """Objects are listed in the order in which to drop them, and restored in the reverse order."""
    lines = ["The takeover of the old tables is blocked. Nothing was changed."]
    lines += [f"- {obstacle}" for obstacle in obstacles]
    lines.append(f"Then run: {migrate_command()}")
    if restore := [obstacle.restore for obstacle in reversed(obstacles) if obstacle.restore]:
        lines += ["Afterwards, to restore what you need, in this order:", *restore]
    return "\n".join([*lines, SEE])


def _has_tables(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        return LEGACY.keys() <= set(connection.introspection.table_names(cursor))
