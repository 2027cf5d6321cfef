"""The comparison that follows every release, as a command, and the repair."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from releases import contract
from releases.commands import DatabaseCommand
from releases.messages.naming import migrate_command
from releases.preflight.server import read_server
from releases.record.pending import pending_migrations
from releases.repair import repair
from releases.repeatable.hook import repeatable
from releases.running.run import Run, run_alone
from releases.running.watchdog import guard
from releases.schema import COMPARED, verify
from releases.sessions import for_a_release

SHALLOW = (
    "Every table and every column exists. The rest was not compared: that needs the right to create temporary tables."
    " Run as the database's owner: {}"
)


class Command(DatabaseCommand):
    help = "Compares what the models declare with what is in the database, by definition."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Build what is missing, while the table is in use.")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections), help="Its alias.")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor not in COMPARED:
            raise CommandError(f"Only schemas of {' and '.join(COMPARED)} can be compared. Nothing was changed.")
        if unapplied := pending_migrations(connection):
            listed = ", ".join(map(str, unapplied))
            raise CommandError(
                f"Not applied yet: {listed}. Nothing was compared. Run: {migrate_command(connection.alias)}"
            )
        if options["repair"]:
            self._repair(connection)
        verdict = verify(connection)
        if not verdict.whole:
            raise CommandError(verdict.explain(connection.alias))
        if verdict.shallow:
            raise CommandError(SHALLOW.format(read_server(connection).grant_temporary))
        self.stdout.write(self.style.SUCCESS("Everything that the models declare exists, as declared and valid."))
        for line in contract.in_words(connection):
            self.stdout.write(line)

    def _repair(self, connection: BaseDatabaseWrapper) -> None:
        """Runs under the migration lock, in sessions like those of a release, and again after a transient error."""
        self.left = "Nothing was changed but what it reported."

        def build() -> None:
            if left := repair(connection, self._say):
                raise CommandError("\n".join(["This cannot be repaired:", *(f"- {one}" for one in left)]))

        with guard(self, connection, self.explain), for_a_release(connection), repeatable(connection, self._say):
            run_alone(Run(connection, self._say), build)

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
