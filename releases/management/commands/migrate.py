"""Django's migrate, safe to run while the old version serves, and clear when it fails."""

import sys
from collections import defaultdict
from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.loader import AmbiguityError, MigrationLoader

from releases.applying import Applying
from releases.diagnosis import explain
from releases.health import unknown_to
from releases.indexes import repeatable
from releases.limits import Deadline, Limits
from releases.lock import file_lock
from releases.run import Run, run_alone_and_again
from releases.schema import verify

DJANGOS_OWN = ("check_unapplied", "plan", "fake", "prune", "run_syncdb")


class Command(migrate.Command):
    run: Run | None = None
    running: Migration | None = None

    def execute(self, *args: Any, **options: Any) -> None:
        """The system checks come before handle() and may already need the database."""
        try:
            super().execute(*args, **options)
        except CommandError:
            raise
        except Exception as error:
            raise CommandError(explain(error, self.running)) from error

    def handle(self, *args: Any, **options: Any) -> None:
        self.verbosity, self.applying = options["verbosity"], defaultdict[str, Applying](Applying)
        with repeatable(connections[options["database"]], self._say):
            self._handle(*args, **options)

    def _handle(self, *args: Any, **options: Any) -> None:
        if not self._is_release(options):
            super().handle(*args, **options)
            if options["check_unapplied"] and not options["app_label"]:
                self._check_schema(connections[options["database"]])
            return
        self.run = Run(connections[DEFAULT_DB_ALIAS], self._say)
        try:
            self._release(*args, **options)
        except Exception as error:
            self.run.finish(str(error) if isinstance(error, CommandError) else explain(error, self.running))
            raise
        self.run.finish()

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        if self.run and migration and action == "apply_start":
            self.applying[str(migration)].follow(migration, self.run.connection)
            self.run.migration_starts(migration)
        super().migration_progress_callback(action, migration, fake)
        if action in ("apply_start", "unapply_start"):
            self.running = migration
        elif action in ("apply_success", "unapply_success"):
            self.running = None
            if self.run:
                self.run.migration_succeeded()

    def _is_release(self, options: dict[str, Any]) -> bool:
        """Forward, on the main database, and really to be applied. The rest stays as Django has it."""
        if options["database"] != DEFAULT_DB_ALIAS or any(options[name] for name in DJANGOS_OWN):
            return False
        return not (options["migration_name"] and self._goes_backwards(options))

    def _goes_backwards(self, options: dict[str, Any]) -> bool:
        if options["migration_name"] == "zero":
            return True
        loader = MigrationLoader(connections[DEFAULT_DB_ALIAS])
        try:
            target = loader.get_migration_by_prefix(options["app_label"], options["migration_name"])
        except (AmbiguityError, KeyError):
            return True  # Django's own refusal follows
        return (target.app_label, target.name) in loader.applied_migrations

    def _release(self, *args: Any, **options: Any) -> None:
        assert self.run  # noqa: S101
        connection = self.run.connection

        def migrate() -> None:
            super(Command, self).handle(*args, **options)

        if connection.vendor == "postgresql":
            run_alone_and_again(self.run, migrate, Limits.from_settings())
        else:
            self.run.attempts = 1
            deadline = Deadline(Limits.from_settings().deadline)
            with file_lock(str(connection.settings_dict["NAME"]), deadline, self._say):
                self.run.start_record()
                migrate()
        if unknown := unknown_to(MigrationLoader(connection)):
            self._say(f"Applied, but unknown to this code, and left alone: {', '.join(unknown)}.")
        if not options["app_label"]:
            self._verify(self.run)

    def _check_schema(self, connection: BaseDatabaseWrapper) -> None:
        """A gate that stays closed: --check fails at every start while anything is missing, not only at the first."""
        verdict = verify(connection)
        if not verdict.whole:
            self.stdout.write("The schema is not whole. To see what is missing, run: python manage.py verify_schema")
            sys.exit(1)

    def _verify(self, run: Run) -> None:
        verdict = verify(run.connection)
        if not verdict.whole:
            raise CommandError(verdict.explain())
        run.schema = verdict.digest

    def _say(self, message: str) -> None:
        if self.verbosity >= 1:
            self.stdout.write(message)
            self.stdout.flush()
