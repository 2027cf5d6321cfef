"""What each release applied, as far as it still stands, and which release it is that `rollback` undoes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.management import CommandError
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from releases.models import Release
from releases.steps import Key, newest_first, rows, unknown

STEPS = "python manage.py rollback --steps"


@dataclass(frozen=True)
class Past:
    """A release and what it applied; `standing` is what of that nobody has taken back, the newest first."""

    release: Release
    applied_anything: bool
    standing: list[Key]

    def __str__(self) -> str:
        """Whoever reads this holds the lock, so a release that is still called running was killed."""
        outcome = self.release.outcome
        ended = "interrupted" if outcome == Release.Outcome.RUNNING else outcome
        return f"{self.release.started:%Y-%m-%d %H:%M:%S} UTC, {ended}"

    @property
    def had_nothing_to_do(self) -> bool:
        """A container that started, or a release that waited for another one, is no news."""
        return not self.applied_anything and self.release.outcome == Release.Outcome.SUCCEEDED


class History:
    """The recorded runs, newest first, beside Django's record of applied migrations.

    `order` is what can be undone, the newest first. `adopted` is what was recorded, and not run, for tables that were
    there already: undoing it would drop them.
    """

    def __init__(self, loader: MigrationLoader, recorded: Sequence[Release]) -> None:
        self._loader, self._recorded = loader, recorded
        self._forwards = [release for release in recorded if release.direction == Release.Direction.FORWARDS]
        self._entries = {release.pk: {one["name"]: one for one in release.migrations} for release in recorded}
        self._release_of = {key: self._applied_by(key) for key in newest_first(loader)}
        self.adopted = {key for key in self._release_of if self._is_adopted(key)}
        self.order = [key for key in self._release_of if key not in self.adopted]

    def last(self) -> Past:
        """The release to undo: the last one, unless it had nothing to do.

        Raises CommandError where nothing of it stands. What an earlier one applied is never taken for it.
        """
        past = [one for one in map(self._past, self._forwards) if not one.had_nothing_to_do]
        if not past:
            raise CommandError(
                f"No release that applied anything is recorded. Nothing was changed. {self._last_step()}"
            )
        last = past[0]
        if last.standing:
            return last
        state = "has been taken back already" if last.applied_anything else "is nothing"
        earlier = next((one for one in past if one.standing), None)
        way = self._way_back_from(earlier) if earlier else self._last_step()
        raise CommandError(f"What the last release ({last}) applied {state}. Nothing was changed. {way}")

    def steps_over(self, keys: Collection[Key]) -> int:
        """How many steps back undo all of `keys`."""
        return max(self.order.index(key) for key in keys) + 1

    def _way_back_from(self, earlier: Past) -> str:
        count, steps = len(earlier.standing), self.steps_over(earlier.standing)
        more = f" and the {steps - count} applied after them" if steps > count else ""
        return (
            f"The release before it ({earlier}) applied {count} migrations that stand."
            f" To undo those{more}{self._where(steps)}: {STEPS} {steps}"
        )

    def _last_step(self) -> str:
        if not self.order:
            return "No migration is applied that could be undone."
        last = ".".join(self.order[0])
        return f"To undo the migration that was applied last, {last}{self._where(1)}: {STEPS} 1"

    def _where(self, steps: int) -> str:
        missing = unknown(self._loader, self.order[:steps])
        return f", from the version of the code that has {'.'.join(missing[0])}" if missing else ""

    def _past(self, release: Release) -> Past:
        standing = [key for key in self.order if self._release_of[key] == release]
        return Past(release, bool(standing) or any(not one.get("adopted") for one in release.migrations), standing)

    def _applied_by(self, key: Key) -> Release | None:
        """The release that recorded it, or else the one that ran when it was applied.

        A release that is killed does not come to record its last migration. Both times are of one process.
        """
        applied = max(row.applied for row in rows(self._loader, key))
        for release in self._forwards:
            if ".".join(key) in self._entries[release.pk] and (not release.finished or applied <= release.finished):
                return release
        return next((release for release in self._forwards if self._ran_at(release, applied)), None)

    def _ran_at(self, release: Release, moment: datetime) -> bool:
        newer = [one.started for one in self._recorded if one.started > release.started]
        end = release.finished or min(newer, default=moment)
        return release.started <= moment <= end

    def _is_adopted(self, key: Key) -> bool:
        """As the last run that names it says. Where a release was killed before it said so, it may have been."""
        for release in self._recorded:
            if entry := self._entries[release.pk].get(".".join(key)):
                return bool(entry.get("adopted"))
        migration = self._loader.graph.nodes.get(key)
        return migration is not None and _is_initial(migration) and self._release_of[key] is not None


def _is_initial(migration: Migration) -> bool:
    """As Django decides which migrations `--fake-initial` may adopt."""
    if migration.initial is not None:
        return bool(migration.initial)
    return all(app != migration.app_label for app, _ in migration.dependencies)
