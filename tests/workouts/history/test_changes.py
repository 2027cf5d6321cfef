"""Changes are recorded, and undoing them restores everything."""

import datetime
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from tests.workouts.conftest import Plan
from tests.workouts.outcomes import change_of
from workouts.history import (
    TABLES,
    AlreadyUndone,
    CoachsWorkout,
    Outcome,
    RowChange,
    Stale,
    add_workout,
    apply,
    change_selection,
    delete_workout,
    edit_workout,
    record_done,
    reset_selection,
    undo,
)
from workouts.history.rows import NO_SELECTION
from workouts.models import Change, Workout, WorkoutSelection

MONDAY = datetime.date(2026, 11, 23)
FRIDAY = datetime.date(2026, 11, 27)

pytestmark = pytest.mark.django_db


@pytest.fixture
def athlete() -> User:
    return User.objects.create_user("athlete")


@pytest.fixture
def run() -> Workout:
    return Workout.objects.create(title="Long run", workout_type="Run", originally_planned_day=MONDAY)


def selection_of(workout: Workout) -> dict[str, object] | None:
    selection = WorkoutSelection.objects.filter(workout=workout).first()
    return TABLES["selection"].values_of(selection) if selection else None


def selection_columns(workout: Workout) -> dict[str, object] | None:
    rows: list[dict[str, object]] = list(WorkoutSelection.objects.filter(workout=workout).values(*NO_SELECTION))
    return rows[0] if rows else None


def test_a_selection_changes_only_in_the_columns_that_are_named(run: Workout, athlete: User) -> None:
    change_selection(run.pk, {"current_plan_day": FRIDAY, "user_notes": "bring gels"}, by=athlete)
    change = change_of(change_selection(run.pk, {"time_of_day": "morning"}, by=athlete))

    assert selection_columns(run) == {
        "is_selected": True,
        "current_plan_day": FRIDAY,
        "time_of_day": "morning",
        "workout_location": None,
        "user_notes": "bring gels",
    }
    assert (change.made_by, change.summary) == (athlete, "Long run: morning")


def test_skipping_clears_the_time_of_day_unless_one_is_given(run: Workout) -> None:
    change_selection(run.pk, {"time_of_day": "morning"}, by=None)
    change_selection(run.pk, {"is_selected": False}, by=None)
    assert WorkoutSelection.objects.get().time_of_day is None

    change_selection(run.pk, {"is_selected": False, "time_of_day": "evening"}, by=None)
    assert WorkoutSelection.objects.get().time_of_day == "evening"


def test_nothing_is_recorded_if_nothing_changes(run: Workout) -> None:
    change_selection(run.pk, {"time_of_day": "7am"}, by=None)
    run.refresh_from_db()
    before = selection_of(run), run.modified_at

    assert change_selection(run.pk, {}, by=None) == Outcome()
    assert change_selection(run.pk, {"is_selected": True, "time_of_day": "7am"}, by=None) == Outcome()
    run.refresh_from_db()
    assert (selection_of(run), run.modified_at) == before

    assert reset_selection(run.pk, by=None).change
    assert reset_selection(run.pk, by=None) == Outcome()


def test_a_selection_equal_to_the_plan_is_created_recorded_and_undone(run: Workout) -> None:
    made = change_of(change_selection(run.pk, {}, by=None))
    assert made.summary == "Long run: selected"
    assert WorkoutSelection.objects.get().is_selected is True

    undo(made.pk, by=None)
    assert not WorkoutSelection.objects.exists()


def test_an_unknown_workout_is_refused() -> None:
    with pytest.raises(Workout.DoesNotExist):
        change_selection(7, {}, by=None)
    with pytest.raises(Workout.DoesNotExist):
        reset_selection(7, by=None)
    assert not WorkoutSelection.objects.exists()


def test_undo_restores_only_what_the_change_changed(run: Workout) -> None:
    moved = change_of(change_selection(run.pk, {"current_plan_day": FRIDAY}, by=None))
    change_selection(run.pk, {"user_notes": "bring gels"}, by=None)

    undo(moved.pk, by=None)

    selection = WorkoutSelection.objects.get()
    assert (selection.current_plan_day, selection.user_notes) == (None, "bring gels")


