"""What the commands share that need the database."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import connection

from releases.diagnosis import explain_command


class DatabaseCommand(BaseCommand):
    """Says in one paragraph, instead of a traceback, that a database is absent, unmigrated or closed.

    `left` is what the paragraph says of the database. The default is true of a command that writes in one transaction.
    """

    left = "Nothing was changed."

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except CommandError:
            raise
        except Exception as error:
            raise CommandError(explain_command(error, self.left, connection)) from error
