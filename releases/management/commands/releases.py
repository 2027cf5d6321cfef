"""The last releases and steps back, for a terminal."""

import json
from argparse import ArgumentParser
from textwrap import fill
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from releases import contract
from releases.applying.half_run import half_run_in_words
from releases.commands import DatabaseCommand
from releases.models import Release
from releases.record.timeline import bar, in_words, spans
from releases.running.lock import is_interrupted

INTERRUPTED = "No release is at work now: the one that is running above was killed, or is between two attempts."
NONE = "No release has been recorded yet."
BAR = 64  # characters
COLUMNS = "{:19}  {:11}  {:>8}  {:>10}  {:>8}  {:12}"


class Command(DatabaseCommand):
    help = "Prints the last releases and steps back; or one, with the time that each of its migrations took."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--last", type=int, default=10, help="How many; 10 by default.")
        parser.add_argument("--show", type=int, metavar="N", help="Only this one, with its migrations; 1 is the last.")
        parser.add_argument("--json", action="store_true", help="One JSON object per line.")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections), help="Its alias.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["last"] < 1:
            raise CommandError("--last takes 1 or more.")
        recorded = Release.objects.using(options["database"])
        releases = [_one(recorded, options["show"])] if options["show"] is not None else recorded[: options["last"]]
        if options["json"]:
            for release in releases:
                self.stdout.write(json.dumps(as_dict(release)))
            return
        self._write_releases(list(releases))
        if options["show"] is not None:
            self._write_migrations(*releases)
        else:
            self._write_pending(connections[options["database"]])

    def _write_releases(self, releases: list[Release]) -> None:
        if not releases:
            self.stdout.write(NONE)
            return
        heading = COLUMNS.format(
            "Started (UTC)" if settings.USE_TZ else "Started", "Outcome", "Seconds", "Migrations", "Attempts", "Commit"
        )
        self.stdout.write(self.style.MIGRATE_HEADING(heading.rstrip()))
        for release in releases:
            self._write_row(release)

    def _write_pending(self, connection: BaseDatabaseWrapper) -> None:
        if is_interrupted(connection):
            self.stdout.write(INTERRUPTED)
        for line in (*half_run_in_words(connection), *contract.in_words(connection)):
            self.stdout.write(line)

    def _write_migrations(self, release: Release) -> None:
        total = release.seconds or 0
        for migration, span in zip(release.migrations, spans(release.migrations), strict=True):
            self.stdout.write(self.style.MIGRATE_LABEL(span.name))
            self.stdout.write(f"  |{bar(span, total, BAR)}| {span.seconds:.2f} s")
            for line in (*span.in_words, *map(in_words, migration.get("verdicts", ()))):
                self.stdout.write(fill(line, 80, initial_indent="  ", subsequent_indent="    "))

    def _write_row(self, release: Release) -> None:
        seconds = "" if release.seconds is None else f"{release.seconds:.2f}"
        started = f"{release.started:%Y-%m-%d %H:%M:%S}"
        row = (started, release.outcome, seconds, len(release.applied), release.attempts, release.commit[:12])
        style = self.style.SUCCESS if release.outcome == Release.Outcome.SUCCEEDED else self.style.ERROR
        self.stdout.write(style(COLUMNS.format(*row).rstrip()))
        if release.direction == Release.Direction.BACKWARDS:
            self.stdout.write(
                f"    A step back, asked for by {release.asked_by}{release.reason and ': '}{release.reason}"
            )
        if release.error:
            self.stdout.write("\n".join(map(_filled, release.error.splitlines())))


def _filled(line: str) -> str:
    """With a margin. What is to be pasted, which is indented already, is not wrapped."""
    margin = "    "
    width = len(margin + line) if line.startswith(" ") else 80
    return fill(
        line,
        width,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _one(recorded: QuerySet[Release], number: int) -> Release:
    """The `number`-th, counted from the last. Raises CommandError."""
    count = recorded.count()
    if not 1 <= number <= count:
        raise CommandError(f"--show takes 1 to {count}, the number of recorded releases." if count else NONE)
    return recorded[number - 1]


def as_dict(release: Release) -> dict[str, Any]:
    """The fields of a release; times in ISO 8601."""
    return {
        "direction": release.direction,
        "started": release.started.isoformat(),
        "finished": release.finished and release.finished.isoformat(),
        "outcome": release.outcome,
        "attempts": release.attempts,
        "waited": release.waited,
        "migrations": release.migrations,
        "error": release.error,
        "commit": release.commit,
        "deployment": release.deployment,
        "asked_by": release.asked_by,
        "reason": release.reason,
    }
