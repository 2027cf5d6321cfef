"""Workouts that are gone from a file that is sent again: they are kept, dropped or renamed, and nothing is lost."""

import datetime
from typing import Any

import pytest
from django.test import Client

from tests.api_client import ApiClient
from tests.trainingpeaks import Cells, export, workout
from tests.workouts.conftest import Plan
from tests.workouts.outcomes import change_of
from workouts.files.imports.decisions import Policy
from workouts.files.imports.importing import confirm, import_file, plan_of, preview
from workouts.history import add_workout, change_selection, edit_workout, undo
from workouts.models import Change, Workout, WorkoutSelection
from workouts.plan.summary import summarise

MONDAY, TUESDAY, WEDNESDAY, SUNDAY = "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-29"
SWIM = workout("Easy swim", MONDAY, "Swim", WorkoutDescription="2 km", PlannedDuration="0.75")
RUN = workout("Long run", TUESDAY, WorkoutDescription="Flat", PlannedDuration="1.5")
RIDE = workout("Long ride", SUNDAY, "Bike", PlannedDuration="3")
DROP, RENAME = Policy.DROP, Policy.RENAME

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.either_engine]


def imported(*rows: Cells, gone: Policy = Policy.KEEP) -> dict[str, Any]:
    result: dict[str, Any] = import_file("plan.csv", export(*rows), by=None, gone=gone).result
    return result


def gone(result: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(one["title"], one["choice"], one["becomes"]) for one in result["gone"]]


def chosen(title: str) -> Workout:
    """The workout with this title, with a selection."""
    found = Workout.objects.get(title=title)
    values = {"time_of_day": "7am", "user_notes": "gels", "current_plan_day": datetime.date(2026, 11, 27)}
    change_selection(found.pk, values, by=None)
    return found


def everything() -> list[Any]:
    """Every workout and selection, with its id and without the times of changes."""
    workouts = [{**row, "modified_at": None} for row in Workout.objects.order_by("id").values()]
    return [*workouts, *({**row, "updated_at": None} for row in WorkoutSelection.objects.order_by("id").values())]


def planned_minutes() -> float:
    week = list(Workout.objects.with_selection())
    return summarise(week, datetime.date(2026, 11, 23), None).total.planned.minutes


def test_workouts_that_are_gone_are_kept_and_reported() -> None:
    imported(SWIM, RUN, RIDE)
    run, before = chosen("Long run"), everything()

    result = imported(SWIM, RIDE)

    assert result["gone"] == [
        {"id": run.pk, "title": "Long run", "day": TUESDAY, "choice": "keep", "row": None, "becomes": None}
    ]
    assert everything() == before


def test_only_the_coachs_workouts_on_the_days_of_the_file_are_gone() -> None:
    imported(SWIM, RUN, RIDE, workout("Later", "2026-12-06"))
    add_workout({"title": "Own", "workout_type": "Run", "originally_planned_day": WEDNESDAY}, by=None)

    assert gone(imported(SWIM, RIDE)) == [("Long run", "keep", None)]
    assert gone(imported(RUN)) == []


def test_a_dropped_workout_does_not_count_and_keeps_its_selection(athlete: Client) -> None:
    imported(SWIM, RUN, RIDE)
    chosen("Long run")
    selection = WorkoutSelection.objects.values().get()
    assert planned_minutes() == 315

    upload = import_file("next.csv", export(SWIM, RIDE), by=None, gone=DROP)

    assert upload.change
    assert upload.change.summary == "Imported next.csv: 2 unchanged, 1 dropped"
    assert planned_minutes() == 225
    assert WorkoutSelection.objects.values().get() == selection
    assert [row.title for row in Workout.objects.skipped()] == ["Long run"]
    assert "Dropped by the coach" in athlete.get("/week/2026-11-23").content.decode()
    assert b"Long run" not in athlete.get("/calendar.ics").content


def test_dropping_is_undone_exactly() -> None:
    imported(SWIM, RUN, RIDE)
    chosen("Long run")
    before = everything()
    change = import_file("next.csv", export(SWIM, RIDE), by=None, gone=DROP).change
    after = everything()

    assert change
    undone = change_of(undo(change.pk, by=None))
    assert everything() == before
    undo(undone.pk, by=None)
    assert everything() == after


def test_what_was_dropped_is_not_gone_again_and_comes_back_with_a_later_file() -> None:
    imported(SWIM, RUN, RIDE)
    run = chosen("Long run")
    imported(SWIM, RIDE, gone=DROP)
    assert imported(SWIM, RIDE)["gone"] == []

    result = imported(SWIM, RUN, RIDE)

    assert (result["changed"], result["new"]) == (1, 0)
    assert planned_minutes() == 315
    assert Workout.objects.get(title="Long run").pk == run.pk
    assert WorkoutSelection.objects.get().time_of_day == "7am"
    assert imported(SWIM, RUN, RIDE)["unchanged"] == 3


