"""Files of workouts: looked at, imported, discarded. What is imported is one change, so it is undone as one."""

from collections import Counter
from collections.abc import Container, Mapping
from typing import Any

from django.db import connection, transaction

from workouts.files.imports.choices import DROP, KEEP, RENAME, Choices, Policy, WrongChoice
from workouts.files.imports.csv_file import NotImportable
from workouts.files.imports.plan import ImportPlan, plan_import
from workouts.files.uploads import PlanChanged, keep, plans
from workouts.history import Author, apply
from workouts.models import Import, Workout, WorkoutQuerySet

__all__ = [
    "EveryRowSkipped",
    "NotImportable",
    "PlanChanged",
    "WrongChoice",
    "confirm",
    "import_file",
    "plan_file",
    "plan_of",
    "preview",
]

ROWS = ("new", "changed", "moved", "unchanged", "skipped")
NOT_IN_THE_FILE = "not in the file"
FATES = {RENAME: "renamed", DROP: "dropped", KEEP: NOT_IN_THE_FILE}
LOCK = 0x776F726B  # any number, the same for every import


class EveryRowSkipped(Exception):
    """Nothing of the file could be read, so nothing was written. `result` is as Import.result would be."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__("Every row was skipped.")
        self.result = result


def preview(file_name: str, content: bytes, *, by: Author) -> Import:
    """Keeps the file with what importing it would do, and writes nothing else. Raises NotImportable."""
    plan = plan_import(content, Workout.objects.all())
    return keep(file_name, content, plan.result(), by=by)


def plan_of(upload: Import) -> ImportPlan:
    """What importing a previewed file would do now."""
    return plan_import(bytes(upload.content), Workout.objects.all())


@transaction.atomic
def confirm(import_id: int, *, digest: str, moved: Container[int] | None, gone: Choices | Policy, by: Author) -> Import:
    """Imports a previewed file, with the moves of the rows in `moved`, None being all. A second time it does nothing.

    `gone` says what becomes of the workouts that the file does not have. Raises Import.DoesNotExist, WrongChoice, and
    PlanChanged where the plan is not the one of `digest` any more.
    """
    _wait_for_other_imports()
    upload = plans().get(pk=import_id)
    if upload.change_id is not None:
        return upload
    plan = plan_import(bytes(upload.content), Workout.objects.select_for_update(no_key=True))
    if plan.digest != digest:
        raise PlanChanged
    return _apply(upload, plan.with_moves(moved).with_choices(gone), by)


@transaction.atomic
def import_file(
    file_name: str,
    content: bytes,
    *,
    by: Author,
    moved: Container[int] | None = None,
    gone: Policy = Policy.KEEP,
) -> Import:
    """Imports a file that nobody previews. Raises NotImportable and EveryRowSkipped."""
    _wait_for_other_imports()
    plan = plan_file(content, Workout.objects.select_for_update(no_key=True), moved=moved, gone=gone)
    return _apply(keep(file_name, content, plan.result(), by=by), plan, by)


def plan_file(
    content: bytes, workouts: WorkoutQuerySet, *, moved: Container[int] | None = None, gone: Policy = Policy.KEEP
) -> ImportPlan:
    """What importing a file that nobody previews does. Raises NotImportable and EveryRowSkipped.

    A workout that the coach moved keeps its overlay. That is the safer guess of the two: a wrong move can be undone,
    while a moved workout taken as a new one leaves a double that no later import tells from two workouts. With
    `moved=()` it is a new workout. What the file does not have is kept, because a part of a plan is a file too.
    """
    plan = plan_import(content, workouts)
    if plan.nothing_was_read:
        raise EveryRowSkipped(plan.result())
    return plan.with_moves(moved).with_choices(gone)


def _apply(upload: Import, plan: ImportPlan, by: Author) -> Import:
    upload.result = plan.result()
    upload.change = apply(plan.changes(), f"Imported {upload.file_name}: {summary(upload.result)}", by=by).change
    upload.save(update_fields=["result", "change"])
    return upload


def counts(result: Mapping[str, Any]) -> dict[str, int]:
    """How many rows were new, changed, moved, unchanged and skipped, and how many workouts the file does not have."""
    return {**_rows(result), NOT_IN_THE_FILE: len(result.get("gone", ()))}


def summary(result: Mapping[str, Any]) -> str:
    """Such as `12 new, 3 changed, 1 dropped`."""
    choices = Counter(one["choice"] for one in result.get("gone", ()))
    made = {**_rows(result), **{word: choices[choice] for choice, word in FATES.items()}}
    return ", ".join(f"{count} {name}" for name, count in made.items() if count)


def _rows(result: Mapping[str, Any]) -> dict[str, int]:
    return {name: result[name] if isinstance(result[name], int) else len(result[name]) for name in ROWS}


def _wait_for_other_imports() -> None:
    """Of two imports at once the second sees what the first added. On SQLite every transaction that writes waits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
