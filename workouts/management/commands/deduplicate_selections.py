"""The rule for duplicates once more, where somebody dropped the unique constraint and duplicates have come since."""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import connection

from releases.commands import DatabaseCommand, alone, repair_command

# The rule lives in the migration, which imports nothing that could change; its name is no identifier.
rule = import_module("workouts.migrations.0004_deduplicate_selections")


class Command(DatabaseCommand):
    help = "Leaves each workout one selection, filled from the others, which go to the archive."
    left = "Each workout has its selections as they were, or one, with the others in the archive."

    def handle(self, *args: Any, **options: Any) -> None:
        with alone(connection, self.stdout.write):
            rule.deduplicate(apps, connection.schema_editor())
        self.stdout.write(f"\nTo build the unique constraint, run: {repair_command()}")
