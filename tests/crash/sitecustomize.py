"""On the search path of a command under test: dies, as if killed, at one moment of the named migration.

CRASH_BEFORE_RECORDING, CRASH_BEFORE_UNRECORDING: right before Django's record of it is written, or deleted.
CRASH_AFTER_APPLYING: right after its work and that record were committed.
"""

import os
import signal
from typing import Any

from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

record_applied, record_unapplied = MigrationRecorder.record_applied, MigrationRecorder.record_unapplied
apply_migration = MigrationExecutor.apply_migration


def crash_where(variable: str, migration: str) -> None:
    if migration == os.environ.get(variable):
        os.kill(os.getpid(), signal.SIGKILL)


def crash_or_record(self: MigrationRecorder, app: str, name: str) -> Any:
    crash_where("CRASH_BEFORE_RECORDING", f"{app}.{name}")
    return record_applied(self, app, name)


def crash_or_unrecord(self: MigrationRecorder, app: str, name: str) -> Any:
    crash_where("CRASH_BEFORE_UNRECORDING", f"{app}.{name}")
    return record_unapplied(self, app, name)


def apply_and_crash(self: MigrationExecutor, state: Any, migration: Migration, **options: Any) -> Any:
    callback: Any = self.progress_callback

    def crash_or_call(action: str, migration: Migration | None = None, fake: bool = False) -> None:
        if action == "apply_success":
            crash_where("CRASH_AFTER_APPLYING", str(migration))
        callback(action, migration, fake)

    self.progress_callback = crash_or_call  # type: ignore[assignment]
    try:
        return apply_migration(self, state, migration, **options)
    finally:
        self.progress_callback = callback


setattr(MigrationRecorder, "record_applied", crash_or_record)  # noqa: B010  # mypy forbids the assignments
setattr(MigrationRecorder, "record_unapplied", crash_or_unrecord)  # noqa: B010
setattr(MigrationExecutor, "apply_migration", apply_and_crash)  # noqa: B010