def test_a_dropped_workout_is_not_moved() -> None:
    imported(SWIM, RUN, RIDE)
    imported(SWIM, RIDE, gone=DROP)
    result = imported(SWIM, {**RUN, "WorkoutDay": WEDNESDAY}, RIDE)
    assert (result["moved"], result["new"]) == ([], 1)


def test_of_two_identical_workouts_the_dropped_one_stays_dropped() -> None:
    same = workout("Running", MONDAY)
    imported(same, same)
    imported(same, gone=DROP)
    before = everything()

    assert imported(same)["unchanged"] == 1
    assert everything() == before
    assert imported(same, same)["changed"] == 1


def test_of_two_identical_workouts_the_one_without_a_selection_is_gone() -> None:
    same = workout("Running", MONDAY)
    imported(same, same)
    first, last = Workout.objects.order_by("id")
    change_selection(last.pk, {"time_of_day": "7am"}, by=None)

    assert [one["id"] for one in imported(same)["gone"]] == [first.pk]


def test_selecting_a_dropped_workout_puts_it_back_into_the_plan(api: ApiClient) -> None:
    imported(SWIM, RUN, RIDE)
    imported(SWIM, RIDE, gone=DROP)
    run = Workout.objects.get(title="Long run")
    dropped = everything()

    change = change_selection(run.pk, {"is_selected": True}, by=None).change

    assert change
    assert change.summary == "Long run: selected"
    assert planned_minutes() == 315
    assert not api.send("GET", f"workouts/{run.pk}")["isDropped"]
    undo(change.pk, by=None)
    assert [{**row, "id": 0} for row in everything() if "is_dropped" in row] == [{**row, "id": 0} for row in dropped]
    assert api.send("GET", f"workouts/{run.pk}")["isDropped"]


def test_moving_a_dropped_workout_leaves_it_dropped() -> None:
    imported(SWIM, RUN, RIDE)
    imported(SWIM, RIDE, gone=DROP)
    run = Workout.objects.get(title="Long run")
    change_selection(run.pk, {"current_plan_day": datetime.date(2026, 11, 27)}, by=None)
    run.refresh_from_db()
    assert run.is_dropped


def test_a_renamed_workout_keeps_its_id_its_selection_and_its_estimate() -> None:
    imported(SWIM, RUN, RIDE)
    run = chosen("Long run")
    edit_workout(run.pk, {"tss": 85.0}, by=None)
    selection, before = WorkoutSelection.objects.values().get(), everything()

    upload = import_file(
        "next.csv", export(SWIM, {**RUN, "Title": "Longest run", "PlannedDuration": "2"}, RIDE), by=None, gone=RENAME
    )

    assert upload.result["gone"] == [
        {"id": run.pk, "title": "Long run", "day": TUESDAY, "choice": "rename", "row": 3, "becomes": "Longest run"}
    ]
    assert upload.result["new"] == 0
    assert upload.change
    assert upload.change.summary == "Imported next.csv: 2 unchanged, 1 renamed"
    run.refresh_from_db()
    assert (run.title, run.planned_duration, run.tss) == ("Longest run", 2, 85)
    assert WorkoutSelection.objects.values().get() == selection
    assert Workout.objects.count() == 3
    assert imported(SWIM, {**RUN, "Title": "Longest run", "PlannedDuration": "2"}, RIDE)["gone"] == []

    after = everything()
    undone = change_of(undo(upload.change.pk, by=None))
    assert everything() == before
    undo(undone.pk, by=None)
    assert everything() == after


