"""Inspects the old application's database before a release takes it over."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.management import CommandError
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.commands import DatabaseCommand, migrate_command
from workouts.takeover.report import inspect

DRY_RUN = "python manage.py takeover --dry-run"
UNCHECKED = "Rights and the server are checked by the release"


class Command(DatabaseCommand):
    help = "Shows what a release would do with the old application's database, and what blocks it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only inspect. The release takes it over.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            raise CommandError(f"A release takes the database over: {migrate_command()} To inspect it first: {DRY_RUN}")
        with _read_only(connections[DEFAULT_DB_ALIAS]) as connection:
            report = inspect(connection)
        for line in report.lines:
            self.stdout.write(line)
        if report.refusals:
            raise CommandError("\n".join(report.refusals))
        self.stdout.write(f"No obstacle was found, and nothing was changed. {UNCHECKED}: {migrate_command()}")


@contextmanager
def _read_only(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """A connection on which writes fail, so that not even a bug in this code can change anything."""
    if connection.vendor == "sqlite":
        with closing(_open_read_only(connection)) as file:
            connections[connection.alias] = file  # Django's own queries use the alias
            try:
                yield file
            finally:
                connections[connection.alias] = connection  # its name, not an address, is in messages
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL quote_all_identifiers = off")
        yield connection


def _open_read_only(connection: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """Otherwise SQLite would create a missing file, and write the WAL mode of the settings into an existing one."""
    file = Path(connection.settings_dict["NAME"])
    if not file.is_file():
        raise CommandError(
            f"There is no SQLite file {file}. A release creates it, with an empty planner: {migrate_command()}"
        )
    opened = connection.copy()
    opened.settings_dict |= {"NAME": f"file:{quote(str(file))}?mode=ro", "OPTIONS": {}}
    return opened
