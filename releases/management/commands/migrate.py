"""Django's migrate, whose failures tell the operator what to do."""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db.migrations import Migration

from releases.diagnosis import explain


class Command(migrate.Command):
    running: Migration | None = None

    def execute(self, *args: Any, **options: Any) -> None:
        """The system checks come before handle() and may already need the database."""
        try:
            super().execute(*args, **options)
        except CommandError:
            raise
        except Exception as error:
            raise CommandError(explain(error, self.running)) from error

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        super().migration_progress_callback(action, migration, fake)
        if action in ("apply_start", "unapply_start"):
            self.running = migration
        elif action in ("apply_success", "unapply_success"):
            self.running = None
