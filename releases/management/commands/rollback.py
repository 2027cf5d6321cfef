"""Undoes what the last release applied."""

import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from functools import partial
from typing import Any

from django.core.management import CommandError
from django.core.management.base import no_translations
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AddField, CreateModel, Migration
from django.db.migrations.executor import MigrationExecutor

from releases.applying.half_run import half_run_migrations
from releases.contract.old_sessions import CLIENTS
from releases.management.commands import migrate
from releases.messages.naming import rollback_command
from releases.models import Release
from releases.record.pending import Key
from releases.rollback.choice import chosen
from releases.rollback.loss import Loss
from releases.rollback.steps import explain_step_back, operator, plan_back
from releases.rollback.undoing import refuse_irreversible
from releases.running.lock import alone
from releases.running.run import Run
from releases.version import name_of_this_release

OTHER_SESSIONS = f"SELECT count(*) {CLIENTS}"
RUNNING_CODE = """\
This version of the code needs these migrations. Where it still runs, /readyz
answers 503 and pages fail from the first step on, and a container of it that
starts migrates forward again. So bring the older version back first."""
NO_TERMINAL = (
    "There is no terminal to ask for confirmation. Nothing was changed. To go ahead without being asked, add --noinput."
)


class Command(migrate.Command):
    help = (
        "Undoes what the last release applied, and a migration that it left half-run; or, with --steps, the last"
        " migrations."
    )
    options: dict[str, Any] = {}
    planned = 0  # migrations to undo

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("app", nargs="?", help="Only migrations of this app.")
        parser.add_argument("--steps", type=int, help="This many migrations, instead of a release.")
        parser.add_argument("--by", default="", help="Who asks for it; by default the operating system's user.")
        parser.add_argument("--reason", default="", help="The reason. Both are recorded.")
        parser.add_argument("--noinput", action="store_false", dest="interactive", help="Do not ask.")
        parser.set_defaults(database=DEFAULT_DB_ALIAS, check_unapplied=False)

    @no_translations  # of what is stored after a step back
    def handle(self, *args: Any, **options: Any) -> None:
        if options["steps"] is not None and options["steps"] < 1:
            raise CommandError("--steps takes 1 or more. Nothing was changed.")
        self.verbosity, self.options = options["verbosity"], options
        with alone(connection, self._say):
            keys = self._choose()
        self.planned = len(keys)
        if options["interactive"]:
            with self.watchdog.deadline.stopped() if self.watchdog else nullcontext():
                self._confirm()
        by = options["by"] or operator()
        run = Run(connection, self._say, Release.Direction.BACKWARDS, by[:150], options["reason"])
        self.carry_out(run, partial(self._undo, run, keys))

    def _choose(self) -> list[Key]:
        """Shows and returns what is to be undone. Raises CommandError if that is nothing, or is irreversible."""
        executor = MigrationExecutor(connection)
        interrupted = half_run_migrations(connection, executor.loader)
        heading, keys = chosen(executor, self.options["app"], self.options["steps"])
        begun = {one.key: one.begun for one in interrupted}
        plan = [begun.get((one.app_label, one.name), one) for one in plan_back(executor, keys)]
        self._show(heading, plan, Loss(connection, executor.loader, plan))
        refuse_irreversible(plan)
        return keys

    def _undo(self, run: Run, keys: list[Key]) -> None:
        """Runs under the lock, and again after a transient error, when a part of it is already done."""
        run.start_record()
        if not run.migrations:
            _, now = chosen(MigrationExecutor(connection), self.options["app"], self.options["steps"])
            if set(now) != set(keys):
                raise CommandError(
                    "The database was migrated meanwhile, so something other than what was shown would be undone."
                    f" Nothing was changed. To see what would be undone now, run: {_command(self.options)}"
                )
        self.unapply(run, keys)

    def _explain(self, connection: BaseDatabaseWrapper, error: BaseException) -> str:
        words = explain_step_back(error, self.running, self.done, connection)
        steps, left = self.options.get("steps"), self.planned - len(self.done)
        if self.planned == steps and 0 < left < steps:  # nothing else depended on them
            words += f" That is now: {_command(self.options | {'steps': left})}"
        return words

    def _confirm(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError(NO_TERMINAL)
        try:
            answer = input("Undo this? [y/N] ").strip().lower()
        except EOFError:
            answer = ""
        if answer not in ("y", "yes"):
            raise CommandError("Nothing was changed.")

    def _show(self, heading: str, plan: list[Migration], loss: Loss) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"{heading} To be undone, in this order:"))
        for migration in plan:
            self.stdout.write(f"  {self.style.MIGRATE_LABEL(str(migration))}")
            for line in loss.describe(migration):
                self.stdout.write(f"    {line}")
        if any(map(_holds_the_history, plan)):
            self.stdout.write(
                "This also deletes the history of releases: this step back is recorded in this output only."
            )
        self.stdout.write(RUNNING_CODE)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(OTHER_SESSIONS, [name_of_this_release()])
                self.stdout.write("Other sessions of this database now: {}.".format(*cursor.fetchone()))


def _holds_the_history(migration: Migration) -> bool:
    return migration.app_label == Release._meta.app_label and any(
        isinstance(operation, CreateModel | AddField) for operation in migration.operations
    )


def _command(options: dict[str, Any]) -> str:
    words = [rollback_command(), options["app"], f"--steps {options['steps']}" if options["steps"] else None]
    return " ".join(filter(None, words))