OTHERS = (workout("Easy swim", MONDAY, "Swim"), workout("Long ride", SUNDAY, "Bike"))
RENAMES: dict[str, tuple[list[Cells], list[Cells], dict[str, str]]] = {
    "one of a type is gone from a day and one is new": (
        [RUN],
        [workout("Intervals", TUESDAY)],
        {"Long run": "Intervals"},
    ),
    "nearly the same title": (
        [workout("AE1. Easy Run 45min", TUESDAY), workout("Strides", TUESDAY)],
        [workout("Hill sprints", TUESDAY), workout("AE1. Easy Run 50min", TUESDAY)],
        {"AE1. Easy Run 45min": "AE1. Easy Run 50min", "Strides": "Hill sprints"},
    ),
    "nearly the same text": (
        [workout("Run A", TUESDAY, WorkoutDescription="Warm up 20 min, then 5 x 3 min fast"), workout("Yoga", TUESDAY)],
        [
            workout("Fun on the track", TUESDAY, WorkoutDescription="Warm up 15 min, then 5 x 3 min fast"),
            workout("Yin", TUESDAY),
        ],
        {"Run A": "Fun on the track", "Yoga": "Yin"},
    ),
    "another type under the same title": (
        [workout("Core circuit", TUESDAY, "Other")],
        [workout("Core circuit", TUESDAY, "Strength")],
        {"Core circuit": "Core circuit"},
    ),
    "moved by some days and edited": (
        [RUN],
        [{**RUN, "WorkoutDay": "2026-11-26", "PlannedDuration": "2"}],
        {"Long run": "Long run"},
    ),
    "two are gone and one is new, unlike either": (
        [workout("Strides", TUESDAY), workout("Tempo", TUESDAY)],
        [workout("Hill repeats on grass", TUESDAY)],
        {},
    ),
    "of another type": ([RUN], [workout("Yoga", TUESDAY, "Other")], {}),
    "on another day, unlike": ([RUN], [workout("Intervals", WEDNESDAY)], {}),
    "an activity is no plan": ([RUN], [workout("Lunch run", TUESDAY, TimeTotalInHours="0.5")], {}),
    "nothing is new": ([RUN], [], {}),
}


@pytest.mark.parametrize("case", RENAMES)
def test_renames_that_are_recognized(case: str) -> None:
    before, after, expected = RENAMES[case]
    imported(*OTHERS, *before)
    ids = {row.title: row.pk for row in Workout.objects.all()}

    result = imported(*OTHERS, *after, gone=RENAME)

    assert {one["title"]: one["becomes"] for one in result["gone"] if one["choice"] == "rename"} == expected
    now = {row.pk: row.title for row in Workout.objects.all()}
    assert {title: now[ids[title]] for title in expected} == expected
    assert [one["choice"] for one in result["gone"]].count("keep") == len(before) - len(expected)


def test_a_file_may_contain_nothing_but_a_renamed_workout() -> None:
    imported(workout("Long run", TUESDAY))

    result = imported(workout("Longest run", TUESDAY), gone=RENAME)

    assert gone(result) == [("Long run", "rename", "Longest run")]
    assert Workout.objects.get().title == "Longest run"


def test_a_duplicate_of_an_earlier_import_is_replaced_by_the_workout_that_has_the_selection() -> None:
    renamed = {**RUN, "Title": "Longest run"}
    imported(SWIM, RUN, RIDE)
    run = chosen("Long run")
    imported(SWIM, renamed, RIDE)
    duplicate = Workout.objects.get(title="Longest run")
    edit_workout(duplicate.pk, {"tss": 85.0}, by=None)
    before, selection = everything(), WorkoutSelection.objects.values().get()

    upload = preview("again.csv", export(SWIM, renamed, RIDE), by=None)
    plan = plan_of(upload)
    assert [(one.renamed, [str(c.row.number) for c in one.candidates]) for one in plan.gone] == [(None, ["3"])]
    done = confirm(upload.pk, digest=plan.digest, moved=None, gone={run.pk: "3"}, left_out=lambda _: False, by=None)

    assert set(Workout.objects.values_list("pk", "title", "tss")) >= {(run.pk, "Longest run", 85)}
    assert not Workout.objects.filter(pk=duplicate.pk).exists()
    assert WorkoutSelection.objects.values().get() == selection
    assert done.change
    undo(done.change.pk, by=None)
    assert everything() == before


def test_a_duplicate_with_a_selection_is_not_offered() -> None:
    imported(SWIM, RUN, RIDE)
    imported(SWIM, {**RUN, "Title": "Longest run"}, RIDE)
    chosen("Longest run")

    upload = preview("again.csv", export(SWIM, {**RUN, "Title": "Longest run"}, RIDE), by=None)
    assert [one.candidates for one in plan_of(upload).gone] == [[]]


def test_a_workout_whose_row_cannot_be_read_is_not_gone() -> None:
    imported(SWIM, RUN, RIDE)
    result = imported(SWIM, {**RUN, "PlannedDuration": "much"}, RIDE)
    assert (len(result["skipped"]), result["gone"]) == (1, [])


COLUMNS = "Title,WorkoutType,WorkoutDescription,PlannedDuration,WorkoutDay,CoachComments"
TOO_MANY_CELLS = {
    "in the title": "Long run, hilly,Run,Flat,1.5,2026-11-24,",
    "in the description": "Long run,Run,Flat, then hills, then flat,1.5,2026-11-24,",
    "in the comments": "Long run,Run,Flat,1.5,2026-11-24,Well done, indeed",
}


