"""An export made to hold again: looked at first, then in one transaction and as one change, which can be undone."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models, transaction

from workouts.files.backup.contents import Backup
from workouts.files.backup.difference import Rows, count, differences
from workouts.files.backup.reading import NotRestorable, read
from workouts.files.uploads import RESTORE, PlanChanged, exports, keep
from workouts.history import TABLES, Author, RowChange, apply
from workouts.models import Import, Workout, WorkoutSelection

__all__ = ["NotRestorable", "PlanChanged", "Restoration", "confirm", "plan_of", "preview"]


@dataclass(frozen=True)
class Restoration:
    """What restoring a file would do to the planner as it is now."""

    backup: Backup
    rows: list[RowChange]

    @cached_property
    def counts(self) -> list[dict[str, Any]]:
        return count(self.rows)

    @cached_property
    def digest(self) -> str:
        """Differs when the rows do."""
        digest = hashlib.sha256()
        for row in self.rows:
            digest.update(json.dumps(vars(row), sort_keys=True).encode())
        return digest.hexdigest()


def preview(file_name: str, content: bytes, *, by: Author) -> Import:
    """Keeps the file and writes nothing else. Raises NotRestorable."""
    read(content)
    return keep(file_name, content, {RESTORE: []}, by=by)


def plan_of(upload: Import) -> Restoration:
    backup = read(bytes(upload.content))
    return Restoration(backup, differences(backup, _now()))


@transaction.atomic
def confirm(import_id: int, *, digest: str, by: Author) -> Import:
    """Restores a file that was looked at. A second time it does nothing.

    Raises Import.DoesNotExist, and PlanChanged where the plan is not the one of `digest` any more.
    """
    _keep_others_out()
    upload = exports().get(pk=import_id)
    if upload.change_id is not None:
        return upload
    plan = plan_of(upload)
    if plan.digest != digest:
        raise PlanChanged
    workouts, selections = plan.backup.rows["workout"], plan.backup.rows["selection"]
    _reserve(Workout, max(map(int, workouts), default=0))
    _reserve(WorkoutSelection, max((values["id"] for values in selections.values()), default=0))
    upload.change = apply(plan.rows, f"Restored from {upload.file_name}", by=by).change
    upload.result = {RESTORE: plan.counts}
    upload.save(update_fields=["result", "change"])
    return upload


def _now() -> dict[str, Rows]:
    """Every row of every table."""
    return {
        name: {table.key_of(row): table.values_of(row) for row in table.all().order_by(table.key)}
        for name, table in TABLES.items()
    }


def _keep_others_out() -> None:
    """Readers go on, writers wait: nobody may be given an id under which a row is about to come back.

    On SQLite every transaction that writes is alone.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE workouts IN EXCLUSIVE MODE")


def _reserve(model: type[models.Model], highest: int) -> None:
    """New rows get ids above `highest`. A sequence is never set back, so no id is given away twice.

    On SQLite, AUTOINCREMENT sees to it.
    """
    if connection.vendor == "postgresql":
        sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')::regclass"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT setval({sequence}, %s) WHERE %s > coalesce(pg_sequence_last_value({sequence}), 0)",
                [highest, highest],
            )
