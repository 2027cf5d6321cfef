"""On the search path of a release under test: dies, as if killed, right before CRASH_BEFORE_RECORDING is recorded."""

import os
import signal
from typing import Any

from django.db.migrations.recorder import MigrationRecorder

record_applied = MigrationRecorder.record_applied


def crash_or_record(self: MigrationRecorder, app: str, name: str) -> Any:
    if f"{app}.{name}" == os.environ["CRASH_BEFORE_RECORDING"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return record_applied(self, app, name)


setattr(MigrationRecorder, "record_applied", crash_or_record)  # noqa: B010  # mypy forbids the assignment
