"""For any exports: a second import changes nothing, undo restores the previous state, and no selection is lost."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trainingpeaks import Cells, export, workout
from tests.workouts.outcomes import change_of
from workouts.files.imports.decisions import Policy
from workouts.files.imports.importing import import_file
from workouts.history import TABLES, change_selection, edit_workout, undo
from workouts.models import Workout, WorkoutSelection

pytestmark = pytest.mark.usefixtures("db")

# Few values, so that rows often agree in some columns and differ in others.
TEXTS = st.sampled_from(["", "Easy", "=1+1", "<b>", '5 x 3 min,\nthen "easy"; 10\''])
NUMBERS = st.sampled_from(["", "0.8", "1,5", "2", "1h", "-1"])
ROWS = st.builds(
    workout,
    st.sampled_from(["", "Running", "running ", "Läufe"]),
    st.sampled_from(["2026-11-23", "2026-11-24", "2026-11-26", "soon"]),
    st.sampled_from(["", "Run", "Bike"]),
    WorkoutDescription=TEXTS,
    CoachComments=TEXTS,
    PlannedDuration=NUMBERS,
    IF=NUMBERS,
    TSS=NUMBERS,
    TimeTotalInHours=NUMBERS,
    Rpe=st.sampled_from(["", "3"]),
)
EXPORTS = st.lists(ROWS, max_size=7).map(lambda rows: [*rows, workout("Readable", "2026-11-25")])
"""A file whose every row is skipped is refused as a whole."""

FORMATS = st.fixed_dictionaries(
    {"delimiter": st.sampled_from(",;\t"), "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"])}
)


POLICIES = st.sampled_from(Policy)


def workouts() -> dict[int, dict[str, Any]]:
    return {row.pk: TABLES["workout"].values_of(row) for row in Workout.objects.order_by("id")}


def selections() -> list[dict[str, Any]]:
    return [{**row, "updated_at": None} for row in WorkoutSelection.objects.order_by("id").values()]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=EXPORTS,
    second=EXPORTS,
    how=FORMATS,
    estimates=st.lists(st.sampled_from([1.5, 70.0]), max_size=3),
    policies=st.tuples(POLICIES, POLICIES),
)
def test_any_export(
    first: list[Cells],
    second: list[Cells],
    how: dict[str, str],
    estimates: list[float],
    policies: tuple[Policy, Policy],
) -> None:
    with transaction.atomic():
        import_file("first.csv", export(*first, **how), by=None)
        for pk, tss in zip(list(workouts()), estimates, strict=False):
            edit_workout(pk, {"tss": tss}, by=None)
            change_selection(pk, {"user_notes": "gels"}, by=None)
        before, chosen, content = workouts(), selections(), export(*second, **how)

        upload = import_file("second.csv", content, by=None, gone=policies[0])
        after = workouts()
        again = import_file("second.csv", content, by=None, gone=policies[1]).result

        assert (again["new"], again["changed"], again["moved"]) == (0, 0, [])
        assert len(again["gone"]) == sum(one["choice"] == "keep" for one in upload.result["gone"])
        assert selections() == chosen
        if policies[1] is not Policy.DROP:
            assert workouts() == after
            assert upload.change
            undone = change_of(undo(upload.change.pk, by=None))
            assert (workouts(), selections()) == (before, chosen)
            undo(undone.pk, by=None)
            assert (workouts(), selections()) == (after, chosen)
        transaction.set_rollback(True)
