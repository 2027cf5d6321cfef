"""Applies the rule for duplicates again, after the unique constraint was dropped and duplicates were inserted."""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import connection

from releases.commands import DatabaseCommand, alone, repair_command

# The rule is in the migration, which imports nothing that could change. Its name is not a Python identifier.
rule = import_module("workouts.migrations.0004_deduplicate_selections")


class Command(DatabaseCommand):
    help = "Keeps one selection per workout, filled from the others, and moves the others to the archive."
    left = "Each workout has either its selections as they were, or one selection and the others in the archive."

    def handle(self, *args: Any, **options: Any) -> None:
        with alone(connection, self.stdout.write):
            rule.deduplicate(apps, connection.schema_editor())
        self.stdout.write(f"\nTo build the unique constraint, run: {repair_command()}")
