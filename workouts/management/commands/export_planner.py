"""A backup from the shell, such as a nightly one."""

from typing import Any

from releases.commands import DatabaseCommand
from workouts.files.exports.exporting import export_json


class Command(DatabaseCommand):
    help = "Writes everything that the athlete has to standard output, as the restore page reads it."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.writelines(export_json())
