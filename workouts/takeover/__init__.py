"""Which database may be taken over: none of ours yet, the old application's, or our own interrupted beginning.

Anything else is refused before the first change, because what this code does not know it could lose. So is what hangs
on the old tables and would break, or be broken.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.core.management import CommandError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

from releases.commands import migrate_command
from workouts.takeover.dependents import find_dependents, find_disturbing
from workouts.takeover.legacy import LEGACY, find_differences
from workouts.takeover.obstacle import Obstacle
from workouts.takeover.places import find_hidden_tables
from workouts.takeover.references import find_unfit_references
from workouts.takeover.rehearsal import rehearse

ADOPTS, CHANGES_TYPES, DEDUPLICATES = "0001_initial", "0002_legacy_column_types", "0004_deduplicate_selections"
SEE = "See docs/railway-auto-migrations.md, 'Refused databases'."


def refuse_unknown_database(
    sender: AppConfig, *, using: str, plan: list[tuple[Migration, bool]], **kwargs: Any
) -> None:
    """Before the first migration of `workouts`: raises CommandError unless the database may be taken over."""
    connection = connections[using]
    pending = {one.name for one, backwards in plan if one.app_label == sender.label and not backwards}
    if differences := find_differences_from_legacy(connection, pending):
        raise CommandError(say_differences(differences))
    if obstacles := find_obstacles(connection, pending):
        raise CommandError(say_obstacles(obstacles))
    if DEDUPLICATES in pending and _has_tables(connection) and (obstacles := rehearse(connection)):
        raise CommandError(say_obstacles(obstacles))


def find_differences_from_legacy(connection: BaseDatabaseWrapper, pending: Iterable[str]) -> list[str]:
    return [*find_hidden_tables(connection), *find_differences(connection)] if ADOPTS in pending else []


def find_obstacles(connection: BaseDatabaseWrapper, pending: Iterable[str]) -> list[Obstacle]:
    """What hangs on the tables and stands against the pending migrations of `workouts`. Only reads."""
    obstacles: list[Obstacle] = []
    if not _has_tables(connection):
        return obstacles
    if CHANGES_TYPES in pending:
        obstacles += find_dependents(connection)
    if DEDUPLICATES in pending:
        obstacles += [*find_disturbing(connection), *find_unfit_references(connection)]
    return list({obstacle.remedy: obstacle for obstacle in obstacles}.values())


def say_differences(differences: list[str]) -> str:
    found = "; ".join(differences)
    return f"This database is not one that this version can take over: {found}. Nothing was changed. {SEE}"


def say_obstacles(obstacles: list[Obstacle]) -> str:
    """What has to be dropped first is named first, and brought back last."""
    lines = ["What hangs on the old tables stands in the way. Nothing was changed."]
    lines += [f"- {obstacle}" for obstacle in obstacles]
    lines.append(f"Then run: {migrate_command()}")
    if restore := [obstacle.restore for obstacle in reversed(obstacles) if obstacle.restore]:
        lines += ["After it, what is to be there again, in this order:", *restore]
    return "\n".join([*lines, SEE])


def _has_tables(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        return LEGACY.keys() <= set(connection.introspection.table_names(cursor))
