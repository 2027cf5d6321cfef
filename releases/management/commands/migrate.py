"""Django's migrate, safe to run while the old version serves, with clear errors."""

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, cast

from django.core.management import CommandError, CommandParser
from django.core.management.base import no_translations
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from releases import conf, contract
from releases.applying import Applying
from releases.checks import refuse_settings
from releases.commands import LastingOutput, open_closed_output
from releases.diagnosis import cannot_begin, explain
from releases.direction import direction_of, refuse_with_finish
from releases.errors import Stopped
from releases.finishing import finish
from releases.fulfilling import fulfil
from releases.half_run import half_run_beyond
from releases.health import unknown_to
from releases.indexes import repeatable
from releases.journal import forget_recorded
from releases.models import Release
from releases.naming import finish_command, verify_command
from releases.pending import target_name
from releases.postgresql.empty import mark_if_empty, unmark
from releases.preflight import refuse_closed_file, refuse_obstacles
from releases.preflight.conflicts import conflicting_tables_refused
from releases.preflight.plan import judge_release
from releases.progress import Progress
from releases.run import Run, run_alone
from releases.schema import verified, verify
from releases.sessions import connecting_within, for_a_release
from releases.standing import Standing
from releases.steps import explain_step_back, operator, unrecord_within_transaction
from releases.undoing import undo
from releases.watchdog import Watchdog, guard

if TYPE_CHECKING:
    from releases.judging import Judged


