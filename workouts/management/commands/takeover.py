"""A look at the old application's database before a release takes it over."""

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
from workouts.takeover.report import look

DRY_RUN = "python manage.py takeover --dry-run"


class Command(DatabaseCommand):
    help = "Says what a release would do with the old application's database, and what stands in its way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only look. The release does the rest.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            raise CommandError(
                f"It is the release that takes a database over: {migrate_command()} To look before: {DRY_RUN}"
            )
        with _read_only(connections[DEFAULT_DB_ALIAS]) as connection:
            report = look(connection)
        for line in report.lines:
            self.stdout.write(line)
        if report.refusals:
            raise CommandError("\n".join(report.refusals))
        self.stdout.write(f"Nothing stands in the way, and nothing was changed. The release: {migrate_command()}")


@contextmanager
def _read_only(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """What writes fails, so that a mistake of this code could not change anything either."""
    if connection.vendor == "sqlite":
        with closing(_open_read_only(connection)) as file:
            connections[connection.alias] = file  # Django's own questions go by the alias
            yield file
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield connection


def _open_read_only(connection: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """Without: SQLite would make a file that is not there, and write the settings' WAL mode into one that is."""
    file = Path(connection.settings_dict["NAME"])
    if not file.is_file():
        raise CommandError(
            f"There is no SQLite file {file}. A release makes it, with an empty planner: {migrate_command()}"
        )
    opened = connection.copy()
    opened.settings_dict |= {"NAME": f"file:{quote(str(file))}?mode=ro", "OPTIONS": {}}
    return opened
