"""Importing merges a file with the plan: what is new, changed, unchanged or moved, and what never changes."""

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.trainingpeaks import Cells, export, workout
from tests.workouts.outcomes import change_of
from workouts.files.imports.importing import EveryRowSkipped, import_file
from workouts.files.uploads import NotImportable
from workouts.history import TABLES, add_workout, change_selection, edit_workout, undo
from workouts.models import Change, Upload, Workout, WorkoutSelection

MONDAY, TUESDAY, SUNDAY = "2026-11-23", "2026-11-24", "2026-11-29"
PLAN = (
    workout("Easy swim", MONDAY, "Swim", WorkoutDescription="2 km", PlannedDuration="0.75"),
    workout("Long run", TUESDAY, WorkoutDescription="Flat", PlannedDuration="1.5", CoachComments="Drink"),
    workout("Long ride", SUNDAY, "Bike", PlannedDuration="3"),
)

pytestmark = pytest.mark.usefixtures("db")


def imported(*rows: Cells, **how: Any) -> dict[str, Any]:
    """The result, with the number of moved and skipped rows instead of the rows."""
    result = import_file("plan.csv", export(*rows), by=None, **how).result
    return {name: value if isinstance(value, int) else len(value) for name, value in result.items()}


def counted(**counts: int) -> dict[str, int]:
    return {"new": 0, "changed": 0, "unchanged": 0, "moved": 0, "skipped": 0, "gone": 0, **counts}


def everything() -> list[Any]:
    """All workouts and selections, as far as the athlete can see them."""
    workouts = [(row.pk, TABLES["workout"].values_of(row)) for row in Workout.objects.order_by("id")]
    selections = [
        (row.workout_id, TABLES["selection"].values_of(row)) for row in WorkoutSelection.objects.order_by("id")
    ]
    return [*workouts, *selections]


def test_a_file_is_kept_with_who_imported_it_and_what_it_did() -> None:
    athlete, content = User.objects.create_user("athlete"), export(*PLAN, workout("Bad", "soon"))

    upload = import_file("C:\\plans\\plan.csv", content, by=athlete)

    upload.refresh_from_db()
    assert (upload.file_name, bytes(upload.content), upload.made_by) == ("plan.csv", content, athlete)
    assert upload.result == {
        "new": 3,
        "changed": 0,
        "unchanged": 0,
        "moved": [],
        "skipped": [{"row": 5, "reason": "WorkoutDay is “soon”. A date such as 2026-11-23 is needed."}],
        "gone": [],
    }
    assert upload.change
    assert (upload.change.summary, upload.change.made_by) == ("Imported plan.csv: 3 new, 1 skipped", athlete)
    assert set(Workout.objects.values_list("title", "is_custom")) == {
        ("Easy swim", False),
        ("Long run", False),
        ("Long ride", False),
    }


def test_a_name_that_no_database_takes_is_cleaned() -> None:
    upload = import_file("../a\0\ud800" + "b" * 300, export(*PLAN), by=None)
    assert upload.file_name == "a" + "b" * 254


def test_the_same_file_again_changes_nothing() -> None:
    imported(*PLAN)
    before = everything()

    assert imported(*PLAN) == counted(unchanged=3)
    assert everything() == before


def test_only_the_columns_that_differ_are_written() -> None:
    imported(*PLAN)
    run = Workout.objects.get(title="Long run")

    assert imported({**PLAN[1], "PlannedDuration": "1,75", "CoachComments": ""}) == counted(changed=1)

    assert Change.objects.latest("id").rows == [
        {
            "table": "workout",
            "key": run.pk,
            "before": {"planned_duration": 1.5, "coach_comments": "Drink"},
            "after": {"planned_duration": 1.75, "coach_comments": None},
        }
    ]


def test_a_name_in_another_case_is_the_same_workout() -> None:
    imported(*PLAN)
    assert imported({**PLAN[1], "Title": " LONG  run ", "WorkoutType": "run"}) == counted(unchanged=1)


