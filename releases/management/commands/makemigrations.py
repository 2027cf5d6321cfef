"""Django's makemigrations, which then says what a release would make of the operations that it wrote."""

import importlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from django.core.management.commands import makemigrations
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

Changes = dict[str, list[Migration]]


class Command(makemigrations.Command):
    def write_migration_files(self, changes: Changes, *args: Any, **kwargs: Any) -> None:
        super().write_migration_files(changes, *args, **kwargs)
        if self.verbosity >= 1 and not self.dry_run and find_spec("psycopg") and find_spec("postgast"):
            for line in said_of(changes):
                self.log(line)


def said_of(changes: Changes) -> Iterator[str]:
    """The verdicts on large tables in use: what is not done at once, and what to write instead of what is refused."""
    from releases.judging import in_a_line, indented, judge_alone, notable

    loader = _loader(changes)
    for key in [(app, migration.name) for app, migrations in changes.items() for migration in migrations]:
        migration = loader.graph.nodes[key]
        judged = judge_alone(migration, loader.project_state(key, at_end=False), connections[DEFAULT_DB_ALIAS])
        for one in notable({str(migration): judged}):
            yield f"On PostgreSQL, while an old version serves large tables: {in_a_line(one)}"
            yield from indented(one.verdict.instead if one.is_refused else "", 2)


def _loader(changes: Changes) -> MigrationLoader:
    """With the new files: Python may have imported earlier ones of the same name."""
    for app, migrations in changes.items():
        for migration in migrations:
            sys.modules.pop(f"{MigrationLoader.migrations_module(app)[0]}.{migration.name}", None)
    importlib.invalidate_caches()
    return MigrationLoader(None, ignore_no_migrations=True)