def test_undo_of_a_reset_restores_the_selection(run: Workout) -> None:
    change_selection(run.pk, {"is_selected": False, "workout_location": "indoor"}, by=None)
    before = selection_of(run)
    reset = change_of(reset_selection(run.pk, by=None))
    assert selection_of(run) is None

    undone = change_of(undo(reset.pk, by=None))
    assert selection_of(run) == before

    undo(undone.pk, by=None)
    assert selection_of(run) is None


def test_undo_refuses_a_row_that_was_changed_later_and_changes_nothing(run: Workout) -> None:
    first = change_of(change_selection(run.pk, {"current_plan_day": FRIDAY, "time_of_day": "morning"}, by=None))
    change_selection(run.pk, {"time_of_day": "evening"}, by=None)
    before = selection_of(run)

    with pytest.raises(Stale) as error:
        undo(first.pk, by=None)

    assert error.value.names == ["Long run"]
    assert selection_of(run) == before
    assert Change.objects.count() == 2


def test_undo_of_several_rows_of_a_workout_that_was_deleted_is_refused(plan: Plan) -> None:
    run = plan("Run", "2026-11-23", is_custom=True, is_dropped=True)
    done = record_done(run.pk, {}, by=None).change
    delete_workout(run.pk, by=None)
    assert done
    with pytest.raises(Stale, match="Changed in the meantime: Run"):
        undo(done.pk, by=None)


def test_undo_works_once(run: Workout) -> None:
    change = change_of(change_selection(run.pk, {"is_selected": False}, by=None))
    undo(change.pk, by=None)
    with pytest.raises(AlreadyUndone):
        undo(change.pk, by=None)


def test_undoing_an_undo_is_a_redo_and_says_so(run: Workout) -> None:
    change = change_of(change_selection(run.pk, {"is_selected": False}, by=None))
    for _ in range(3):
        change = change_of(undo(change.pk, by=None))

    assert [change.summary for change in Change.objects.order_by("id")] == [
        "Long run: skipped",
        "Undone: Long run: skipped",
        "Redone: Long run: skipped",
        "Undone: Long run: skipped",
    ]


def test_undoing_an_added_workout_deletes_its_selection_and_redoing_restores_it(athlete: User) -> None:
    workout, added = add_workout(
        {"title": "Club ride", "workout_type": "Bike", "originally_planned_day": MONDAY, "tss": 80.0},
        {"time_of_day": "7am"},
        by=athlete,
    )
    change_selection(workout.pk, {"user_notes": "lights"}, by=athlete)
    before = TABLES["workout"].values_of(workout), selection_of(workout)
    assert workout.is_custom

    undone = change_of(undo(change_of(added).pk, by=athlete))
    assert not Workout.objects.exists()

    undo(undone.pk, by=athlete)
    restored = Workout.objects.get(pk=workout.pk)
    assert (TABLES["workout"].values_of(restored), selection_of(restored)) == before
    assert restored.created_at == workout.created_at


def test_a_deleted_workout_is_restored_with_its_id_and_its_selection() -> None:
    workout, _ = add_workout({"title": "Swim", "workout_type": "Swim", "originally_planned_day": MONDAY}, by=None)
    change_selection(workout.pk, {"is_selected": False}, by=None)

    undo(change_of(delete_workout(workout.pk, by=None)).pk, by=None)

    assert Workout.objects.get().pk == workout.pk
    assert WorkoutSelection.objects.get().is_selected is False


def test_only_the_tss_of_a_coachs_workout_can_be_changed(run: Workout) -> None:
    change = change_of(edit_workout(run.pk, {"tss": 70.0}, by=None))
    assert edit_workout(run.pk, {"tss": 70.0}, by=None) == Outcome()
    with pytest.raises(CoachsWorkout, match="only its TSS"):
        edit_workout(run.pk, {"tss": 80.0, "title": "Mine"}, by=None)
    with pytest.raises(CoachsWorkout, match="skipped, not deleted"):
        delete_workout(run.pk, by=None)

    run.refresh_from_db()
    assert (run.title, run.tss) == ("Long run", 70.0)
    undo(change.pk, by=None)
    run.refresh_from_db()
    assert run.tss is None


