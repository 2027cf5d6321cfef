"""Django's migrate, safe to run while the old version serves, and clear when it fails."""

import sys
from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.exceptions import NodeNotFoundError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import AmbiguityError, MigrationLoader

from releases.deferred import run_deferred_sql_before_record
from releases.diagnosis import explain
from releases.health import unknown_to
from releases.models import Release
from releases.run import Run, run_alone
from releases.schema import verify
from releases.steps import explain_step_back, operator, unrecord_within_transaction

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
            raise CommandError(self._explain(error)) from error

    def handle(self, *args: Any, **options: Any) -> None:
        direction = self._direction(options)
        if direction is None:
            super().handle(*args, **options)
            if options["check_unapplied"] and not options["app_label"]:
                self._check_schema(connections[options["database"]])
            return
        self.verbosity = options["verbosity"]
        asked_by = operator() if direction == Release.Direction.BACKWARDS else ""
        self.run = Run(connections[DEFAULT_DB_ALIAS], self._say, direction, asked_by)
        try:
            self._release(*args, **options)
        except Exception as error:
            self.run.finish(str(error) if isinstance(error, CommandError) else self._explain(error))
            raise
        self.run.finish()

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        if self.run and migration and action in ("apply_start", "unapply_start"):
            commit_with_record = (
                run_deferred_sql_before_record if action == "apply_start" else unrecord_within_transaction
            )
            commit_with_record(migration)
            self.run.migration_starts(migration)
        super().migration_progress_callback(action, migration, fake)
        if action in ("apply_start", "unapply_start"):
            self.running = migration
        elif action in ("apply_success", "unapply_success"):
            self.running = None
            if self.run:
                self.run.migration_succeeded(adopted=fake)

    def _direction(self, options: dict[str, Any]) -> Release.Direction | None:
        """Of a run on the main database that really applies or unapplies; the rest stays as Django has it."""
        if options["database"] != DEFAULT_DB_ALIAS or any(options[name] for name in DJANGOS_OWN):
            return None
        if not options["migration_name"]:
            return Release.Direction.FORWARDS
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        app, name = options["app_label"], options["migration_name"]
        try:
            target = None if name == "zero" else executor.loader.get_migration_by_prefix(app, name).name
            plan = executor.migration_plan([(app, target)])
        except (AmbiguityError, KeyError):
            return None  # Django's own refusal follows
        except NodeNotFoundError:
            return Release.Direction.FORWARDS  # to a squash that is half applied
        if plan and plan[0][1]:
            return Release.Direction.BACKWARDS
        return Release.Direction.FORWARDS if plan else None

    def _explain(self, error: Exception) -> str:
        if self.run and self.run.direction == Release.Direction.BACKWARDS:
            return explain_step_back(error, self.running, len(self.run.migrations), "the same command")
        return explain(error, self.running)

    def _release(self, *args: Any, **options: Any) -> None:
        assert self.run  # noqa: S101
        connection = self.run.connection

        def migrate() -> None:
            super(Command, self).handle(*args, **options)

        run_alone(self.run, migrate)
        if self.run.direction == Release.Direction.BACKWARDS:
            return
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
