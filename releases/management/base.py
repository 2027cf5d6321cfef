"""What the commands share that need the database."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import connection

from releases.diagnosis import explain


class DatabaseCommand(BaseCommand):
    """Says in one paragraph, instead of a traceback, that a database is absent, unmigrated or closed.

    For commands that write in one transaction: the paragraph says that nothing was changed.
    """

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except CommandError:
            raise
        except Exception as error:
            raise CommandError(explain(error, None, connection)) from error
