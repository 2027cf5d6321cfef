"""Previews and imports files of workouts. An import is one change, so it is undone as one step."""

from collections.abc import Callable, Container
from typing import Any

from django.db import transaction

from workouts.files.imports.decisions import Decisions, InvalidDecision, Policy
from workouts.files.imports.import_plan import ImportPlan, plan_import
from workouts.files.imports.results import result_of, summary
from workouts.files.imports.row import PlannedWorkout
from workouts.files.uploads import NotImportable, PlanChanged, keep
from workouts.history import Author, apply, wait_for_other_additions
from workouts.models import Upload, Workout, WorkoutQuerySet

__all__ = [
    "EveryRowSkipped",
    "InvalidDecision",
    "NotImportable",
    "PlanChanged",
    "confirm",
    "import_file",
    "plan_file",
    "plan_of",
    "preview",
]


class EveryRowSkipped(Exception):
    """No row of the file could be read, so nothing was written. `result` has the shape of Upload.result."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__("Every row was skipped.")
        self.result = result


def preview(file_name: str, content: bytes, *, by: Author) -> Upload:
    """Stores the file and what importing it would do. Writes nothing else. Raises NotImportable."""
    plan = plan_import(content, Workout.objects.all())
    return keep(Upload.Purpose.IMPORT, file_name, content, result_of(plan.with_decisions(Policy.RENAME)), by=by)


def plan_of(upload: Upload) -> ImportPlan:
    """What importing a previewed file would do now."""
    return plan_import(bytes(upload.content), Workout.objects.all())


@transaction.atomic
def confirm(
    upload_id: int,
    *,
    digest: str,
    moved: Container[int] | None,
    gone: Decisions | Policy,
    left_out: Callable[[PlannedWorkout], bool],
    by: Author,
) -> Upload:
    """Imports a previewed file, with the moves of the rows in `moved`, None being all. Does nothing if repeated.

    `gone` decides on the workouts that are not in the file; of the rows that are new or change a workout, those
    that are `left_out` are not imported. Raises Upload.DoesNotExist, InvalidDecision, and
    PlanChanged if the digest of the plan is no longer `digest`.
    """
    wait_for_other_additions()
    upload = Upload.objects.imports().select_for_update().get(pk=upload_id)
    if upload.change_id is not None:
        return upload
    plan = plan_import(bytes(upload.content), Workout.objects.select_for_update(no_key=True))
    if plan.digest != digest:
        raise PlanChanged
    plan = plan.with_moves(moved).with_decisions(gone).without(left_out)
    if plan.left_out and next(plan.row_changes(), None) is None:
        raise InvalidDecision("Tick what you want to import.")
    return _apply(upload, plan, by)


@transaction.atomic
def import_file(
    file_name: str,
    content: bytes,
    *,
    by: Author,
    moved: Container[int] | None = None,
    gone: Policy = Policy.KEEP,
) -> Upload:
    """Imports a file without a preview. Raises NotImportable and EveryRowSkipped."""
    wait_for_other_additions()
    plan = plan_file(content, Workout.objects.select_for_update(no_key=True), moved=moved, gone=gone)
    upload = keep(Upload.Purpose.IMPORT, file_name, content, result_of(plan), by=by)
    return _apply(upload, plan, by)


def plan_file(
    content: bytes, workouts: WorkoutQuerySet, *, moved: Container[int] | None = None, gone: Policy = Policy.KEEP
) -> ImportPlan:
    """What importing a file without a preview does. Raises NotImportable and EveryRowSkipped.

    By default, a workout that the coach moved is moved and keeps its selection, which is the safer guess: a wrong move
    can be undone, while adding the workout as new leaves a duplicate that no later import can tell from a second
    workout. With `moved=()` it is added as new. Workouts that are not in the file are kept by default, because a file
    may have only a part of the plan.
    """
    plan = plan_import(content, workouts)
    if plan.nothing_was_read:
        raise EveryRowSkipped(result_of(plan))
    return plan.with_moves(moved).with_decisions(gone)


def _apply(upload: Upload, plan: ImportPlan, by: Author) -> Upload:
    upload.result = result_of(plan)
    upload.change = apply(plan.row_changes(), f"Imported {upload.file_name}: {summary(upload.result)}", by=by).change
    upload.save(update_fields=["result", "change"])
    return upload
