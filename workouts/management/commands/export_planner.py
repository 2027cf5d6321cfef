"""A backup from the shell, for example every night."""

from typing import Any

from releases.commands import DatabaseCommand
from workouts.files.exports.exporting import export_json


class Command(DatabaseCommand):
    help = "Writes all of the athlete's data to standard output, as JSON that the restore page accepts."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.writelines(export_json())
