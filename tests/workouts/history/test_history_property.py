"""For any sequence of verbs, the history replayed backwards and forwards gives exactly the states in between."""

import contextlib
import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Max, Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trainingpeaks import export, workout
from tests.workouts.outcomes import change_of
from tests.workouts.planners import (
    MONDAY,
    as_json,
    availability,
    days,
    fill,
    numbers,
    planners,
    selection_columns,
    targets,
    texts,
    workouts,
)
from workouts.files.imports.decisions import Policy
from workouts.files.imports.importing import import_file
from workouts.files.restores.restoring import confirm, plan_of, preview
from workouts.history import (
    AlreadyUndone,
    CoachsWorkout,
    DoneAhead,
    NothingPlanned,
    Outcome,
    RowChange,
    Stale,
    add_availability,
    add_workout,
    apply,
    change_selection,
    change_selections,
    clear_done,
    copy_workouts,
    delete_workout,
    edit_workout,
    record_done,
    remove_availability,
    reset_selection,
    save_preferences,
    set_target,
    undo,
)
from workouts.models import Availability, Change, Workout

pytestmark = pytest.mark.usefixtures("db")

TABLES = (
    "workouts",
    "workout_selections",
    "workout_selections_archive",
    "week_targets",
    "preferences",
    "availability",
)
REFUSALS = (AlreadyUndone, CoachsWorkout, DoneAhead, NothingPlanned, Stale)

ANY = st.integers(0, 3)
"""Selects a row: its index is this number modulo the number of rows."""

STARTS = st.builds(
    lambda planner, workouts, selections: {
        **planner,
        "workouts": workouts,
        "selections": dict(zip(workouts, selections, strict=False)),
    },
    planners,
    st.dictionaries(st.integers(1, 30), workouts, min_size=1, max_size=3),
    st.lists(selection_columns, max_size=3),
)

SELECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "is_selected": st.booleans(),
        "current_plan_day": st.none() | days,
        "time_of_day": st.none() | st.sampled_from(["", "morning", "7am"]),
        "workout_location": st.none() | st.sampled_from(["indoor", "outdoor"]),
        "user_notes": st.none() | texts,
    },
)
WORKOUTS = st.fixed_dictionaries(
    {"title": texts, "workout_type": st.sampled_from(["Run", "Bike"]), "originally_planned_day": days},
    optional={"tss": st.none() | st.floats(0, 10_000), "workout_description": texts},
)
EDITS = st.fixed_dictionaries({}, optional={"tss": st.none() | st.floats(0, 10_000), "title": texts})
DONE = st.fixed_dictionaries({}, optional={name: numbers(name) for name in ("actual_duration", "actual_tss", "rpe")})
TIMES = st.fixed_dictionaries(
    {
        "distance_unit": st.sampled_from(["km", "mi"]),
        "swim_unit": st.sampled_from(["m", "yd"]),
        "morning": st.times(),
        "afternoon": st.just(datetime.time(12)),
        "evening": st.just(datetime.time(18)),
        "week_start": st.sampled_from([0, 5, 6]),
    }
)
ROWS = st.builds(
    workout,
    st.sampled_from(["Long run", "Easy"]),
    st.sampled_from(["2026-11-23", "2026-11-24", "2026-11-26"]),
    st.sampled_from(["Run", "Bike"]),
    TSS=st.sampled_from(["", "50"]),
)

Steps = list[tuple[Any, ...]]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("change_selection"), ANY, SELECTIONS),
        st.tuples(st.just("change_selections"), SELECTIONS),
        st.tuples(st.just("copy_workouts"), days, SELECTIONS),
        st.tuples(st.just("reset_selection"), ANY),
        st.tuples(st.just("add_workout"), WORKOUTS, SELECTIONS),
        st.tuples(st.just("edit_workout"), ANY, EDITS),
        st.tuples(st.just("delete_workout"), ANY),
        st.tuples(st.just("record_done"), ANY, DONE),
        st.tuples(st.just("clear_done"), ANY),
        st.tuples(st.just("set_target"), st.integers(0, 2), st.none() | targets),
        st.tuples(st.just("save_preferences"), TIMES),
        st.tuples(st.just("add_availability"), availability),
        st.tuples(st.just("remove_availability"), ANY),
        st.tuples(st.just("undo"), ANY),
        st.tuples(st.just("import_file"), st.lists(ROWS, min_size=1, max_size=4), st.sampled_from(Policy)),
        st.tuples(st.just("restore"), st.booleans()),
    ),
    min_size=2,
    max_size=8,
)


