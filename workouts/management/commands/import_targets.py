"""Imports the targets of one week, which the old application kept in a file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError

from releases.commands import DatabaseCommand
from workouts.files.imports.targets_file import read_targets
from workouts.files.uploads import NotImportable
from workouts.history import Stale, set_target


class Command(DatabaseCommand):
    help = "Imports the targets of one week from config/weekly_targets.json of the old application."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="The path of the file, or - for standard input.")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["file"]
        try:
            content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            monday, values = read_targets(content)
            outcome = set_target(monday, values, by=None)
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}. Nothing was imported.") from error
        except NotImportable as error:
            raise CommandError(f"{name}: {error} Nothing was imported.") from error
        except Stale as error:
            raise CommandError(f"{error} Run the command again.") from error
        if outcome.change is None:
            self.stdout.write(f"The week of {monday} already has these targets. Nothing was changed.")
        else:
            self.stdout.write(self.style.SUCCESS(f"Imported the targets of the week of {monday}."))