def test_what_the_old_version_wrote_as_an_empty_text_is_unchanged() -> None:
    Workout.objects.create(
        title="Ride", workout_type="Bike", originally_planned_day=MONDAY, workout_description="", coach_comments=""
    )
    assert imported(workout("Ride", MONDAY, "Bike")) == counted(unchanged=1)


def test_a_column_that_the_file_lacks_is_left_alone() -> None:
    imported(*PLAN)
    content = export(PLAN[1], columns=("Title", "WorkoutType", "WorkoutDay", "PlannedDuration", *PLAN[1]))
    short = b"\n".join(b",".join(line.split(b",")[:4]) for line in content.splitlines())

    assert import_file("short.csv", short, by=None).result["unchanged"] == 1
    assert Workout.objects.get(title="Long run").coach_comments == "Drink"


def test_rows_missing_from_a_partial_export_are_left_alone() -> None:
    imported(*PLAN)
    before = everything()

    assert imported(PLAN[0], PLAN[2]) == counted(unchanged=2, gone=1)
    assert everything() == before


def test_the_athletes_selection_is_kept() -> None:
    imported(*PLAN)
    run = Workout.objects.get(title="Long run")
    change_selection(run.pk, {"current_plan_day": datetime.date(2026, 11, 27), "user_notes": "gels"}, by=None)
    selection = TABLES["selection"].values_of(WorkoutSelection.objects.get())

    assert imported({**PLAN[1], "WorkoutDescription": "Hilly"}) == counted(changed=1)

    assert TABLES["selection"].values_of(WorkoutSelection.objects.get(workout=run)) == selection


def test_an_estimated_tss_is_kept_until_the_file_has_one() -> None:
    imported(*PLAN)
    run = Workout.objects.get(title="Long run")
    edit_workout(run.pk, {"tss": 85.0}, by=None)

    assert imported(*PLAN) == counted(unchanged=3)
    assert imported({**PLAN[1], "IF": "0.8", "TimeTotalInHours": "1.5"}) == counted(changed=1)
    run.refresh_from_db()
    assert run.tss == 85
    assert run.actual_tss == pytest.approx(96)

    assert imported({**PLAN[1], "IF": "0.8", "TSS": "93"}) == counted(changed=1)
    run.refresh_from_db()
    assert run.tss == 93


def test_two_workouts_with_the_same_name_and_day_stay_two() -> None:
    first, second = workout("Running", MONDAY, TSS="86.43"), workout("Running", MONDAY, TSS="40")

    assert imported(first, second) == counted(new=2)
    assert imported(second, first) == counted(unchanged=2)
    assert imported(first, {**second, "TSS": "41"}) == counted(unchanged=1, changed=1)
    assert imported({**second, "TSS": "41"}, first, second) == counted(unchanged=2, new=1)
    assert set(Workout.objects.values_list("tss", flat=True)) == {86.43, 41, 40}


def test_two_identical_workouts_stay_two() -> None:
    same = workout("Running", MONDAY)
    assert imported(same, same) == counted(new=2)
    assert imported(same, same) == counted(unchanged=2)
    assert imported(same) == counted(unchanged=1, gone=1)


def test_a_workout_that_the_coach_moved_keeps_its_selection() -> None:
    imported(*PLAN)
    run = Workout.objects.get(title="Long run")
    change_selection(run.pk, {"time_of_day": "morning"}, by=None)
    edit_workout(run.pk, {"tss": 85.0}, by=None)

    upload = import_file("plan.csv", export(PLAN[0], {**PLAN[1], "WorkoutDay": "2026-11-26"}, PLAN[2]), by=None)

    assert upload.result["moved"] == [{"row": 3, "title": "Long run", "from": TUESDAY, "to": "2026-11-26"}]
    run.refresh_from_db()
    assert (run.originally_planned_day.isoformat(), run.tss) == ("2026-11-26", 85)
    assert WorkoutSelection.objects.get().time_of_day == "morning"
    assert Workout.objects.count() == 3


