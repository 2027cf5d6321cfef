"""One step back, as Alembic's `downgrade -1`."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor

from releases.diagnosis import explain
from releases.lock import alone
from releases.progress import Progress
from releases.steps import back_from, describe, irreversible


class Command(BaseCommand):
    help = "Unapplies the migrations that were applied last: one, or --steps of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("app", nargs="?", help="Only migrations of this app.")
        parser.add_argument("--steps", type=int, default=1, help="How many; 1 unless told.")
        parser.add_argument("--noinput", action="store_false", dest="interactive", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["steps"] < 1:
            raise CommandError("--steps takes 1 or more. Nothing was changed.")
        try:
            with alone(connection, self.stdout.write):
                self._roll_back(options)
        except CommandError:
            raise
        except Exception as error:
            raise CommandError(explain(error, Progress())) from error

    def _roll_back(self, options: dict[str, Any]) -> None:
        executor = MigrationExecutor(connection)
        targets = back_from(executor.loader, options["app"], options["steps"])
        plan = [migration for migration, _ in executor.migration_plan(targets)]
        if not plan:
            raise CommandError("No migration is recorded as applied there. Nothing was changed.")
        self._show(plan)
        if steps := [str(migration) for migration in plan if irreversible(migration)]:
            raise CommandError(f"{', '.join(steps)} cannot be undone. Nothing was changed. Restore a backup instead.")
        if options["interactive"] and not self._confirmed():
            raise CommandError("Nothing was changed.")
        for app, name in targets:
            call_command("migrate", app, name or "zero", verbosity=options["verbosity"], stdout=self.stdout)

    def _confirmed(self) -> bool:
        try:
            return input("Undo this? [y/N] ").strip().lower() in ("y", "yes")
        except EOFError:
            return False

    def _show(self, plan: list[Migration]) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING("To be undone, in this order:"))
        with connection.cursor() as cursor:
            for migration in plan:
                self.stdout.write(f"  {self.style.MIGRATE_LABEL(str(migration))}")
                for line in describe(migration, apps, cursor):
                    self.stdout.write(f"    {line}")
