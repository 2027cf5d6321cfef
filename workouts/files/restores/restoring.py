"""Restores an export: previewed first, then restored in one transaction and as one change, which can be undone."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models, transaction

from workouts.files.restores.contents import Contents
from workouts.files.restores.reading import NotRestorable, read
from workouts.files.restores.row_changes import Rows, count, row_changes
from workouts.files.uploads import PlanChanged, keep
from workouts.history import TABLES, Author, RowChange, apply
from workouts.models import Availability, Upload, Workout, WorkoutSelection
from workouts.models.upload import RESTORE_KEY

__all__ = ["NotRestorable", "PlanChanged", "Restoration", "confirm", "plan_of", "preview"]


@dataclass(frozen=True)
class Restoration:
    """What restoring a file would do to the planner as it is now."""

    contents: Contents
    rows: list[RowChange]

    @cached_property
    def counts(self) -> list[dict[str, Any]]:
        return count(self.rows)

    @cached_property
    def digest(self) -> str:
        """Differs if the row changes differ."""
        digest = hashlib.sha256()
        for row in self.rows:
            digest.update(json.dumps(vars(row), sort_keys=True).encode())
        return digest.hexdigest()


def preview(file_name: str, content: bytes, *, by: Author) -> Upload:
    """Stores the file and writes nothing else. Raises NotRestorable."""
    read(content)
    return keep(Upload.Purpose.RESTORE, file_name, content, {RESTORE_KEY: []}, by=by)


def plan_of(upload: Upload) -> Restoration:
    """What restoring an uploaded export would do now."""
    contents = read(bytes(upload.content))
    return Restoration(contents, row_changes(contents, _current_rows()))


@transaction.atomic
def confirm(upload_id: int, *, digest: str, by: Author) -> Upload:
    """Restores a previewed file. Does nothing if repeated.

    Raises Upload.DoesNotExist, and PlanChanged if the digest of the plan is no longer `digest`.
    """
    _block_writers()
    upload = Upload.objects.restores().select_for_update().get(pk=upload_id)
    if upload.change_id is not None:
        return upload
    plan = plan_of(upload)
    if plan.digest != digest:
        raise PlanChanged
    rows = plan.contents.rows
    workouts, selections, availability = rows["workout"], rows["selection"], rows.get("availability", {})
    _reserve(Workout, max(map(int, workouts), default=0))
    _reserve(Availability, max(map(int, availability), default=0))
    _reserve(WorkoutSelection, max((values["id"] for values in selections.values()), default=0))
    upload.change = apply(plan.rows, f"Restored from {upload.file_name}", by=by).change
    upload.result = {RESTORE_KEY: plan.counts}
    upload.save(update_fields=["result", "change"])
    return upload


def _current_rows() -> dict[str, Rows]:
    """Every row of every table."""
    return {
        name: {table.key_of(row): table.values_of(row) for row in table.all().order_by(table.key)}
        for name, table in TABLES.items()
    }


def _block_writers() -> None:
    """Makes other writers wait: none gets an id that a restored row needs, and what it writes is not left over.

    Readers do not wait.

    On SQLite there is only one writing transaction at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE workouts, availability, week_targets, preferences IN EXCLUSIVE MODE")


def _reserve(model: type[models.Model], highest: int) -> None:
    """Makes new rows get ids above `highest`. A sequence is never set to a lower value, so no id is used twice.

    On SQLite, AUTOINCREMENT does this.
    """
    if connection.vendor == "postgresql":
        sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')::regclass"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT setval({sequence}, %s) WHERE %s > coalesce(pg_sequence_last_value({sequence}), 0)",
                [highest, highest],
            )
