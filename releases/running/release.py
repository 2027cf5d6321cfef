"""A release: what is done around Django's own command, under the lock, and again after a transient error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from releases import contract
from releases.applying.half_run import half_run_in_words
from releases.applying.journal import forget_recorded
from releases.applying.migration import Applying
from releases.applying.standing import Standing
from releases.contract.fulfilling import fulfil
from releases.health import unknown_to
from releases.messages.naming import finish_command
from releases.postgresql.empty import mark_if_empty, unmark
from releases.preflight import refuse_obstacles
from releases.preflight.conflicts import conflicting_tables_refused
from releases.preflight.plan import judge_release
from releases.running.run import Run
from releases.schema import verified

if TYPE_CHECKING:
    from releases.judging import Judged


@dataclass
class Releasing:
    """`options` are those of `migrate`, and `migrate` runs Django's own command with them."""

    run: Run
    options: Mapping[str, Any]
    migrate: Callable[[], object]
    made: list[str] = field(default_factory=list)  # of the contract
    judged: "Judged" = field(default_factory=dict)
    standing: Standing | None = None

    def attempt(self) -> None:
        """Raises CommandError for what is refused, and if the schema is not whole then."""
        run, connection, app_label = self.run, self.run.connection, self.options["app_label"]
        run.current = None  # of an earlier attempt
        refuse_obstacles(connection, app_label)
        mark_if_empty(connection)
        run.start_record()  # if it is killed from here on, `rollback` knows that it was there
        self.judged = self.judged or judge_release(run, self.options)  # once, for all attempts
        forget_recorded(connection)
        returning = {key for operations in self.judged.values() for one in operations for key in one.cancels}
        if left := fulfil(connection, run.say, self.made, returning):
            run.say("\n".join(["The contract stays pending.", *left]))
        self.standing = Standing(connection, self.judged)
        with conflicting_tables_refused(fake_initial=self.options["fake_initial"]):
            self.migrate()
        loader = MigrationLoader(connection)
        if unknown := unknown_to(loader):
            run.say(f"Applied, but unknown to this code, and left alone: {', '.join(unknown)}.")
        if self.standing.half_run:
            for line in half_run_in_words(connection):
                run.say(line)
        if not app_label:
            run.schema = verified(connection, loader)
        unmark(connection)
        self._say_what_waits()
        run.finish()  # before another release, which waits for the lock, reads the record

    def begin(self, migration: Migration) -> None:
        """Call this before Django applies it."""
        assert self.standing  # noqa: S101
        self.standing.prepare(migration, self.run.say)

    def end(self, migration: Migration) -> None:
        """Call this when Django has recorded it."""
        assert self.standing  # noqa: S101
        applying: Applying = vars(migration)["applying"]
        applying.close()
        self.standing.follow(migration, applying.facts)

    def _say_what_waits(self) -> None:
        connection = self.run.connection
        if waiting := contract.entered_here(connection):
            self.run.say(
                f"Changes that wait for the old version to go: {len(waiting)}. The release of the next version makes"
                f" them; or, when no session of the old one is connected: {finish_command(connection.alias)}"
            )
