"""The check that follows every release, alone."""

from typing import Any

from django.core.management import CommandError
from django.db import connection

from releases.management.base import DatabaseCommand
from releases.schema import missing_from


class Command(DatabaseCommand):
    help = "Looks for the constraints and indexes that the models declare in the database, by definition."

    def handle(self, *args: Any, **options: Any) -> None:
        if missing := missing_from(connection):
            raise CommandError("\n".join(["The models declare what the database does not have.", *missing]))
        self.stdout.write(self.style.SUCCESS("Every constraint and index that the models declare is there and valid."))