@pytest.mark.parametrize("row", TOO_MANY_CELLS.values(), ids=TOO_MANY_CELLS)
def test_a_workout_whose_row_has_too_many_cells_is_not_gone(row: str) -> None:
    title = "Long run, hilly" if "hilly" in row else "Long run"
    imported(SWIM, {**RUN, "Title": title}, workout("Long run", TUESDAY, "Bike"), RIDE)
    rows = f"{COLUMNS}\nEasy swim,Swim,2 km,0.75,{MONDAY},\n{row}\nLong ride,Bike,,3,{SUNDAY},\n"

    result = import_file("plan.csv", rows.encode(), by=None).result

    assert len(result["skipped"]) == 1
    assert gone(result) == [("Long run", "keep", None)], "the ride of the same title"


def test_a_skipped_workout_that_was_done_after_all_is_selected_again(plan: Plan) -> None:
    run = plan("Run", "2026-11-23", {"is_selected": False}, planned_duration=1.0)
    rows = workout("Run", "2026-11-23", PlannedDuration=1, TimeTotalInHours=1)
    import_file("plan.csv", export(rows), by=None)
    now = Workout.objects.with_selection().get(pk=run.pk)
    assert (now.was_done, now.skipped) == (True, False)


def test_a_skipped_row_keeps_one_workout_from_being_gone() -> None:
    imported(SWIM, RUN, RUN, RIDE)
    result = imported(SWIM, {**RUN, "PlannedDuration": "much"}, RIDE)
    assert len(result["gone"]) == 1


def test_recorded_activities_are_gone_only_from_a_file_that_has_what_was_done() -> None:
    activity = workout("Running", TUESDAY, TimeTotalInHours="1")
    imported(SWIM, activity, RIDE)
    assert imported(SWIM, RIDE)["gone"] == []
    assert gone(imported({**SWIM, "TimeTotalInHours": "1"}, RIDE)) == [("Running", "keep", None)]


def test_a_move_that_is_declined_leaves_a_workout_that_is_gone() -> None:
    imported(SWIM, RUN, RIDE)
    moved = export(SWIM, {**RUN, "WorkoutDay": WEDNESDAY}, RIDE)
    result = import_file("plan.csv", moved, by=None, moved=(), gone=DROP).result
    assert gone(result) == [("Long run", "drop", None)]
    assert set(Workout.objects.filter(title="Long run").values_list("is_dropped", flat=True)) == {True, None}


def test_if_too_many_workouts_are_gone_none_is_compared() -> None:
    imported(*(workout(f"Run {number}", MONDAY) for number in range(501)), RIDE)
    result = imported(*(workout(f"Ride {number}", MONDAY) for number in range(501)), RIDE, gone=RENAME)
    assert {one["choice"] for one in result["gone"]} == {"keep"}


SEASON: list[list[Cells]] = [
    [
        workout("Base ride", MONDAY, "Bike", PlannedDuration="1"),
        workout("Running", TUESDAY, PlannedDuration="1"),
        workout("Running", TUESDAY, PlannedDuration="0.5"),
        workout("Technique", WEDNESDAY, "Swim", PlannedDuration="1"),
        workout("Tempo", "2026-11-26", PlannedDuration="0.75"),
        RIDE,
    ],
    [
        workout("Base ride", MONDAY, "Bike", PlannedDuration="1", TimeTotalInHours="1.1", TSS="55", IF="0.7"),
        workout("Running", TUESDAY, PlannedDuration="0.5"),
        workout("Technique and pull", WEDNESDAY, "Swim", PlannedDuration="1.25"),
        workout("Tempo", "2026-11-27", PlannedDuration="0.75"),
        workout("Lunch walk", TUESDAY, "Walk", TimeTotalInHours="0.5"),
        RIDE,
    ],
]


def test_a_season_that_is_sent_again_counts_each_workout_once() -> None:
    imported(*SEASON[0])
    assert planned_minutes() == 435
    swim = chosen("Technique")

    kept = imported(*SEASON[1])
    assert sorted(gone(kept)) == [("Running", "keep", None), ("Technique", "keep", "Technique and pull")]
    assert planned_minutes() == 435 + 75

    result = imported(*SEASON[1], gone=RENAME)
    assert sorted(gone(result)) == [("Running", "keep", None), ("Technique", "keep", None)]

    undo_last(2)
    imported(*SEASON[1], gone=RENAME)
    imported(*SEASON[1], gone=DROP)
    assert planned_minutes() == 435 - 60 + 15
    swim.refresh_from_db()
    assert swim.title == "Technique and pull"
    assert imported(*SEASON[1]) == {"new": 0, "changed": 0, "unchanged": 6, "moved": [], "skipped": [], "gone": []}


def undo_last(count: int) -> None:
    for change in Change.objects.order_by("-id")[:count]:
        undo(change.pk, by=None)
