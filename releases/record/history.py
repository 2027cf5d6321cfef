"""What each release applied that has not been undone, and which release `rollback` undoes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.management import CommandError
from django.db.migrations.loader import MigrationLoader

from releases.contract.finishing import STAYS
from releases.messages.counting import counted
from releases.messages.naming import rollback_command, time_zone
from releases.models import Release
from releases.record.pending import Key, is_initial
from releases.rollback.steps import newest_first, rows, unknown

STEPS = f"{rollback_command()} --steps"


@dataclass(frozen=True)
class Past:
    """A release. `applied`: the migrations that it applied and that have not been undone, newest first."""

    release: Release
    applied_anything: bool
    applied: list[Key]

    def __str__(self) -> str:
        """The caller holds the lock, so a release that is recorded as running was killed."""
        outcome = self.release.outcome
        ended = "interrupted" if outcome == Release.Outcome.RUNNING else outcome
        return f"{self.release.started:%Y-%m-%d %H:%M:%S} {time_zone()}, {ended}"

    @property
    def had_nothing_to_do(self) -> bool:
        """Such as a container that started, a release that waited for another one, or `migrate --finish` too early."""
        had_none = self.release.outcome == Release.Outcome.SUCCEEDED or self.release.error.startswith(STAYS)
        return had_none and not self.applied_anything


class History:
    """The recorded runs, newest first, beside Django's record of applied migrations.

    `order` is what can be undone, newest first. `adopted` is what was recorded but not run, because its tables already
    existed: undoing it would drop them.
    """

    def __init__(self, loader: MigrationLoader, recorded: Sequence[Release]) -> None:
        self._loader, self._recorded = loader, recorded
        self._forwards = [release for release in recorded if release.direction == Release.Direction.FORWARDS]
        self._entries = {release.pk: {one["name"]: one for one in release.applied} for release in recorded}
        self._release_of = {key: self._applied_by(key) for key in newest_first(loader)}
        self.adopted = {key for key in self._release_of if self._is_adopted(key)}
        self.order = [key for key in self._release_of if key not in self.adopted]

    def last(self) -> Past:
        """The release to undo: the last one that had something to do.

        Raises CommandError if nothing of it is applied any more. It never falls back to an earlier release.
        """
        past = self._with_work()
        if not past:
            raise CommandError(
                f"No release that applied anything is recorded. Nothing was changed. {self._last_step()}"
            )
        last = past[0]
        if last.applied:
            return last
        if squashed := self._squashed(last.release):
            raise CommandError(
                f"The last release ({last}) applied {squashed}, which can only be undone as a whole. Nothing was"
                " changed. Write a migration that takes back what is to be undone, and release it."
            )
        happened = f"What the last release ({last}) applied has already been undone."
        if not last.applied_anything:
            happened = f"The last release ({last}) applied nothing."
        earlier = next((one for one in past if one.applied), None)
        way = self._way_back_from(earlier) if earlier else self._last_step()
        raise CommandError(f"{happened} Nothing was changed. {way}")

    def last_unfinished(self, begun: Collection[Key]) -> Past | None:
        """The same, if it failed or was interrupted; or if undoing it was, so that one of `begun`, which are half-run,
        is recorded as applied by it."""
        past = self._with_work()
        if not past:
            return None
        applied = self._entries[past[0].release.pk].keys()
        undone_in_part = not applied.isdisjoint(map(".".join, begun))
        return past[0] if undone_in_part or past[0].release.outcome != Release.Outcome.SUCCEEDED else None

    def _squashed(self, release: Release) -> str:
        """Those of its migrations that a squash has replaced since then; empty if none."""
        for key, squash in self._loader.replacements.items():
            parts = self._entries[release.pk].keys() & set(map(".".join, squash.replaces))
            if parts and key in self._loader.applied_migrations:
                return f"{', '.join(sorted(parts))}, now a part of {'.'.join(key)}"
        return ""

    def steps_over(self, keys: Collection[Key]) -> int:
        """The number for `rollback --steps` that undoes all of `keys`."""
        return max(self.order.index(key) for key in keys) + 1

    def _with_work(self) -> list[Past]:
        return [one for one in map(self._past, self._forwards) if not one.had_nothing_to_do]

    def _way_back_from(self, earlier: Past) -> str:
        count, steps = len(earlier.applied), self.steps_over(earlier.applied)
        more = f" and the {steps - count} applied after it" if steps > count else ""
        return (
            f"What the release before it ({earlier}) applied is not undone: {counted(count, 'migration')}. To undo"
            f" that{more}{self._where(steps)}: {STEPS} {steps}"
        )

    def _last_step(self) -> str:
        if not self.order:
            return "No applied migration can be undone."
        last = ".".join(self.order[0])
        return f"To undo the last applied migration, {last}{self._where(1)}: {STEPS} 1"

    def _where(self, steps: int) -> str:
        missing = unknown(self._loader, self.order[:steps])
        return f", from the version of the code that has {'.'.join(missing[0])}" if missing else ""

    def _past(self, release: Release) -> Past:
        applied = [key for key in self.order if self._release_of[key] == release]
        return Past(release, bool(applied) or any(not one.get("adopted") for one in release.applied), applied)

    def _applied_by(self, key: Key) -> Release | None:
        """The release that recorded it, or the one that was running when it was applied.

        A killed release has not recorded those of its last moment. Both times come from the clock of one process.
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
        """As recorded by the last run that names it. If a release was killed before that, it may have been adopted."""
        for release in self._recorded:
            if entry := self._entries[release.pk].get(".".join(key)):
                return bool(entry.get("adopted"))
        migration = self._loader.graph.nodes.get(key)
        return migration is not None and is_initial(migration) and self._release_of[key] is not None
