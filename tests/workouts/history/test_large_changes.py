"""A change with more rows than fit into one statement."""

import pytest

from tests.trainingpeaks import export, workout
from tests.workouts.outcomes import change_of
from workouts.files.imports.importing import import_file
from workouts.history import TABLES, Stale, change_selection, edit_workout, rows, undo
from workouts.models import Workout, WorkoutSelection

pytestmark = pytest.mark.usefixtures("db")

SEVEN = export(*(workout(f"Run {number}", "2026-11-23") for number in range(7)))


@pytest.fixture(autouse=True)
def small_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CHUNK", 3)


def test_is_undone_and_redone_completely_with_every_selection() -> None:
    change = import_file("plan.csv", SEVEN, by=None).change
    assert change
    for row in Workout.objects.all():
        change_selection(row.pk, {"user_notes": row.title}, by=None)
    before = [TABLES["workout"].values_of(row) for row in Workout.objects.order_by("id")]

    undone = change_of(undo(change.pk, by=None))
    assert not Workout.objects.exists()
    assert not WorkoutSelection.objects.exists()

    undo(undone.pk, by=None)
    assert [TABLES["workout"].values_of(row) for row in Workout.objects.order_by("id")] == before
    assert all(row.selection and row.selection.user_notes == row.title for row in Workout.objects.with_selection())


def test_the_refusal_of_an_undo_names_some_rows_and_counts_the_others() -> None:
    change = import_file("plan.csv", SEVEN, by=None).change
    assert change
    for row in Workout.objects.all():
        edit_workout(row.pk, {"tss": 50.0}, by=None)

    with pytest.raises(Stale) as stale:
        undo(change.pk, by=None)

    names = "Run 6, Run 5, Run 4, Run 3, Run 2 and 2 more"
    assert str(stale.value) == f"Changed in the meantime: {names}. Nothing was written."
    assert len(stale.value.names) == Workout.objects.count() == 7
