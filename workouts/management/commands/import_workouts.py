"""Imports the coach's plan from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError

from releases.commands import DatabaseCommand
from workouts.files.imports.decisions import DROP, KEEP, Policy
from workouts.files.imports.importing import EveryRowSkipped, NotImportable, import_file, plan_file
from workouts.files.imports.results import counts, result_of
from workouts.files.uploads import MAX_BYTES
from workouts.models import Workout

MOVED: dict[str, tuple[int, ...] | None] = {"move": None, "as-new": ()}


class Command(DatabaseCommand):
    help = "Imports a plan: CSV of TrainingPeaks or intervals.icu, a calendar (.ics), or one of them in a ZIP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Show what would be done, and write nothing.")
        parser.add_argument(
            "--moved",
            choices=MOVED,
            default="move",
            help="What to do with a workout that the coach moved: move it with the athlete's selection (the default), "
            "or leave it and add a new one.",
        )
        parser.add_argument(
            "--gone",
            choices=[policy.value for policy in Policy],
            default=KEEP,
            help="What to do with the coach's workouts on the days of the file that are not in it: keep them (the "
            "default), drop them from the plan, or rename those whose new name is recognized and keep the others.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, moved, gone = options["file"], MOVED[options["moved"]], Policy(options["gone"])
        try:
            content = _read(path)
            if options["dry_run"]:
                result = result_of(plan_file(content, Workout.objects.all(), moved=moved, gone=gone))
            else:
                result = import_file(path.name, content, by=None, moved=moved, gone=gone).result
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}. Nothing was imported.") from error
        except NotImportable as error:
            raise CommandError(f"{path}: {error} Nothing was imported.") from error
        except EveryRowSkipped as error:
            self._report(error.result)
            raise CommandError(f"{path}: {error} Nothing was imported.") from error
        self._report(result)
        if options["dry_run"]:
            self.stdout.write("Nothing was written: this was a dry run.")
        else:
            self.stdout.write(self.style.SUCCESS(f"Imported {path.name}."))

    def _report(self, result: dict[str, Any]) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING("Workouts"))
        for name, count in counts(result).items():
            self.stdout.write(f"  {name}: {count}")
        for move in result["moved"]:
            self.stdout.write(f"Row {move['row']}: “{move['title']}” moves from {move['from']} to {move['to']}.")
        for gone in result["gone"]:
            self.stdout.write(f"“{gone['title']}” of {gone['day']} is not in the file: {_decision(gone)}")
        for skipped in result["skipped"]:
            self.stdout.write(self.style.WARNING(f"Row {skipped['row']} was skipped. {skipped['reason']}"))


def _decision(gone: dict[str, Any]) -> str:
    becomes = f"“{gone['becomes']}”, row {gone['row']}"
    if gone["choice"] == KEEP:
        return f"kept. It may have become {becomes}: see --gone rename." if gone["row"] else "kept."
    return "dropped." if gone["choice"] == DROP else f"renamed to {becomes}."


def _read(path: Path) -> bytes:
    """Reads at most one byte more than is allowed."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
