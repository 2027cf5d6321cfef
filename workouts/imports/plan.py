"""What importing a file would do to the planner as it is now: shown before it is done."""

import hashlib
import json
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

from workouts.imports import csv_file
from workouts.imports.csv_file import NotImportable
from workouts.imports.merge import Match, Merge, merge, span
from workouts.imports.row import BadRow, PlannedWorkout, mark_of, read_row
from workouts.models import WorkoutQuerySet
from workouts.rows import TABLES, RowChange

Skipped = dict[str, Any]


@dataclass(frozen=True)
class ImportPlan:
    merge: Merge
    skipped: Sequence[Skipped]

    def with_moves(self, confirmed: Container[int] | None) -> "ImportPlan":
        """With the moves of these rows, None being all. The row of a move that is not confirmed is a new workout."""
        if confirmed is None:
            return self
        moved = [match for match in self.merge.moved if match.row.row in confirmed]
        declined = [match.row for match in self.merge.moved if match.row.row not in confirmed]
        new = sorted([*self.merge.new, *declined], key=lambda row: row.row)
        return replace(self, merge=replace(self.merge, new=new, moved=moved))

    def changes(self) -> list[RowChange]:
        added = [RowChange("workout", None, None, {**row.values(), "is_custom": False}) for row in self.merge.new]
        matches = [*self.merge.changed, *self.merge.moved]
        return [RowChange("workout", match.workout.pk, before(match), match.after) for match in matches] + added

    def result(self) -> dict[str, Any]:
        """As `Import.result` keeps it."""
        return {
            "new": len(self.merge.new),
            "changed": len(self.merge.changed),
            "unchanged": self.merge.unchanged,
            "moved": [_move(match) for match in self.merge.moved],
            "skipped": list(self.skipped),
        }

    @property
    def does_something(self) -> bool:
        return bool(self.merge.new or self.merge.changed or self.merge.moved)

    @cached_property
    def digest(self) -> str:
        """Differs when the plan does."""
        digest = hashlib.sha256()
        for part in chain(map(vars, self.changes()), [self.result()]):
            digest.update(json.dumps(part, sort_keys=True).encode())
        return digest.hexdigest()


def plan_import(content: bytes, workouts: WorkoutQuerySet) -> ImportPlan:
    """The plan for the file `content` against `workouts`. Raises NotImportable."""
    rows, skipped = read_workouts(content)
    if not rows and not skipped:
        raise NotImportable("The file has a header and no workouts.")
    days = span(rows)
    coachs = workouts.filter(is_custom=False, originally_planned_day__range=days).order_by("id") if days else ()
    return ImportPlan(merge(rows, coachs), skipped)


def read_workouts(content: bytes) -> tuple[list[PlannedWorkout], list[Skipped]]:
    """The rows that are workouts, and those that are not. Raises NotImportable."""
    rows: list[PlannedWorkout] = []
    skipped: list[Skipped] = []
    table = csv_file.read(content)
    mark = mark_of(table)
    for row in table:
        try:
            rows.append(read_row(row, mark))
        except BadRow as error:
            skipped.append({"row": row.number, "reason": str(error)})
    return rows, skipped


def before(match: Match) -> dict[str, Any]:
    """What stands where the match changes something."""
    values = TABLES["workout"].values_of(match.workout)
    return {name: values[name] for name in match.after}


def _move(match: Match) -> dict[str, Any]:
    old, new = before(match), match.after
    return {
        "row": match.row.row,
        "title": match.row.title,
        "from": old["originally_planned_day"],
        "to": new["originally_planned_day"],
    }
