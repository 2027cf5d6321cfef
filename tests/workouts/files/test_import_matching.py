"""Matching rows with workouts by lookup gives the same result as comparing every row with every workout."""

import datetime
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from workouts.files.imports.merge import MOVE_DAYS, merge
from workouts.files.imports.row import PLAN, PlannedWorkout
from workouts.models import Workout

Fits = Callable[[PlannedWorkout, Workout], bool]

MONDAY = datetime.date(2026, 11, 23)
DAYS = st.sampled_from([0, 0, 0, 1, 3, 15]).map(lambda days: MONDAY + datetime.timedelta(days))
VALUES = {
    "workout_description": st.sampled_from([None, "Easy"]),
    "planned_duration": st.sampled_from([None, 1.0]),
    "tss": st.sampled_from([None, 0.0, 50.0]),
    "actual_duration": st.sampled_from([None, 1.0, 1.5]),
    "actual_tss": st.sampled_from([None, 50.0]),
}
PLANNED = st.sampled_from([("planned_duration", "tss"), ("planned_duration",), ("workout_description", "tss")])
DONE = ("actual_duration", "actual_tss")
MARK = st.sampled_from([None, None, True])
WORKOUTS = st.lists(
    st.builds(
        Workout,
        title=st.sampled_from(["Run", "run "]),
        workout_type=st.just("Run"),
        originally_planned_day=DAYS,
        is_dropped=MARK,
        is_recorded=MARK,
        **{**VALUES, "workout_description": st.sampled_from([None, "", "Easy"])},
    ),
    max_size=10,
)


@st.composite
def files(draw: st.DrawFn) -> list[PlannedWorkout]:
    planned = draw(PLANNED)

    def row(number: int) -> PlannedWorkout:
        done = draw(st.booleans())
        columns = (*(name for name in planned if name != "tss"), *DONE) if done else planned
        content = {column: draw(VALUES[column]) for column in columns}
        recorded = done and not any(content[name] for name in PLAN & content.keys())
        return PlannedWorkout(number, draw(DAYS), "Run", draw(st.sampled_from(["Run", "RUN"])), content, recorded)

    return [row(number) for number in range(2, 2 + draw(st.integers(0, 10)))]


def compared(rows: list[PlannedWorkout], workouts: list[Workout]) -> dict[int, int]:
    """Ids of workouts by row number. Compares every row with every workout that is left, in the order of the rules."""
    pairs, left = dict[int, int](), list(workouts)
    rows = sorted(rows, key=lambda row: (not row.done, row.content.get("tss") is None))
    days = sorted(range(-MOVE_DAYS, MOVE_DAYS + 1), key=abs)[1:]
    here = (is_identical, is_unchanged, did("actual_tss"), did("actual_duration"), was_planned, is_of_its_kind, is_same)
    for fits, shift in [(fits, 0) for fits in here] + [(fits, day) for fits in (is_moved, is_done) for day in days]:
        for row in rows:
            day = row.day + datetime.timedelta(shift)
            found = (one for one in left if one.originally_planned_day == day and fits(row, one))
            if row.number not in pairs and (workout := next(found, None)):
                pairs[row.number] = workout.pk
                left.remove(workout)
    return pairs


def agree(row: PlannedWorkout, workout: Workout, *without: str) -> bool:
    names = [name for name in row.content if name not in without]
    return not workout.is_dropped and all(row.content[name] == (getattr(workout, name) or None) for name in names)


def is_identical(row: PlannedWorkout, workout: Workout) -> bool:
    return is_unchanged(row, workout) and ("tss" not in row.content or row.content["tss"] == workout.tss)


def is_unchanged(row: PlannedWorkout, workout: Workout) -> bool:
    return agree(row, workout, "tss") and row.content.get("tss") in (None, workout.tss)


def did(column: str) -> Fits:
    def fits(row: PlannedWorkout, workout: Workout) -> bool:
        taken_for_planned = column == "actual_tss" and not workout.was_done
        value = workout.tss if taken_for_planned else getattr(workout, column)
        return row.content.get(column) is not None and row.content[column] == value and was_planned(row, workout)

    return fits


def was_planned(row: PlannedWorkout, workout: Workout) -> bool:
    return row.done and agree(row, workout, *DONE)


def is_of_its_kind(row: PlannedWorkout, workout: Workout) -> bool:
    return not (row.recorded and any(getattr(workout, name) for name in PLAN))


def is_same(row: PlannedWorkout, workout: Workout) -> bool:
    return True


def is_moved(row: PlannedWorkout, workout: Workout) -> bool:
    return is_unchanged(row, workout) and (row.done or not workout.was_done)


def is_done(row: PlannedWorkout, workout: Workout) -> bool:
    return was_planned(row, workout) and any(getattr(workout, name) for name in PLAN)


@settings(max_examples=300, deadline=None)
@given(files(), WORKOUTS)
def test_looking_up_finds_the_same_as_comparing_all(rows: list[PlannedWorkout], workouts: list[Workout]) -> None:
    for pk, workout in enumerate(workouts, start=1):
        workout.pk = pk
    merged = merge(rows, workouts)

    pairs = compared(rows, workouts)
    found = {match.row.number: match.workout.pk for match in (*merged.changed, *merged.unchanged, *merged.moved)}
    assert found == pairs
    assert {row.number for row in merged.new} == {row.number for row in rows} - pairs.keys()
    left = [workout for workout in workouts if workout.pk not in pairs.values() and not workout.is_dropped]
    has_done = any(row.done for row in rows)
    assert {one.pk for one in merged.gone} == {one.pk for one in left if has_done or not one.is_recorded}
