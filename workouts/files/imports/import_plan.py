"""What importing a file would do to the planner as it is now. Shown as a preview."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

from workouts.files.imports import plan_file
from workouts.files.imports.decisions import Decided, Decisions, Policy, by_policy, decide
from workouts.files.imports.gone import Gone, gone_from
from workouts.files.imports.matching import DayAndName, day_and_name
from workouts.files.imports.merge import Match, Merge, merge, span
from workouts.files.imports.recorded import as_planned, without_recorded
from workouts.files.imports.row import PlannedWorkout, Skipped, read_names, read_rows
from workouts.files.uploads import NotImportable
from workouts.history import TABLES, RowChange
from workouts.models import ACTUAL, Workout, WorkoutQuerySet


@dataclass(frozen=True)
class ImportPlan:
    """What importing a file would do.

    `gone` are the coach's workouts that are not in the file. They are kept unless `decisions` say otherwise. `encoding`
    is the name of the file's encoding for people. `left_out` rows could be read, and are not wanted.
    """

    merge: Merge
    gone: Sequence[Gone]
    skipped: Sequence[Skipped]
    encoding: str
    decisions: Decisions = field(default_factory=dict)
    decided: Decided = field(default_factory=Decided)
    left_out: int = 0

    @property
    def nothing_was_read(self) -> bool:
        """Whether every row was skipped. Valid only before `with_moves` and `with_decisions`."""
        return not (self.merge.new or self.merge.changed or self.merge.unchanged or self.merge.moved)

    def with_moves(self, confirmed: Container[int] | None) -> "ImportPlan":
        """The plan with the moves of these rows, None being all. Other moved rows become new workouts."""
        if confirmed is None:
            return self
        moved = [match for match in self.merge.moved if match.row.number in confirmed]
        declined = [match for match in self.merge.moved if match.row.number not in confirmed]
        new = sorted([*self.merge.new, *(match.row for match in declined)], key=lambda row: row.number)
        gone = [*self.gone, *(Gone(match.workout) for match in declined)]
        return replace(self, merge=replace(self.merge, new=new, moved=moved), gone=gone)

    def with_decisions(self, decisions: Decisions | Policy) -> "ImportPlan":
        """The plan with these decisions on the workouts that are gone. Raises InvalidDecision."""
        if isinstance(decisions, Policy):
            decisions = by_policy(self.gone, decisions)
        decided = decide(self.gone, decisions)
        rows = {match.row.number for match in decided.renamed}
        duplicates = {duplicate.pk for duplicate in decided.duplicates}
        new = [row for row in self.merge.new if row.number not in rows]
        changed = [match for match in self.merge.changed if match.workout.pk not in duplicates]
        merge = replace(self.merge, new=new, changed=changed)
        return replace(self, merge=merge, decisions=decisions, decided=decided)

    def without(self, left_out: Callable[[PlannedWorkout], bool]) -> "ImportPlan":
        """The plan without those of these rows that are new or change a workout."""
        new = [row for row in self.merge.new if not left_out(row)]
        changed = [match for match in self.merge.changed if not left_out(match.row)]
        number = len(self.merge.new) + len(self.merge.changed) - len(new) - len(changed)
        return replace(self, merge=replace(self.merge, new=new, changed=changed), left_out=number)

    def row_changes(self) -> Iterator[RowChange]:
        for match in chain(self.merge.changed, self.merge.moved, self.decided.renamed):
            yield RowChange("workout", match.workout.pk, before(match), match.after)
            if _was_done_after_all(match):
                yield RowChange("selection", match.workout.pk, {"is_selected": False}, {"is_selected": True})
        for workout in self.decided.dropped:
            yield RowChange("workout", workout.pk, {"is_dropped": workout.is_dropped}, {"is_dropped": True})
        for duplicate in self.decided.duplicates:
            yield RowChange("workout", duplicate.pk, TABLES["workout"].values_of(duplicate), None)
        for row in self.merge.new:
            yield RowChange("workout", None, None, {**row.values(), "is_custom": False})
            if row.selection:
                yield RowChange("selection", None, None, row.selection)

    @property
    def does_something(self) -> bool:
        """Whether it changes anything, or can, depending on the decisions."""
        return bool(self.merge.new or self.merge.changed or self.merge.moved or self.gone)

    @cached_property
    def digest(self) -> str:
        """Differs if the plan differs, or the possible decisions."""
        merge = self.merge
        counted = [len(merge.unchanged), list(self.skipped), [match.row.number for match in merge.moved]]
        return _digest(chain(map(vars, self.row_changes()), [counted], map(_what_may_be_decided, self.gone)))


def plan_import(content: bytes, workouts: WorkoutQuerySet) -> ImportPlan:
    """The plan for the file `content` against `workouts`. Raises NotImportable."""
    file = plan_file.read(content)
    rows, skipped = read_rows(file)
    if not rows and not skipped:
        raise NotImportable("The file has a header and no workouts.")
    days = span(rows)
    known = workouts.with_selection().filter(originally_planned_day__range=days) if days else workouts.none()
    found = list(known.filter(is_custom=False).order_by("id"))
    with_selection = {workout.pk for workout in found if workout.selection}
    # Of workouts with the same name and day, those with a selection are matched first, and dropped ones last.
    found.sort(key=lambda workout: (bool(workout.is_dropped), workout.pk not in with_selection))
    own = known.filter(is_recorded=True, is_custom=True)
    merged = _with_activities(merge(rows, found), rows, own)
    merged = replace(merged, gone=_without_skipped(merged.gone, file, skipped))
    return ImportPlan(merged, gone_from(merged, with_selection), skipped, file.encoding)


def _with_activities(merged: Merge, rows: Sequence[PlannedWorkout], own: Iterable[Workout]) -> Merge:
    """The merge without activities that the planner has. A file of activities alone says what was done of the plan, and
    nothing of what is gone from it."""
    if not all(row.recorded for row in rows):
        return without_recorded(merged, own)
    done = (workout for workout in merged.gone if workout.was_done)
    return replace(as_planned(without_recorded(merged, [*own, *done])), gone=[])


def before(match: Match) -> dict[str, Any]:
    """The current values of the columns that the match changes."""
    values = TABLES["workout"].values_of(match.workout)
    return {name: values[name] for name in match.after}


def _was_done_after_all(match: Match) -> bool:
    """Whether the row says what was done of a workout that the athlete has skipped."""
    selection = match.workout.selection
    is_skipped = selection is not None and selection.is_selected is False
    return is_skipped and any(match.after.get(name) is not None for name in ACTUAL)


def _without_skipped(gone: Sequence[Workout], file: plan_file.PlanFile, skipped: Sequence[Skipped]) -> list[Workout]:
    """`gone` without the workouts whose row was skipped: they are in the file."""
    numbers = {row["row"] for row in skipped}
    if not (gone and numbers):
        return list(gone)
    unread: dict[DayAndName, list[int]] = defaultdict(list)
    for row in file:
        if row.number in numbers:
            for key in {day_and_name(name.day, name) for name in read_names(row)}:
                unread[key].append(row.number)
    left, taken = list[Workout](), set[int]()
    for workout in gone:
        rows = unread[day_and_name(workout.originally_planned_day, workout)]
        while rows and rows[-1] in taken:
            rows.pop()
        if rows:
            taken.add(rows.pop())
        else:
            left.append(workout)
    return left


def _what_may_be_decided(gone: Gone) -> list[Any]:
    candidates = [(one.row.number, one.duplicate and one.duplicate.pk) for one in gone.candidates]
    named = [gone.workout.pk, gone.workout.title, gone.workout.originally_planned_day.isoformat()]
    return [*named, candidates, gone.renamed and gone.renamed.row.number]


def _digest(parts: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(json.dumps(part, sort_keys=True).encode())
    return digest.hexdigest()
