"""Reports what a release would do with a database, and what blocks it. Only reads."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from releases.preflight import conflict_message, inspect_tables
from workouts.migrations._checks import preventing
from workouts.migrations._references import find_references
from workouts.takeover import (
    ADOPTS,
    DEDUPLICATES,
    describe_differences,
    describe_obstacles,
    find_differences_from_legacy,
    find_obstacles,
)
from workouts.takeover.duplicates import count, to_archive
from workouts.takeover.legacy import LEGACY, REVISIONS, alembic_revisions


@dataclass(frozen=True)
class Report:
    """`lines` say what a release would do, `refusals` why it would refuse to start."""

    lines: list[str]
    refusals: list[str]


def inspect(connection: BaseDatabaseWrapper) -> Report:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    pending = {migration.name for migration, _ in plan if migration.app_label == "workouts"}
    if not pending:
        return Report(["This database is taken over: every migration of the planner is applied."], [])
    if differences := find_differences_from_legacy(connection, pending):
        return Report([], [describe_differences(differences)])
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    existing = inspect_tables(connection, plan, fake_initial=True)
    if LEGACY.keys() <= set(tables):
        lines = [*_beginning(connection, tables, pending), *_rows(connection, pending)]
    else:
        lines = ["The old application's tables are not in this database: a release creates an empty planner."]
    if existing.adopted:
        left = sorted(set(tables) - set(existing.adopted))
        lines.append(f"Adopted with their rows: {', '.join(existing.adopted)}.")
        lines.append(f"Not changed: {', '.join(left) or 'nothing'}.")
    obstacles = find_obstacles(connection, pending)
    refusals = [describe_obstacles(obstacles)] if obstacles else []
    refusals += [conflict_message(existing.conflicts)] if existing.conflicts else []
    return Report(lines, refusals)


def _beginning(connection: BaseDatabaseWrapper, tables: list[str], pending: set[str]) -> Iterator[str]:
    if ADOPTS not in pending:
        yield f"The takeover has begun. Pending migrations: {', '.join(sorted(pending))}."
    elif "alembic_version" in tables:
        with connection.cursor() as cursor:
            (revision,) = alembic_revisions(cursor)
        yield f"The old application's database, at its Alembic revision {revision}, {REVISIONS[revision]}."
    else:
        yield "Tables of this version, from a release that was interrupted early."


def _rows(connection: BaseDatabaseWrapper, pending: set[str]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM workouts), (SELECT count(*) FROM workout_selections)")
        yield "Workouts: {}; selections: {}.".format(*cursor.fetchone())
        if DEDUPLICATES not in pending:
            return
        workouts, archived, gaps = count(connection)
        yield f"Workouts with duplicate selections: {workouts}; rows to archive: {archived}; gaps to fill: {gaps}."
        references = find_references(cursor, connection) if archived else []
        for reference in references:
            cursor.execute(
                f"SELECT count(*) FROM {reference.table} WHERE {reference.column} IN"
                f" (SELECT id FROM ({to_archive(connection)}) AS archived)"
            )
            yield f"Rows of {reference.name} that will refer to the kept selection: {cursor.fetchone()[0]}."
        tried = preventing(cursor, connection, [reference.table for reference in references])
        if archived and tried:
            yield (
                f"Before its first change the release tries the deduplication and rolls it back, because of"
                f" {', '.join(name for name, _ in tried)}."
            )
