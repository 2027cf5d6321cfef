"""What importing a file would do to the planner as it is now: shown before it is done."""

import hashlib
import json
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

from workouts.files.imports import csv_file
from workouts.files.imports.choices import DROP, KEEP, RENAME, Choices, Chosen, Policy, by_policy, candidate_of, choose
from workouts.files.imports.csv_file import NotImportable, Table
from workouts.files.imports.gone import Gone, gone_from
from workouts.files.imports.merge import Match, Merge, key_of, merge, span
from workouts.files.imports.row import BadRow, PlannedWorkout, mark_of, read_name, read_row
from workouts.history import TABLES, RowChange
from workouts.models import Workout, WorkoutQuerySet, WorkoutSelection

Skipped = dict[str, Any]


@dataclass(frozen=True)
class ImportPlan:
    """`gone` are the coach's workouts that the file does not have. They are kept unless something else is chosen.

    `encoding` is the name for people of how the file writes its letters.
    """

    merge: Merge
    gone: Sequence[Gone]
    skipped: Sequence[Skipped]
    encoding: str
    choices: Choices = field(default_factory=dict)
    chosen: Chosen = field(default_factory=Chosen)

    @property
    def nothing_was_read(self) -> bool:
        """Every row was skipped. To be asked before anything is chosen."""
        return not (self.merge.new or self.merge.changed or self.merge.unchanged or self.merge.moved)

    def with_moves(self, confirmed: Container[int] | None) -> "ImportPlan":
        """With the moves of these rows, None being all. The row of a move that is not confirmed is a new workout."""
        if confirmed is None:
            return self
        moved = [match for match in self.merge.moved if match.row.row in confirmed]
        declined = [match for match in self.merge.moved if match.row.row not in confirmed]
        new = sorted([*self.merge.new, *(match.row for match in declined)], key=lambda row: row.row)
        gone = [*self.gone, *(Gone(match.workout) for match in declined)]
        return replace(self, merge=replace(self.merge, new=new, moved=moved), gone=gone)

    def with_choices(self, choices: Choices | Policy) -> "ImportPlan":
        """With what becomes of the workouts that are gone. Raises WrongChoice."""
        if isinstance(choices, Policy):
            choices = by_policy(self.gone, choices)
        chosen = choose(self.gone, choices)
        rows, doubles = {match.row.row for match in chosen.renamed}, {double.pk for double in chosen.doubles}
        new = [row for row in self.merge.new if row.row not in rows]
        changed = [match for match in self.merge.changed if match.workout.pk not in doubles]
        return replace(self, merge=replace(self.merge, new=new, changed=changed), choices=choices, chosen=chosen)

    def changes(self) -> list[RowChange]:
        matches = [*self.merge.changed, *self.merge.moved, *self.chosen.renamed]
        changed = [RowChange("workout", match.workout.pk, before(match), match.after) for match in matches]
        dropped = [
            RowChange("workout", workout.pk, {"is_dropped": workout.is_dropped}, {"is_dropped": True})
            for workout in self.chosen.dropped
        ]
        removed = [
            RowChange("workout", double.pk, TABLES["workout"].values_of(double), None) for double in self.chosen.doubles
        ]
        added = [RowChange("workout", None, None, {**row.values(), "is_custom": False}) for row in self.merge.new]
        return [*changed, *dropped, *removed, *added]

    def result(self) -> dict[str, Any]:
        """As `Import.result` keeps it."""
        return {
            "new": len(self.merge.new),
            "changed": len(self.merge.changed),
            "unchanged": len(self.merge.unchanged),
            "moved": [_move(match) for match in self.merge.moved],
            "skipped": list(self.skipped),
            "gone": [_fate(one, self.choices.get(one.workout.pk, KEEP)) for one in self.gone],
        }

    @property
    def does_something(self) -> bool:
        """Or may do something, as soon as it is chosen."""
        return bool(self.merge.new or self.merge.changed or self.merge.moved or self.gone)

    @cached_property
    def digest(self) -> str:
        """Differs when the plan does, or what may be chosen."""
        offered = [[(one.row.row, one.double and one.double.pk) for one in gone.candidates] for gone in self.gone]
        digest = hashlib.sha256()
        for part in chain(map(vars, self.changes()), [self.result(), offered]):
            digest.update(json.dumps(part, sort_keys=True).encode())
        return digest.hexdigest()


def plan_import(content: bytes, workouts: WorkoutQuerySet) -> ImportPlan:
    """The plan for the file `content` against `workouts`. Raises NotImportable."""
    table = csv_file.read(content)
    rows, skipped = read_workouts(table)
    if not rows and not skipped:
        raise NotImportable("The file has a header and no workouts.")
    days = span(rows)
    coachs = workouts.filter(is_custom=False, originally_planned_day__range=days).order_by("id") if days else ()
    found = list(coachs)
    selections = WorkoutSelection.objects.filter(workout__originally_planned_day__range=days) if days else ()
    chosen = {selection.workout_id for selection in selections}
    # Of twins the one that the athlete chose something for is matched first, and what was dropped last.
    found.sort(key=lambda workout: (bool(workout.is_dropped), workout.pk not in chosen))
    merged = merge(rows, found)
    merged = replace(merged, gone=_without_skipped(merged.gone, table, skipped))
    return ImportPlan(merged, gone_from(merged, chosen), skipped, table.encoding)


def read_workouts(table: Table) -> tuple[list[PlannedWorkout], list[Skipped]]:
    """The rows that are workouts, and those that are not. Raises NotImportable."""
    rows: list[PlannedWorkout] = []
    skipped: list[Skipped] = []
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


def _without_skipped(gone: Sequence[Workout], table: Table, skipped: Sequence[Skipped]) -> list[Workout]:
    """A workout whose row cannot be read is in the file all the same."""
    numbers = {row["row"] for row in skipped}
    if not (gone and numbers):
        return list(gone)
    names = (read_name(row) for row in table if row.number in numbers)
    unread = Counter(key_of(name.day, name) for name in names if name)
    left = []
    for workout in gone:
        key = key_of(workout.originally_planned_day, workout)
        if unread[key]:
            unread[key] -= 1
        else:
            left.append(workout)
    return left


def _move(match: Match) -> dict[str, Any]:
    old, new = before(match), match.after
    return {
        "row": match.row.row,
        "title": match.row.title,
        "from": old["originally_planned_day"],
        "to": new["originally_planned_day"],
    }


def _fate(gone: Gone, choice: str) -> dict[str, Any]:
    """With the row that the workout has become, or may have where it is kept."""
    renamed = gone.renamed if choice == KEEP else None if choice == DROP else candidate_of(gone, choice)
    return {
        "id": gone.workout.pk,
        "title": gone.workout.title,
        "day": gone.workout.originally_planned_day.isoformat(),
        "choice": choice if choice in (KEEP, DROP) else RENAME,
        "row": renamed and renamed.row.row,
        "becomes": renamed and renamed.row.title,
    }
