"""Django's migrate, safe to run while the old version serves, with clear errors."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from django.core.management import CommandError, CommandParser
from django.core.management.base import no_translations
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

from releases import conf
from releases.checks import refuse_settings
from releases.commands import LastingOutput, open_closed_output
from releases.contract.finishing import finish
from releases.messages.diagnosis import cannot_begin, explain
from releases.messages.errors import Stopped
from releases.messages.naming import migrate_command, verify_command
from releases.models import Release
from releases.preflight import refuse_closed_file
from releases.record.pending import Key
from releases.repeatable.hook import repeatable
from releases.rollback.steps import explain_step_back, operator, unrecord_within_transaction
from releases.rollback.undoing import keys_beyond, undo
from releases.running.direction import direction_of, refuse_with_finish
from releases.running.progress import Progress
from releases.running.release import Releasing
from releases.running.run import Run, run_alone
from releases.running.watchdog import Watchdog, guard
from releases.schema import verify
from releases.sessions import connecting_within, for_a_release

UNDONE = (
    "A step back has undone {} between two attempts of this release, so it was not tried again. To release all the"
    " same, run: {}"
)


class Command(migrate.Command):
    run: Run | None = None
    releasing: Releasing | None = None
    watchdog: Watchdog | None = None
    running: Migration | None = None
    line_is_open = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        open_closed_output()
        super().__init__(*args, **kwargs)
        self.stdout = LastingOutput(sys.stdout)
        self.done: list[str] = []

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
        connection, self.verbosity = connections[options["database"]], options["verbosity"]
        if options["finish"]:
            refuse_with_finish(options)
            run = Run(connection, self._say)
            self.carry_out(run, partial(finish, run))
            return
        is_typed: bool = self._called_from_command_line  # type: ignore[attr-defined]
        direction = direction_of(options, is_typed=is_typed)
        migrate = partial(super().handle, *args, **options)
        if direction is None:
            migrate()
            if options["check_unapplied"] and not options["app_label"]:
                self._check_schema(connection)
        elif direction == Release.Direction.BACKWARDS:
            run = Run(connection, self._say, direction, operator())
            self.carry_out(run, partial(self._step_back, run, options["app_label"], options["migration_name"]))
        else:
            self.releasing = Releasing(Run(connection, self._say), options, migrate)
            self.carry_out(self.releasing.run, self.releasing.attempt)

    def carry_out(self, run: Run, attempt: Callable[[], None]) -> None:
        """Does `attempt` under the lock, and again after a transient error. Records the outcome."""

        def do() -> None:
            self.running = None  # of an earlier attempt
            if undone := run.undone_meanwhile():
                self.done = [one for one in self.done if one not in undone]
                raise CommandError(UNDONE.format(", ".join(sorted(undone)), migrate_command(run.connection.alias)))
            attempt()

        self.run = run
        if self.watchdog:
            run.deadline = self.watchdog.deadline  # what waits until then ends before the watchdog ends it
            run.settle = self.watchdog.settle
        with for_a_release(run.connection), repeatable(run.connection, self._say):
            try:
                run_alone(run, do)
            except (Exception, SystemExit, Stopped) as error:  # a migration may call sys.exit()
                words = self.explain((self.watchdog and self.watchdog.reason) or error)
                if self.line_is_open:
                    self.stdout.write("")  # what the log says has a line of its own
                run.finish(words)
                raise CommandError(words) from error
            run.finish()

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        if self.run and migration and action in ("apply_start", "unapply_start"):
            if action == "unapply_start":
                unrecord_within_transaction(migration)
            elif self.releasing:
                self.releasing.begin(migration)
            self.run.migration_starts(migration)
        super().migration_progress_callback(action, migration, fake)
        if action in ("apply_start", "unapply_start"):
            self.running, self.line_is_open = migration, True
        elif action in ("apply_success", "unapply_success"):
            self.running, self.line_is_open = None, False
            self.done.append(str(migration))
            if self.run:
                self.run.migration_succeeded(adopted=fake)
                if action == "apply_success" and self.releasing and migration and not fake:
                    self.releasing.end(migration)

    def _step_back(self, run: Run, app_label: str, name: str) -> None:
        run.start_record()
        self.unapply(run, keys_beyond(run, app_label, name))

    def unapply(self, run: Run, keys: list[Key]) -> None:
        undo(run, keys, self.migration_progress_callback, self.stdout, self.verbosity)

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
        made = self.releasing.made if self.releasing else ()
        return explain(error, Progress(self.running, self.done, made), connection)

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