def test_the_day_that_the_athlete_gave_a_workout_stays_when_the_coach_moves_it() -> None:
    imported(*PLAN)
    run = Workout.objects.get(title="Long run")
    change_selection(run.pk, {"current_plan_day": datetime.date(2026, 11, 27)}, by=None)

    imported(PLAN[0], {**PLAN[1], "WorkoutDay": "2026-11-26"}, PLAN[2])

    day = Workout.objects.between(datetime.date(2026, 11, 1), datetime.date(2026, 12, 1)).get(pk=run.pk)
    assert getattr(day, "day", None) == datetime.date(2026, 11, 27)


def test_a_move_that_is_declined_is_a_new_workout() -> None:
    imported(*PLAN)
    moved = {**PLAN[1], "WorkoutDay": "2026-11-26"}

    assert imported(PLAN[0], moved, PLAN[2], moved=()) == counted(new=1, unchanged=2, gone=1)
    assert Workout.objects.filter(title="Long run").count() == 2


@pytest.mark.parametrize(
    ("why", "row"),
    [
        ("its content differs", {**PLAN[1], "WorkoutDay": "2026-11-26", "WorkoutDescription": "Hilly"}),
        ("it is more than a fortnight away", {**PLAN[1], "WorkoutDay": "2026-12-09"}),
    ],
)
def test_what_only_resembles_a_move_is_a_new_workout(why: str, row: Cells) -> None:
    imported(*PLAN)
    assert imported(PLAN[0], row, PLAN[2]) == counted(new=1, unchanged=2, gone=1)


def test_the_workouts_of_another_week_are_not_taken_for_moved_ones() -> None:
    imported(*PLAN)
    next_week = [
        {**row, "WorkoutDay": f"2026-{day}"} for row, day in zip(PLAN, ("11-30", "12-01", "12-06"), strict=True)
    ]
    assert imported(*next_week) == counted(new=3)


def test_the_nearest_day_is_taken_first() -> None:
    early, late, other = (workout("Run", day) for day in ("2026-11-20", "2026-11-25", "2026-11-30"))
    imported(early, late, other)
    on_wednesday = Workout.objects.get(originally_planned_day="2026-11-25")

    assert imported(early, {**late, "WorkoutDay": "2026-11-26"}, other) == counted(unchanged=2, moved=1)
    on_wednesday.refresh_from_db()
    assert on_wednesday.originally_planned_day.isoformat() == "2026-11-26"


def test_own_workouts_are_never_touched() -> None:
    own, _ = add_workout({"title": "Long run", "workout_type": "Run", "originally_planned_day": TUESDAY}, by=None)
    before = TABLES["workout"].values_of(own)

    assert imported(*PLAN) == counted(new=3)

    own.refresh_from_db()
    assert TABLES["workout"].values_of(own) == before


def test_an_import_is_undone_and_redone_as_one_step() -> None:
    imported(*PLAN)
    change_selection(Workout.objects.get(title="Long run").pk, {"time_of_day": "7am"}, by=None)
    before = everything()
    upload = import_file(
        "next.csv",
        export({**PLAN[0], "TSS": "40"}, {**PLAN[1], "WorkoutDay": "2026-11-27"}, PLAN[2], workout("New", MONDAY)),
        by=None,
    )
    after = everything()
    assert upload.change

    undone = change_of(undo(upload.change.pk, by=None))
    assert everything() == before

    undo(undone.pk, by=None)
    assert everything() == after


def test_what_was_undone_can_be_imported_again() -> None:
    upload = import_file("plan.csv", export(*PLAN), by=None)
    assert upload.change
    undo(upload.change.pk, by=None)

    assert imported(*PLAN) == counted(new=3)


def test_a_file_without_workouts_is_refused_and_not_stored() -> None:
    with pytest.raises(NotImportable, match="no workouts"):
        import_file("plan.csv", export(), by=None)
    assert not Upload.objects.exists()


def test_a_file_of_bad_rows_is_not_stored_and_the_reasons_are_reported() -> None:
    with pytest.raises(EveryRowSkipped) as refused:
        imported(workout("Run", "soon"), workout("Run", MONDAY, TSS="many"))
    assert [row["row"] for row in refused.value.result["skipped"]] == [2, 3]
    assert not Workout.objects.exists()
    assert not Upload.objects.exists()