class Verbs:
    """The steps of a sequence, by name. `exported` is the export of the first state."""

    def __init__(self, exported: str) -> None:
        self.exported = exported

    def change_selection(self, which: int, values: dict[str, Any]) -> Outcome | None:
        return on_one(which, lambda pk: change_selection(pk, values, by=None))

    def record_done(self, which: int, values: dict[str, Any]) -> Outcome | None:
        return on_one(which, lambda pk: record_done(pk, values, by=None))

    def clear_done(self, which: int) -> Outcome | None:
        return on_one(which, lambda pk: clear_done(pk, by=None))

    def change_selections(self, values: dict[str, Any]) -> Outcome:
        return change_selections(dict.fromkeys(all_ids(), values), "changed", by=None)

    def copy_workouts(self, day: datetime.date, values: dict[str, Any]) -> Outcome | None:
        return copy_workouts(dict.fromkeys(all_ids(), day), "copied", values, by=None) if all_ids() else None

    def reset_selection(self, which: int) -> Outcome | None:
        return on_one(which, lambda pk: reset_selection(pk, by=None))

    def add_workout(self, values: dict[str, Any], selection: dict[str, Any]) -> Outcome:
        return add_workout(values, selection, by=None)[1]

    def edit_workout(self, which: int, values: dict[str, Any]) -> Outcome | None:
        return on_one(which, lambda pk: edit_workout(pk, values, by=None))

    def delete_workout(self, which: int) -> Outcome | None:
        return on_one(which, lambda pk: delete_workout(pk, by=None))

    def set_target(self, weeks: int, values: dict[str, Any] | None) -> Outcome:
        return set_target(MONDAY + datetime.timedelta(weeks=weeks), values, by=None)

    def save_preferences(self, values: dict[str, Any]) -> Outcome:
        return save_preferences(values, by=None)

    def add_availability(self, values: dict[str, Any]) -> Outcome:
        return add_availability(values, by=None)[1]

    def remove_availability(self, which: int) -> Outcome | None:
        return on_one(which, lambda pk: remove_availability(pk, by=None), Availability)

    def undo(self, which: int) -> Outcome | None:
        changes = list(Change.objects.order_by("id").values_list("id", flat=True))
        return undo(changes[which % len(changes)], by=None) if changes else None

    def import_file(self, rows: list[Any], policy: Policy) -> None:
        import_file("plan.csv", export(*rows), by=None, gone=policy)

    def restore(self, archived: bool) -> None:
        found = json.loads(self.exported)
        if archived:
            found["archivedSelections"].append(ARCHIVED)
        upload = preview("planner.json", json.dumps(found).encode(), by=None)
        confirm(upload.pk, digest=plan_of(upload).digest, by=None)


ARCHIVED: dict[str, Any] = {
    "isSelected": True,
    "currentPlanDay": None,
    "timeOfDay": "7am",
    "workoutLocation": None,
    "userNotes": None,
    "selectionId": 4,
    "workoutId": 3,
    "keptSelectionId": 5,
    "updatedAt": None,
    "filled": {},
    "archivedAt": "2026-11-01T12:00:00Z",
}


def all_ids(model: type[Model] = Workout) -> list[int]:
    return list(model._default_manager.order_by("id").values_list("id", flat=True))


def on_one(which: int, verb: Callable[[int], Outcome], model: type[Model] = Workout) -> Outcome | None:
    found = all_ids(model)
    return verb(found[which % len(found)]) if found else None


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without `modified_at`."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            kept = [n for n, column in enumerate(cursor.description) if column[0] != "modified_at"]
            found[table] = [tuple(row[n] for n in kept) for row in cursor.fetchall()]
    return found


def replay(change: Change, *, backwards: bool) -> None:
    """Writes only what is recorded."""
    rows = [RowChange.recorded(row) for row in change.rows]
    apply([row.reversed() for row in reversed(rows)] if backwards else rows, "", by=None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STARTS, STEPS)
def test_any_sequence_of_verbs_is_undone_and_redone_step_by_step(start: dict[str, Any], steps: Steps) -> None:
    with transaction.atomic():
        fill(start)
        states, made = [everything()], list[Change]()
        verbs = Verbs(as_json())
        for name, *arguments in steps:
            change = done(verbs, name, arguments)
            if not change:
                assert everything() == states[-1], "what is not recorded is not written"
                continue
            made.append(change)
            states.append(everything())

        for change, before in reversed(list(zip(made, states, strict=False))):
            replay(change, backwards=True)
            assert everything() == before
        for change, after in zip(made, states[1:], strict=True):
            replay(change, backwards=False)
            assert everything() == after
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STARTS, STEPS)
def test_what_is_undone_and_redone_is_as_it_was(start: dict[str, Any], steps: Steps) -> None:
    with transaction.atomic():
        fill(start)
        verbs = Verbs(as_json())
        for name, *arguments in steps:
            before = everything()
            if change := done(verbs, name, arguments):
                after = everything()
                undone = change_of(undo(change.pk, by=None))
                assert everything() == before
                undo(undone.pk, by=None)
                assert everything() == after
        transaction.set_rollback(True)


def done(verbs: Verbs, name: str, arguments: list[Any]) -> Change | None:
    """The change that the verb recorded: at most one, and the one that it returned."""
    last = Change.objects.aggregate(last=Max("id", default=0))["last"]
    outcome = None
    with contextlib.suppress(*REFUSALS), transaction.atomic():
        outcome = getattr(verbs, name)(*arguments)
    new = list(Change.objects.filter(pk__gt=last))
    assert len(new) <= 1
    assert not outcome or outcome.change == (new[0] if new else None)
    return new[0] if new else None