def test_every_change_marks_the_workout_as_modified(run: Workout) -> None:
    acts: tuple[Callable[[], object], ...] = (
        lambda: change_selection(run.pk, {"is_selected": False}, by=None),
        lambda: reset_selection(run.pk, by=None),
        lambda: edit_workout(run.pk, {"tss": 70.0}, by=None),
        lambda: undo(Change.objects.latest("id").pk, by=None),
    )
    seen = {run.modified_at}
    for act in acts:
        act()
        run.refresh_from_db()
        assert run.modified_at not in seen
        seen.add(run.modified_at)


def test_a_restored_workout_is_marked_as_modified() -> None:
    workout, _ = add_workout({"title": "Swim", "workout_type": "Swim", "originally_planned_day": MONDAY}, by=None)
    undo(change_of(delete_workout(workout.pk, by=None)).pk, by=None)
    assert Workout.objects.get().modified_at


def test_an_invalid_number_of_the_old_version_can_be_changed_and_deleted(run: Workout) -> None:
    Workout.objects.update(is_custom=True, tss=float("nan"))
    assert edit_workout(run.pk, {"title": "Short run"}, by=None).change
    undo(change_of(delete_workout(run.pk, by=None)).pk, by=None)
    assert Workout.objects.get().tss is None


def test_rows_of_one_change_are_compared_with_what_those_before_them_left(run: Workout) -> None:
    change_selection(run.pk, {"user_notes": "gels"}, by=None)
    before = selection_of(run)
    again = apply(
        [RowChange("selection", run.pk, before, None), RowChange("selection", run.pk, None, {"time_of_day": "7am"})],
        "Replaced",
        by=None,
    )
    assert WorkoutSelection.objects.get().user_notes is None

    undo(change_of(again).pk, by=None)
    assert selection_of(run) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"time_of_day": None}, {"time_of_day": "7am"}),
        (None, {**NO_SELECTION, "time_of_day": "7am"}),
        ({"time_of_day": "morning", "user_notes": None}, {"time_of_day": "7am", "user_notes": None}),
    ],
)
def test_a_change_that_was_recorded_without_ids_and_times_is_undone(
    run: Workout, before: dict[str, object] | None, after: dict[str, object]
) -> None:
    """As earlier versions recorded it."""
    WorkoutSelection.objects.create(workout=run, time_of_day="7am")
    row = {"table": "selection", "key": run.pk, "before": before, "after": after}

    undone = undo(Change.objects.create(summary="Long run: 7am", rows=[row]).pk, by=None)

    wanted = before and {**NO_SELECTION, **before}
    assert selection_columns(run) == wanted
    undo(change_of(undone).pk, by=None)
    assert WorkoutSelection.objects.get().time_of_day == "7am"


def test_a_reset_that_was_recorded_without_ids_and_times_is_undone(run: Workout) -> None:
    before = {**NO_SELECTION, "is_selected": False}
    row = {"table": "selection", "key": run.pk, "before": before, "after": None}
    undo(Change.objects.create(summary="Long run: back to the plan", rows=[row]).pk, by=None)
    assert selection_columns(run) == before


def test_a_restored_time_stays_until_the_row_is_written(run: Workout) -> None:
    first = change_of(change_selection(run.pk, {"time_of_day": "7am"}, by=None))
    at_first = WorkoutSelection.objects.get().updated_at
    moved = change_of(change_selection(run.pk, {"current_plan_day": FRIDAY}, by=None))
    noted = change_of(change_selection(run.pk, {"user_notes": "gels"}, by=None))

    undo(moved.pk, by=None)
    after_both = WorkoutSelection.objects.get().updated_at
    assert at_first
    assert after_both
    assert after_both > at_first, "the notes were written since"

    undo(noted.pk, by=None)
    undo(first.pk, by=None)
    assert not WorkoutSelection.objects.exists()