class Command(migrate.Command):
    run: Run | None = None
    watchdog: Watchdog | None = None
    running: Migration | None = None
    line_is_open = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        open_closed_output()
        super().__init__(*args, **kwargs)
        self.stdout = LastingOutput(sys.stdout)
        self.done: list[str] = []
        self.made: list[str] = []  # of the contract
        self.judged: Judged = {}
        self.standing: Standing | None = None

    def execute(self, *args: Any, **options: Any) -> None:
        """Guards the system checks, too: they run before handle() and may need the database."""
        refuse_settings()
        connection = connections[options["database"]]
        self.explain = partial(self._explain, connection)
        with (
            guard(self, connection, self.explain, self._record) as self.watchdog,
            connecting_within(connection, conf.read().database_wait),
        ):
            try:
                refuse_closed_file(connection)
                super().execute(*args, **options)
            except Exception as error:
                if options["check_unapplied"]:
                    self._refuse_briefly(connection, error)
                if isinstance(error, CommandError):
                    raise
                raise CommandError(self.explain(error)) from error

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--finish",
            action="store_true",
            help="Only make the changes that wait for the old version to go, if no session of it is connected.",
        )

    @no_translations  # of what is stored after a step back
    def handle(self, *args: Any, **options: Any) -> None:
        if options["finish"]:
            refuse_with_finish(options)
            self._finish(options)
            return
        is_typed: bool = self._called_from_command_line  # type: ignore[attr-defined]
        direction = direction_of(options, is_typed=is_typed)
        if direction is None:
            super().handle(*args, **options)
            if options["check_unapplied"] and not options["app_label"]:
                self._check_schema(connections[options["database"]])
            return
        self.verbosity = options["verbosity"]
        backwards = direction == Release.Direction.BACKWARDS
        run = Run(connections[options["database"]], self._say, direction, operator() if backwards else "")
        work = self._step_back if backwards else self._release
        self.carry_out(run, partial(work, *args, **options))

    def carry_out(self, run: Run, work: Callable[[], None]) -> None:
        """Does `work`, and records the outcome."""
        self.run = run
        if self.watchdog:
            run.deadline = self.watchdog.deadline  # what waits until then ends before the watchdog ends it
        with for_a_release(run.connection), repeatable(run.connection, self._say):
            try:
                work()
            except (Exception, Stopped) as error:
                words = self.explain((self.watchdog and self.watchdog.reason) or error)
                if self.line_is_open:
                    self.stdout.write("")  # what the log says has a line of its own
                run.finish(words)
                raise CommandError(words) from error
            run.finish()

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        if self.run and migration and action in ("apply_start", "unapply_start"):
            if action == "apply_start":
                if self.standing:
                    self.standing.prepare(migration, self._say)
                else:
                    Applying(migration, self.run.connection, say=self._say)
            else:
                unrecord_within_transaction(migration)
            self.run.migration_starts(migration)
        super().migration_progress_callback(action, migration, fake)
        if action in ("apply_start", "unapply_start"):
            self.running, self.line_is_open = migration, True
        elif action in ("apply_success", "unapply_success"):
            self.running, self.line_is_open = None, False
            self.done.append(str(migration))
            if self.run:
                self.run.migration_succeeded(adopted=fake)
                if action == "apply_success" and not fake:
                    self._applied(cast("Applying", vars(migration)["applying"]))

    def _applied(self, applying: Applying) -> None:
        applying.close()
        if self.standing:
            self.standing.follow(applying.migration, applying.facts)

    def _finish(self, options: dict[str, Any]) -> None:
        self.verbosity = options["verbosity"]
        run = Run(connections[options["database"]], self._say)
        self.carry_out(run, partial(finish, run))

    def _release(self, *args: Any, **options: Any) -> None:
        assert self.run  # noqa: S101
        run, connection = self.run, self.run.connection

        def migrate() -> None:
            self.running = run.current = None  # of an earlier attempt
            refuse_obstacles(connection, options["app_label"])
            mark_if_empty(connection)
            self.judged = self.judged or judge_release(run, options)  # once, for all attempts
            run.start_record()
            forget_recorded(connection)
            if left := fulfil(connection, self._say, self.made):
                self._say("\n".join(["The contract stays pending.", *left]))
            self.standing = Standing(connection, self.judged)
            with conflicting_tables_refused(fake_initial=options["fake_initial"]):
                super(Command, self).handle(*args, **options)
            if unknown := unknown_to(MigrationLoader(connection)):
                self._say(f"Applied, but unknown to this code, and left alone: {', '.join(unknown)}.")
            if not options["app_label"]:
                run.schema = verified(connection)
            unmark(connection)
            self._say_what_waits(connection)
            run.finish()  # before another release, which waits for the lock, reads the record

        run_alone(run, migrate)

    def _say_what_waits(self, connection: BaseDatabaseWrapper) -> None:
        if waiting := contract.entered_here(connection):
            self._say(
                f"Changes that wait for the old version to go: {len(waiting)}. The release of the next version makes"
                f" them; or, when no session of the old one is connected: {finish_command(connection.alias)}"
            )

    def _step_back(self, *args: Any, **options: Any) -> None:
        assert self.run  # noqa: S101
        run = self.run

        def migrate() -> None:
            run.start_record()
            forget_recorded(run.connection)
            executor, app = MigrationExecutor(run.connection), options["app_label"]
            executor.loader.check_consistent_history(run.connection)
            target = target_name(executor.loader, app, options["migration_name"])
            beyond = half_run_beyond(run.connection, executor.loader, app, target)
            plan = executor.migration_plan([(app, target)])
            self._say(f"Back to {app} {target or 'zero'}:")
            keys = [*(one.key for one in beyond), *((one.app_label, one.name) for one, back in plan if back)]
            undo(run.connection, keys, self.migration_progress_callback, self.stdout, self.verbosity, self._say)

        run_alone(run, migrate)

    def _check_schema(self, connection: BaseDatabaseWrapper) -> None:
        """Makes --check fail at every start while anything is missing."""
        verdict = verify(connection)
        if not verdict.whole:
            self.stdout.write(
                f"The schema is not whole. To see what is missing, run: {verify_command(connection.alias)}"
            )
            sys.exit(1)

    def _explain(self, connection: BaseDatabaseWrapper, error: BaseException) -> str:
        if self.run and self.run.direction == Release.Direction.BACKWARDS:
            return explain_step_back(error, self.running, self.done, connection)
        return explain(error, Progress(self.running, self.done, self.made), connection)

    def _record(self, words: str) -> None:
        if self.run:
            self.run.finish(words)

    def _refuse_briefly(self, connection: BaseDatabaseWrapper, error: Exception) -> NoReturn:
        """The release that follows --check explains it in full, or succeeds."""
        is_explained = isinstance(error, CommandError)
        self.stdout.write(str(error).partition("\n")[0] if is_explained else cannot_begin(error, connection))
        sys.exit(1)

    def _say(self, message: str) -> None:
        """Ends the line of "Applying …" first."""
        if self.verbosity >= 1:
            self.stdout.write(f"\n{message}" if self.line_is_open else message)
            self.line_is_open = False
            self.stdout.flush()
